// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/fake_camera/fake_device.h"

#include "tests/fake_camera/fake_controls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u
#define LONGEST_PATIENCE_NS (NS_PER_S / 20)

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int fail(int error) {
    errno = error;
    return -1;
}

// ---- settings ----

static bool has_fault(const struct device *d, const char *fault) {
    return strcmp(d->settings.fault, fault) == 0 && d->given >= d->settings.fault_from;
}

static long long tick_ns(const struct device *d) {
    return NS_PER_S / (d->settings.rate_hz > 0 ? d->settings.rate_hz : 1);
}

static bool is_still_there(const struct device *d) {
    struct stat opened, present;
    return fstat(d->control, &opened) == 0 && stat(d->path, &present) == 0 &&
           opened.st_ino == present.st_ino && opened.st_dev == present.st_dev;
}

static void look_at_settings(struct device *d) {
    d->gone = d->gone || !is_still_there(d);
    settings_read(d->control, &d->settings);
}

// ---- frames ----

// 0: coded.
static unsigned bytes_per_row(const struct device *d) {
    unsigned width = d->settings.width, padding = d->settings.padding;
    return d->fourcc == V4L2_PIX_FMT_YUYV                                     ? width * 2 + padding
           : d->fourcc == V4L2_PIX_FMT_GREY || d->fourcc == V4L2_PIX_FMT_NV12 ? width + padding
                                                                              : 0;
}

static unsigned image_bytes(const struct device *d) {
    return (d->settings.width * 2 + d->settings.padding) * d->settings.height * 2;
}

// Moves the rows apart, the last one first; returns what they take then.
static size_t pad_rows(const struct device *d, unsigned char *pixels, size_t bytes) {
    size_t row = bytes_per_row(d) - d->settings.padding, n = row ? bytes / row : 0;
    if (bytes_per_row(d) == 0 || d->settings.padding == 0) {
        return bytes;
    }
    for (size_t i = n; i-- > 0;) {
        memmove(pixels + i * bytes_per_row(d), pixels + i * row, row);
        memset(pixels + i * bytes_per_row(d) + row, 0xee, d->settings.padding);
    }
    return n * bytes_per_row(d);
}

static void fill(struct device *d, struct buffer *buffer, long long stamp_ns) {
    static unsigned char *pixels;
    static size_t room;
    if (room < d->buffer_bytes) {
        free(pixels);
        room = d->buffer_bytes;
        pixels = malloc(room);
    }
    if (!has_fault(d, "freeze")) {
        d->shown = (struct moment){d->n_due, (long)(stamp_ns / tick_ns(d))};
    }
    size_t bytes = picture_draw(&d->settings, d->fourcc, d->width, d->height, d->shown, pixels,
                                d->buffer_bytes);
    bytes = pad_rows(d, pixels, bytes);
    if (has_fault(d, "broken")) {
        memset(pixels, 0xa5, bytes);
    }
    bytes = has_fault(d, "short") ? bytes / 2 : bytes;
    off_t at = (off_t)((size_t)(buffer - d->buffers) * d->buffer_bytes);
    if (pwrite(d->memory, pixels, bytes, at) != (ssize_t)bytes) {
        abort();
    }
    *buffer = (struct buffer){FILLED, d->n_due, bytes, stamp_ns};
}

// The buffer in a state that has been in it for longest, or NULL.
static struct buffer *find(struct device *d, enum buffer_state state) {
    struct buffer *best = NULL;
    for (struct buffer *b = d->buffers; b < d->buffers + d->n_buffers; b++) {
        if (b->state == state && (!best || b->order < best->order)) {
            best = b;
        }
    }
    return best;
}

// The same for equal frames.
static long long lateness_ns(const struct device *d) {
    unsigned jitter_us = (unsigned)d->settings.jitter_ms * 1000;
    return jitter_us ? (unsigned)d->n_due * 2654435761u % jitter_us * 1000ll : 0;
}

// Does what a driver's interrupts did since the last call: each frame that came due goes into the
// buffer that was queued first, or is lost.
static void catch_up(struct device *d) {
    while (d->streaming && d->due_ns + lateness_ns(d) <= now_ns()) {
        struct buffer *buffer = find(d, QUEUED);
        if (buffer && !has_fault(d, "stall")) {
            // The end of the frame, as drivers without V4L2_BUF_FLAG_TSTAMP_SRC_SOE stamp.
            fill(d, buffer, d->due_ns + lateness_ns(d));
        }
        d->due_ns += tick_ns(d);
        d->n_due++;
    }
}

