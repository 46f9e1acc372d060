// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// A V4L2 camera for tests, made by LD_PRELOAD, with no hardware and no kernel module: this library
// answers the system calls that a program makes on one path, and hands on all others. Like a driver
// it fills the queued buffers in step with the clock and drops frames when none is free, so a slow
// reader gets old frames, as from real cameras. YUYV in one size, whatever it is asked for.
//
//   SMILECAM_FAKE_CAMERA         the path it answers for (/dev/video0); nothing need exist there
//   SMILECAM_FAKE_CAMERA_SIZE    640x480
//   SMILECAM_FAKE_CAMERA_RATE    30 frames a second
//   SMILECAM_FAKE_CAMERA_FRAMES  a file of raw YUYV frames of that size, shown over and over; else
//                                a grey ramp: the luma of frame k is fake_luma(x, k)
//   SMILECAM_FAKE_CAMERA_FAULT   busy       another program streams from it
//                                denied     no permission
//                                metadata   a node that gives no pictures
//                                stall=N    no frame after the Nth
//                                unplug=N   gone after the Nth
//                                freeze=N   the same picture after the Nth
//   SMILECAM_FAKE_CAMERA_BACK_S  seconds after which it works again for good (never)

#include "fake_v4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_BUFFERS 8
#define NS_PER_S 1000000000ll
#define PAGE 4096u

enum buffer_state { IDLE, QUEUED, FILLED };

struct buffer {
    enum buffer_state state;
    long frame;
};

static struct {
    pthread_mutex_t lock;
    int fd;     // a timer that expires when a frame is ready, so that select works; -1: closed
    int memory; // the buffers, one after the other
    int n_buffers, next_queued;
    struct buffer buffers[MAX_BUFFERS];
    bool streaming;
    long long start_ns; // of frame 0
    long ticks;         // frames that came due since then, taken or dropped
    char fault[32];
    long given;         // frames handed out since the fault was set
    long long fault_ns; // when it struck; 0: not yet
} camera = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1, .memory = -1};

// ---- settings ----

static const char *setting(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

static bool is_ours(const char *path) {
    return path && strcmp(path, setting("SMILECAM_FAKE_CAMERA", "/dev/video0")) == 0;
}

static void size(unsigned *width, unsigned *height) {
    *width = 640, *height = 480;
    sscanf(setting("SMILECAM_FAKE_CAMERA_SIZE", ""), "%ux%u", width, height);
}

static unsigned frame_bytes(void) {
    unsigned w, h;
    size(&w, &h);
    return w * h * 2;
}

static unsigned buffer_bytes(void) {
    return (frame_bytes() + PAGE - 1) / PAGE * PAGE;
}
static long rate_hz(void) {
    return atol(setting("SMILECAM_FAKE_CAMERA_RATE", "30"));
}
static long long tick_ns(void) {
    return NS_PER_S / rate_hz();
}

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

// ---- faults ----

static bool has_fault(const char *fault) {
    return strcmp(setting("SMILECAM_FAKE_CAMERA_FAULT", ""), fault) == 0;
}

// When a failed camera works again.
static long long back_ns(void) {
    return camera.fault_ns + (long long)(atof(setting("SMILECAM_FAKE_CAMERA_BACK_S", "1e6")) * 1e9);
}

// Whether a fault of the form "name=N" holds now: from the Nth frame until the camera is back.
static bool is_failing(const char *name) {
    const char *fault = setting("SMILECAM_FAKE_CAMERA_FAULT", "");
    if (strcmp(fault, camera.fault) != 0) { // a test has set another one
        snprintf(camera.fault, sizeof camera.fault, "%s", fault);
        camera.given = camera.fault_ns = 0;
    }
    size_t n = strlen(name);
    if (strncmp(fault, name, n) != 0 || fault[n] != '=' || camera.given < atol(fault + n + 1)) {
        return false;
    }
    camera.fault_ns = camera.fault_ns ? camera.fault_ns : now_ns();
    return now_ns() < back_ns();
}

static int fail(int error) {
    errno = error;
    return -1;
}

// ---- frames ----

static void draw(unsigned char *out, long frame) {
    unsigned w, h;
    size(&w, &h);
    for (unsigned i = 0; i < w * h; i++) {
        out[2 * i] = fake_luma((int)(i % w), frame);
        out[2 * i + 1] = 128;
    }
}

static bool load(unsigned char *out, long frame) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, setting("SMILECAM_FAKE_CAMERA_FRAMES", ""),
                          O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    struct stat about;
    long n = fstat(fd, &about) == 0 ? (long)(about.st_size / frame_bytes()) : 0;
    bool loaded =
        n > 0 && pread(fd, out, frame_bytes(), frame % n * (off_t)frame_bytes()) == frame_bytes();
    syscall(SYS_close, fd);
    return loaded;
}