bool device_ready(struct device *d) {
    look_at_settings(d);
    catch_up(d);
    return d->gone || find(d, FILLED);
}

long long device_patience_ns(const struct device *d) {
    long long wait_ns = d->due_ns + lateness_ns(d) - now_ns();
    wait_ns = wait_ns > 0 ? wait_ns : 1;
    return d->streaming && wait_ns < LONGEST_PATIENCE_NS ? wait_ns : LONGEST_PATIENCE_NS;
}

// ---- what a driver answers ----

static bool is_kind(const struct device *d, const char *kind) {
    return strcmp(d->settings.kind, kind) == 0;
}

static int query_capabilities(const struct device *d, struct v4l2_capability *c) {
    *c = (struct v4l2_capability){.driver = "fake", .bus_info = "platform:fake"};
    memcpy(c->card, d->settings.name, sizeof c->card);
    if (is_kind(d, "loopback")) {
        strcpy((char *)c->driver, "v4l2 loopback");
    }
    uint32_t node = is_kind(d, "output")       ? V4L2_CAP_VIDEO_OUTPUT
                    : has_fault(d, "metadata") ? V4L2_CAP_META_CAPTURE
                    : is_kind(d, "planes")     ? V4L2_CAP_VIDEO_CAPTURE_MPLANE
                                               : V4L2_CAP_VIDEO_CAPTURE;
    c->device_caps = node | V4L2_CAP_STREAMING;
    c->capabilities =
        (is_kind(d, "output") ? 0 : V4L2_CAP_VIDEO_CAPTURE) | c->device_caps | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

// The pixel format of that number; 0 = none.
static uint32_t format_at(const struct device *d, unsigned index) {
    bool mjpg = d->settings.mjpg[0] || strcmp(d->settings.fault, "refuse") == 0;
    uint32_t only = d->settings.h264[0]     ? V4L2_PIX_FMT_H264
                    : is_kind(d, "grey")    ? V4L2_PIX_FMT_GREY
                    : is_kind(d, "raw")     ? V4L2_PIX_FMT_SRGGB10P
                    : is_kind(d, "planes")  ? V4L2_PIX_FMT_NV12
                    : is_kind(d, "nothing") ? v4l2_fourcc('W', 'H', 'A', 'T')
                                            : 0;
    return index == 0      ? only ? only : V4L2_PIX_FMT_YUYV
           : index > 1     ? 0
           : mjpg && !only ? V4L2_PIX_FMT_MJPEG
                           : 0;
}

static uint32_t usual_format(const struct device *d) {
    return format_at(d, 0);
}

static int describe_format(const struct device *d, struct v4l2_fmtdesc *f) {
    bool planes = f->type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
    f->pixelformat = planes == is_kind(d, "planes") ? format_at(d, f->index) : 0;
    if (f->pixelformat == 0) {
        return fail(EINVAL);
    }
    bool coded = f->pixelformat == V4L2_PIX_FMT_MJPEG || f->pixelformat == V4L2_PIX_FMT_H264;
    memcpy(f->description, &f->pixelformat, 4);
    f->flags = coded ? V4L2_FMT_FLAG_COMPRESSED : 0;
    return 0;
}

static bool is_offered(const struct device *d, uint32_t fourcc) {
    return fourcc != 0 && (fourcc == format_at(d, 0) || fourcc == format_at(d, 1));
}

static int describe_size(const struct device *d, struct v4l2_frmsizeenum *f) {
    if (f->index > 0 || !is_offered(d, f->pixel_format)) {
        return fail(EINVAL);
    }
    f->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    f->discrete = (struct v4l2_frmsize_discrete){d->settings.width, d->settings.height};
    return 0;
}

static int describe_interval(const struct device *d, struct v4l2_frmivalenum *f) {
    if (f->index > 0 || !is_offered(d, f->pixel_format)) {
        return fail(EINVAL);
    }
    f->type = V4L2_FRMIVAL_TYPE_DISCRETE;
    f->discrete = (struct v4l2_fract){1, (uint32_t)d->settings.rate_hz};
    return 0;
}

static int report_format(const struct device *d, struct v4l2_format *f) {
    unsigned size = image_bytes(d);
    if (is_kind(d, "planes")) {
        f->fmt.pix_mp = (struct v4l2_pix_format_mplane){.width = d->settings.width,
                                                        .height = d->settings.height,
                                                        .pixelformat = d->fourcc,
                                                        .field = V4L2_FIELD_NONE,
                                                        .num_planes = 1};
        f->fmt.pix_mp.plane_fmt[0].bytesperline = bytes_per_row(d);
        f->fmt.pix_mp.plane_fmt[0].sizeimage = size;
        return 0;
    }
    f->fmt.pix = (struct v4l2_pix_format){
        .pixelformat = d->fourcc,
        .field = V4L2_FIELD_NONE,
        .width = d->settings.width,
        .height = d->settings.height,
        .bytesperline = bytes_per_row(d),
        .sizeimage = size,
        .colorspace = V4L2_COLORSPACE_SRGB,
    };
    return 0;
}

// What a driver does not have it replaces silently.
static int set_format(struct device *d, struct v4l2_format *f) {
    uint32_t wanted = is_kind(d, "planes") ? f->fmt.pix_mp.pixelformat : f->fmt.pix.pixelformat;
    bool given = is_offered(d, wanted) && (wanted != V4L2_PIX_FMT_MJPEG || d->settings.mjpg[0]);
    d->fourcc = given ? wanted : usual_format(d);
    return report_format(d, f);
}

static int report_rate(const struct device *d, struct v4l2_streamparm *p) {
    p->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    p->parm.capture.timeperframe = (struct v4l2_fract){1, (uint32_t)d->settings.rate_hz};
    return 0;
}

static int request_buffers(struct device *d, struct v4l2_requestbuffers *r) {
    int lock = r->count > 0 ? LOCK_EX | LOCK_NB : LOCK_UN; // whoever has buffers streams
    if ((r->type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE) != is_kind(d, "planes")) {
        return fail(EINVAL);
    }
    if (has_fault(d, "busy") || flock(d->control, lock) != 0) {
        return fail(EBUSY);
    }
    if (d->fourcc == 0) {
        return fail(EINVAL);
    }
    r->count = r->count < MAX_BUFFERS ? r->count : MAX_BUFFERS;
    memset(d->buffers, 0, sizeof d->buffers);
    d->n_buffers = (int)r->count;
    d->width = d->settings.width;
    d->height = d->settings.height;
    d->buffer_bytes = (image_bytes(d) + PAGE - 1) / PAGE * PAGE;
    return ftruncate(d->memory, (off_t)(r->count * d->buffer_bytes));
}

static int describe_buffer(const struct device *d, struct v4l2_buffer *b, unsigned index) {
    if (index >= (unsigned)d->n_buffers) {
        return fail(EINVAL);
    }
    const struct buffer *buffer = &d->buffers[index];
    b->index = index;
    if (is_kind(d, "planes")) {
        b->m.planes[0].length = (uint32_t)d->buffer_bytes;
        b->m.planes[0].bytesused = (uint32_t)buffer->bytes;
        b->m.planes[0].m.mem_offset = (uint32_t)(index * d->buffer_bytes);
    } else {
        b->length = (uint32_t)d->buffer_bytes;
        b->bytesused = (uint32_t)buffer->bytes;
        b->m.offset = (uint32_t)(index * d->buffer_bytes);
    }
    b->flags =
        V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | (buffer->state == QUEUED ? V4L2_BUF_FLAG_QUEUED : 0);
    b->sequence = (uint32_t)buffer->order;
    b->timestamp =
        (struct timeval){buffer->stamp_ns / NS_PER_S, buffer->stamp_ns % NS_PER_S / 1000};
    return 0;
}

static int queue_buffer(struct device *d, const struct v4l2_buffer *b) {
    if (b->index >= (unsigned)d->n_buffers || d->buffers[b->index].state != IDLE) {
        return fail(EINVAL);
    }
    d->buffers[b->index] = (struct buffer){.state = QUEUED, .order = d->n_queued++};
    return 0;
}

static int dequeue_buffer(struct device *d, struct v4l2_buffer *b) {
    struct buffer *buffer = find(d, FILLED);
    if (!buffer) {
        return fail(EAGAIN);
    }
    buffer->state = IDLE;
    d->given++;
    return describe_buffer(d, b, (unsigned)(buffer - d->buffers));
}

static int stream(struct device *d, bool on) {
    if (on && has_fault(d, "bandwidth")) {
        return fail(ENOSPC);
    }
    if (on && has_fault(d, "streamon")) {
        d->gone = true;
        return fail(ENODEV);
    }
    d->streaming = on;
    d->due_ns = now_ns() + tick_ns(d);
    d->n_due = 0;
    for (int i = 0; i < d->n_buffers && !on; i++) {
        d->buffers[i].state = IDLE;
    }
    return 0;
}

// ---- an output ----

static int set_output_format(struct device *d, struct v4l2_format *f) {
    if (!is_kind(d, "output")) {
        return fail(EINVAL);
    }
    if (has_fault(d, "busy")) {
        return fail(EBUSY);
    }
    if (has_fault(d, "fixed")) {
        f->fmt.pix.width = d->settings.width;
        f->fmt.pix.height = d->settings.height;
    }
    if (has_fault(d, "yuyv")) {
        f->fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
    }
    d->width = f->fmt.pix.width;
    d->height = f->fmt.pix.height;
    return 0;
}

long device_write(struct device *d, const void *bytes, size_t n) {
    look_at_settings(d);
    if (d->gone) {
        return fail(ENODEV);
    }
    if (n != (size_t)d->width * d->height * 3 / 2) {
        return fail(EINVAL);
    }
    int out = open(d->settings.written, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    ssize_t written = write(out, bytes, n);
    close(out);
    return written;
}

static int answer(struct device *d, unsigned long request, void *argument) {
    switch (request) {
    case VIDIOC_QUERYCAP:
        return query_capabilities(d, argument);
    case VIDIOC_ENUM_FMT:
        return describe_format(d, argument);
    case VIDIOC_ENUM_FRAMESIZES:
        return describe_size(d, argument);
    case VIDIOC_ENUM_FRAMEINTERVALS:
        return describe_interval(d, argument);
    case VIDIOC_S_FMT:
        return ((struct v4l2_format *)argument)->type == V4L2_BUF_TYPE_VIDEO_OUTPUT
                   ? set_output_format(d, argument)
                   : set_format(d, argument);
    case VIDIOC_G_FMT:
    case VIDIOC_TRY_FMT:
        return report_format(d, argument);
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM:
        return report_rate(d, argument);
    case VIDIOC_REQBUFS:
        return request_buffers(d, argument);
    case VIDIOC_QUERYBUF:
        return describe_buffer(d, argument, ((struct v4l2_buffer *)argument)->index);
    case VIDIOC_QBUF:
        return queue_buffer(d, argument);
    case VIDIOC_DQBUF:
        return dequeue_buffer(d, argument);
    case VIDIOC_STREAMON:
        return stream(d, true);
    case VIDIOC_STREAMOFF:
        return stream(d, false);
    case VIDIOC_QUERYCTRL:
        return controls_describe(argument);
    case VIDIOC_G_CTRL:
        return controls_access(d->path, argument, false);
    case VIDIOC_S_CTRL:
        return controls_access(d->path, argument, true);
    default:
        return fail(ENOTTY);
    }
}

int device_answer(struct device *d, unsigned long request, void *argument) {
    look_at_settings(d);
    if (d->gone) {
        return fail(ENODEV);
    }
    catch_up(d);
    return answer(d, request, argument);
}

// ---- opening and closing ----

int device_open(struct device *d, const char *path) {
    *d = (struct device){0};
    snprintf(d->path, sizeof d->path, "%s", path);
    d->control = open(path, O_RDONLY | O_CLOEXEC | O_NOATIME);
    if (d->control < 0) {
        return errno;
    }
    // With a file that is still empty the settings are the usual ones.
    d->settings =
        (struct settings){.name = "Fake camera", .width = 640, .height = 480, .rate_hz = 30};
    settings_read(d->control, &d->settings);
    if (strcmp(d->settings.fault, "denied") == 0) {
        close(d->control);
        return EACCES;
    }
    d->fourcc = strcmp(d->settings.fault, "unset") == 0 ? 0 : usual_format(d);
    d->memory = memfd_create("fake camera", MFD_CLOEXEC);
    d->fd = eventfd(0, EFD_CLOEXEC);
    return 0;
}

void device_close(struct device *d) {
    close(d->control);
    close(d->memory);
    *d = (struct device){0};
}