static void fill(int index, long frame) {
    static unsigned char *pixels;
    pixels = pixels ? pixels : malloc(frame_bytes());
    long shown = is_failing("freeze") ? 0 : frame;
    if (!load(pixels, shown)) {
        draw(pixels, shown);
    }
    if (pwrite(camera.memory, pixels, frame_bytes(), (off_t)index * buffer_bytes()) !=
        frame_bytes()) {
        abort();
    }
    camera.buffers[index] = (struct buffer){FILLED, frame};
}

// The buffer in a state with the oldest frame, or -1.
static int find(enum buffer_state state) {
    int best = -1;
    for (int i = 0; i < camera.n_buffers; i++) {
        const struct buffer *b = &camera.buffers[i];
        if (b->state == state && (best < 0 || b->frame < camera.buffers[best].frame)) {
            best = i;
        }
    }
    return best;
}

// Does what a driver's interrupts did since the last call: each frame that came due goes into the
// buffer that was queued first, or is lost.
static void catch_up(void) {
    long due = camera.streaming ? (long)((now_ns() - camera.start_ns) / tick_ns()) : 0;
    for (; camera.ticks < due; camera.ticks++) {
        int free_buffer = find(QUEUED);
        if (free_buffer >= 0 && !is_failing("stall")) {
            fill(free_buffer, camera.ticks);
        }
    }
}

// Makes the timer readable now when a frame, or the news of an unplug, waits; else at the next
// tick.
static void set_timer(void) {
    bool ready = find(FILLED) >= 0 || is_failing("unplug");
    long long next = camera.start_ns + (camera.ticks + 1) * tick_ns();
    next = ready ? 1 : is_failing("stall") ? back_ns() : next;
    struct itimerspec when = {.it_value = {next / NS_PER_S, next % NS_PER_S}};
    timerfd_settime(camera.fd, TFD_TIMER_ABSTIME, &when, NULL);
}

// ---- what a driver answers ----

static int query_capabilities(struct v4l2_capability *c) {
    memset(c, 0, sizeof *c);
    strcpy((char *)c->driver, "fake");
    strcpy((char *)c->card, "Fake camera");
    strcpy((char *)c->bus_info, "platform:fake");
    uint32_t node = has_fault("metadata") ? V4L2_CAP_META_CAPTURE : V4L2_CAP_VIDEO_CAPTURE;
    c->device_caps = node | V4L2_CAP_STREAMING;
    c->capabilities = V4L2_CAP_VIDEO_CAPTURE | c->device_caps | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

static int describe_format(struct v4l2_fmtdesc *f) {
    if (f->index > 0) {
        return fail(EINVAL);
    }
    strcpy((char *)f->description, "YUYV 4:2:2");
    f->pixelformat = V4L2_PIX_FMT_YUYV;
    f->flags = 0;
    return 0;
}

static int describe_size(struct v4l2_frmsizeenum *f) {
    if (f->index > 0 || f->pixel_format != V4L2_PIX_FMT_YUYV) {
        return fail(EINVAL);
    }
    f->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    size(&f->discrete.width, &f->discrete.height);
    return 0;
}

static int describe_interval(struct v4l2_frmivalenum *f) {
    if (f->index > 0 || f->pixel_format != V4L2_PIX_FMT_YUYV) {
        return fail(EINVAL);
    }
    f->type = V4L2_FRMIVAL_TYPE_DISCRETE;
    f->discrete = (struct v4l2_fract){1, (uint32_t)rate_hz()};
    return 0;
}

static int tell_format(struct v4l2_format *f) {
    struct v4l2_pix_format *p = &f->fmt.pix;
    *p = (struct v4l2_pix_format){.pixelformat = V4L2_PIX_FMT_YUYV, .field = V4L2_FIELD_NONE};
    size(&p->width, &p->height);
    p->bytesperline = p->width * 2;
    p->sizeimage = frame_bytes();
    p->colorspace = V4L2_COLORSPACE_SRGB;
    return 0;
}

static int tell_rate(struct v4l2_streamparm *p) {
    p->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    p->parm.capture.timeperframe = (struct v4l2_fract){1, (uint32_t)rate_hz()};
    return 0;
}

static int request_buffers(struct v4l2_requestbuffers *r) {
    if (has_fault("busy")) {
        return fail(EBUSY);
    }
    r->count = r->count < MAX_BUFFERS ? r->count : MAX_BUFFERS;
    camera.n_buffers = (int)r->count;
    memset(camera.buffers, 0, sizeof camera.buffers);
    return ftruncate(camera.memory, (off_t)r->count * buffer_bytes());
}

static int describe_buffer(struct v4l2_buffer *b, unsigned index) {
    if (index >= (unsigned)camera.n_buffers) {
        return fail(EINVAL);
    }
    const struct buffer *buffer = &camera.buffers[index];
    // The end of the frame, which is what a driver without V4L2_BUF_FLAG_TSTAMP_SRC_SOE stamps.
    long long stamp_ns = camera.start_ns + (buffer->frame + 1) * tick_ns();
    b->index = index;
    b->length = buffer_bytes();
    b->bytesused = frame_bytes();
    b->m.offset = index * buffer_bytes();
    b->flags =
        V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | (buffer->state == QUEUED ? V4L2_BUF_FLAG_QUEUED : 0);
    b->sequence = (uint32_t)buffer->frame;
    b->timestamp = (struct timeval){stamp_ns / NS_PER_S, stamp_ns % NS_PER_S / 1000};
    return 0;
}

static int queue_buffer(struct v4l2_buffer *b) {
    if (b->index >= (unsigned)camera.n_buffers || camera.buffers[b->index].state != IDLE) {
        return fail(EINVAL);
    }
    camera.buffers[b->index] = (struct buffer){QUEUED, camera.next_queued++};
    return 0;
}

static int dequeue_buffer(struct v4l2_buffer *b) {
    int index = find(FILLED);
    if (index < 0) {
        return fail(EAGAIN);
    }
    camera.buffers[index].state = IDLE;
    camera.given++;
    return describe_buffer(b, (unsigned)index);
}

static int stream(bool on) {
    camera.streaming = on;
    camera.start_ns = now_ns();
    camera.ticks = 0;
    for (int i = 0; i < camera.n_buffers && !on; i++) {
        camera.buffers[i].state = IDLE;
    }
    return 0;
}

static int answer(unsigned long request, void *arg) {
    switch (request) {
    case VIDIOC_QUERYCAP:
        return query_capabilities(arg);
    case VIDIOC_ENUM_FMT:
        return describe_format(arg);
    case VIDIOC_ENUM_FRAMESIZES:
        return describe_size(arg);
    case VIDIOC_ENUM_FRAMEINTERVALS:
        return describe_interval(arg);
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT:
        return tell_format(arg);
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM:
        return tell_rate(arg);
    case VIDIOC_REQBUFS:
        return request_buffers(arg);
    case VIDIOC_QUERYBUF:
        return describe_buffer(arg, ((struct v4l2_buffer *)arg)->index);
    case VIDIOC_QBUF:
        return queue_buffer(arg);
    case VIDIOC_DQBUF:
        return dequeue_buffer(arg);
    case VIDIOC_STREAMON:
        return stream(true);
    case VIDIOC_STREAMOFF:
        return stream(false);
    default:
        return fail(ENOTTY);
    }
}

// ---- the system calls, handed on as such: dlsym would reach sanitizers before they are ready ----

static bool is_camera_fd(int fd) {
    return fd >= 0 && fd == camera.fd;
}

static int open_camera(void) {
    if (has_fault("denied")) {
        return fail(EACCES);
    }
    if (camera.fd >= 0 || is_failing("unplug")) {
        return fail(camera.fd >= 0 ? EBUSY : ENOENT);
    }
    camera.memory = memfd_create("fake camera", MFD_CLOEXEC);
    camera.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    return camera.fd;
}

static void close_camera(void) {
    syscall(SYS_close, camera.memory);
    camera.memory = camera.fd = -1;
    camera.streaming = false;
    camera.n_buffers = 0;
}

int open(const char *path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (!is_ours(path)) {
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    }
    pthread_mutex_lock(&camera.lock);
    int fd = open_camera();
    pthread_mutex_unlock(&camera.lock);
    return fd;
}

int close(int fd) {
    pthread_mutex_lock(&camera.lock);
    if (is_camera_fd(fd)) {
        close_camera();
    }
    pthread_mutex_unlock(&camera.lock);
    return (int)syscall(SYS_close, fd);
}

int ioctl(int fd, unsigned long request, ...) {
    va_list args;
    va_start(args, request);
    void *arg = va_arg(args, void *);
    va_end(args);
    if (!is_camera_fd(fd)) {
        return (int)syscall(SYS_ioctl, fd, request, arg);
    }
    pthread_mutex_lock(&camera.lock);
    catch_up();
    int result = is_failing("unplug") ? fail(ENODEV) : answer((unsigned int)request, arg);
    int error = errno;
    set_timer();
    pthread_mutex_unlock(&camera.lock);
    errno = error;
    return result;
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    int real = is_camera_fd(fd) ? camera.memory : fd;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, real, offset);
}

int access(const char *path, int mode) {
    if (!is_ours(path)) {
        return (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
    }
    if (has_fault("denied") && mode != F_OK) {
        return fail(EACCES);
    }
    return is_failing("unplug") ? fail(ENOENT) : 0;
}

int stat(const char *path, struct stat *about) {
    if (!is_ours(path)) {
        return (int)syscall(SYS_newfstatat, AT_FDCWD, path, about, 0);
    }
    memset(about, 0, sizeof *about);
    about->st_mode = S_IFCHR | 0660;
    about->st_rdev = makedev(81, 0);
    return is_failing("unplug") ? fail(ENOENT) : 0;
}

// The names that programs built for large files use; on 64-bit machines the same functions.
int open64(const char *path, int flags, ...) __attribute__((alias("open")));
int stat64(const char *path, struct stat64 *about) __attribute__((alias("stat")));
void *mmap64(void *, size_t, int, int, int, off64_t) __attribute__((alias("mmap")));
