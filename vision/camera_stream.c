// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/camera_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libswscale/swscale.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#define N_BUFFERS 4
#define MAX_PLANES 3
#define NS_PER_S INT64_C(1000000000)
#define SILENT 64 // added to the level of what FFmpeg says of broken frames

struct plane {
    uint8_t *bytes;
    size_t size;
};

struct camera_stream {
    int fd;
    uint32_t type;
    const struct camera_coding *coding;
    int width, height, n_planes, n_buffers;
    int strides[MAX_PLANES]; // bytes of a row, as the driver says; 0: it does not
    struct plane planes[N_BUFFERS][MAX_PLANES];

    AVCodecContext *decoder; // NULL: raw pictures
    AVPacket *packet;
    AVFrame *frame;
    struct SwsContext *scaler;
};

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static bool is_planar(const struct camera_stream *s) {
    return s->type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
}

// ---- opening ----

static void read_format(struct camera_stream *s, const struct v4l2_format *format) {
    if (is_planar(s)) {
        const struct v4l2_pix_format_mplane *pixels = &format->fmt.pix_mp;
        s->width = (int)pixels->width;
        s->height = (int)pixels->height;
        s->n_planes = pixels->num_planes;
        for (int i = 0; i < s->n_planes && i < MAX_PLANES; i++) {
            s->strides[i] = (int)pixels->plane_fmt[i].bytesperline;
        }
    } else {
        s->width = (int)format->fmt.pix.width;
        s->height = (int)format->fmt.pix.height;
        s->n_planes = 1;
        s->strides[0] = (int)format->fmt.pix.bytesperline;
    }
}

static bool set_format(struct camera_stream *s, const struct camera_format *wanted) {
    const char *c = s->coding->fourcc;
    uint32_t fourcc = v4l2_fourcc(c[0], c[1], c[2], c[3]);
    struct v4l2_format format = {.type = s->type};
    if (ioctl(s->fd, VIDIOC_G_FMT, &format) != 0) {
        return false;
    }
    if (is_planar(s)) {
        format.fmt.pix_mp.pixelformat = fourcc;
        format.fmt.pix_mp.width = (uint32_t)wanted->width;
        format.fmt.pix_mp.height = (uint32_t)wanted->height;
    } else {
        format.fmt.pix = (struct v4l2_pix_format){.pixelformat = fourcc,
                                                  .width = (uint32_t)wanted->width,
                                                  .height = (uint32_t)wanted->height};
    }
    if (ioctl(s->fd, VIDIOC_S_FMT, &format) != 0) {
        return false;
    }
    read_format(s, &format);
    uint32_t given = is_planar(s) ? format.fmt.pix_mp.pixelformat : format.fmt.pix.pixelformat;
    return given == fourcc && s->n_planes >= 1 && s->n_planes <= MAX_PLANES && s->width > 0 &&
           s->height > 0 && s->width <= IMAGE_MAX_SIDE && s->height <= IMAGE_MAX_SIDE;
}

static double set_rate(struct camera_stream *s, double rate_hz) {
    struct v4l2_streamparm rate = {.type = s->type};
    rate.parm.capture.timeperframe = (struct v4l2_fract){1, (uint32_t)(rate_hz + 0.5)};
    if (rate_hz <= 0 || ioctl(s->fd, VIDIOC_S_PARM, &rate) != 0) {
        return 0;
    }
    const struct v4l2_fract *interval = &rate.parm.capture.timeperframe;
    return interval->numerator > 0 ? (double)interval->denominator / interval->numerator : 0;
}

static struct v4l2_buffer buffer_of(const struct camera_stream *s, int index,
                                    struct v4l2_plane planes[MAX_PLANES]) {
    struct v4l2_buffer buffer = {
        .type = s->type, .memory = V4L2_MEMORY_MMAP, .index = (uint32_t)index};
    memset(planes, 0, MAX_PLANES * sizeof *planes);
    if (is_planar(s)) {
        buffer.m.planes = planes;
        buffer.length = (uint32_t)s->n_planes;
    }
    return buffer;
}

static bool map_buffer(struct camera_stream *s, int index) {
    struct v4l2_plane planes[MAX_PLANES];
    struct v4l2_buffer buffer = buffer_of(s, index, planes);
    if (ioctl(s->fd, VIDIOC_QUERYBUF, &buffer) != 0) {
        return false;
    }
    for (int i = 0; i < s->n_planes; i++) {
        size_t size = is_planar(s) ? planes[i].length : buffer.length;
        off_t at = is_planar(s) ? planes[i].m.mem_offset : buffer.m.offset;
        void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, at);
        if (bytes == MAP_FAILED) {
            return false;
        }
        s->planes[index][i] = (struct plane){bytes, size};
    }
    return true;
}

static bool queue(struct camera_stream *s, int index) {
    struct v4l2_plane planes[MAX_PLANES];
    struct v4l2_buffer buffer = buffer_of(s, index, planes);
    return ioctl(s->fd, VIDIOC_QBUF, &buffer) == 0;
}

static bool start(struct camera_stream *s) {
    struct v4l2_requestbuffers request = {
        .count = N_BUFFERS, .type = s->type, .memory = V4L2_MEMORY_MMAP};
    if (ioctl(s->fd, VIDIOC_REQBUFS, &request) != 0) {
        return false;
    }
    s->n_buffers = request.count < N_BUFFERS ? (int)request.count : N_BUFFERS;
    for (int i = 0; i < s->n_buffers; i++) {
        if (!map_buffer(s, i) || !queue(s, i)) {
            return false;
        }
    }
    int type = (int)s->type;
    return s->n_buffers > 0 && ioctl(s->fd, VIDIOC_STREAMON, &type) == 0;
}

static bool open_decoder(struct camera_stream *s) {
    s->frame = av_frame_alloc();
    s->packet = av_packet_alloc();
    if (s->coding->pixels != AV_PIX_FMT_NONE) {
        return s->frame && s->packet;
    }
    const AVCodec *codec = avcodec_find_decoder(s->coding->codec);
    s->decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!s->decoder || !s->frame || !s->packet) {
        return false;
    }
    s->decoder->thread_type = FF_THREAD_SLICE; // each frame thread would hold one picture back
    s->decoder->thread_count = 2;
    s->decoder->flags |= AV_CODEC_FLAG_LOW_DELAY;
    s->decoder->log_level_offset = SILENT;
    s->decoder->max_pixels = (int64_t)IMAGE_MAX_SIDE * IMAGE_MAX_SIDE;
    return avcodec_open2(s->decoder, codec, NULL) >= 0;
}

struct camera_stream *camera_stream_open(const char *path, const struct camera_node *node,
                                         const struct camera_format *wanted,
                                         struct camera_format *got, const char **problem) {
    struct camera_stream *s = calloc(1, sizeof *s);
    *problem = "there is no memory; close other programs";
    if (!s) {
        return NULL;
    }
    s->type = node->type;
    s->coding = node->coding;
    s->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    *problem = "it refuses its own picture format; unplug it and plug it in again";
    if (s->fd < 0 || s->fd >= FD_SETSIZE || !set_format(s, wanted)) {
        goto fail;
    }
    *got = (struct camera_format){s->width, s->height, set_rate(s, wanted->rate_hz), ""};
    memcpy(got->fourcc, s->coding->fourcc, sizeof got->fourcc);
    *problem = "FFmpeg has no decoder for its pictures; use another camera";
    if (!open_decoder(s)) {
        goto fail;
    }
    if (start(s)) {
        return s;
    }
    *problem = errno == ENOSPC
                   ? "the USB bus has no room for its pictures beside another device's; plug it in "
                     "elsewhere, or ask for smaller ones: --width 640 --height 480"
                   : "it does not start; unplug it and plug it in again";
fail:
    camera_stream_close(s);
    return NULL;
}

void camera_stream_close(struct camera_stream *s) {
    if (!s) {
        return;
    }
    int type = (int)s->type;
    if (s->fd >= 0) {
        ioctl(s->fd, VIDIOC_STREAMOFF, &type);
    }
    for (int i = 0; i < N_BUFFERS * MAX_PLANES; i++) {
        struct plane *plane = &s->planes[i / MAX_PLANES][i % MAX_PLANES];
        if (plane->bytes) {
            munmap(plane->bytes, plane->size);
        }
    }
    if (s->fd >= 0) {
        struct v4l2_requestbuffers none = {.type = s->type, .memory = V4L2_MEMORY_MMAP};
        ioctl(s->fd, VIDIOC_REQBUFS, &none);
        close(s->fd);
    }
    sws_freeContext(s->scaler);
    av_packet_free(&s->packet);
    av_frame_free(&s->frame);
    avcodec_free_context(&s->decoder);
    free(s);
}

// ---- frames ----

static bool convert(struct camera_stream *s, const AVFrame *from, struct image *to) {
    if (!image_resize_storage(to, from->width, from->height, PIXEL_BGR24)) {
        return false;
    }
    s->scaler =
        sws_getCachedContext(s->scaler, from->width, from->height, from->format, from->width,
                             from->height, AV_PIX_FMT_BGR24, SWS_BILINEAR, NULL, NULL, NULL);
    uint8_t *const planes[] = {to->data, NULL, NULL, NULL};
    const int strides[] = {(int)to->stride, 0, 0, 0};
    return s->scaler && sws_scale(s->scaler, (const uint8_t *const *)from->data, from->linesize, 0,
                                  from->height, planes, strides) == from->height;
}

static bool decode(struct camera_stream *s, const struct plane *plane, size_t n,
                   struct image *frame) {
    if (n > plane->size || av_new_packet(s->packet, (int)n) < 0) {
        return false;
    }
    memcpy(s->packet->data, plane->bytes, n);
    bool sent = avcodec_send_packet(s->decoder, s->packet) >= 0, got = false;
    av_packet_unref(s->packet);
    while (sent && avcodec_receive_frame(s->decoder, s->frame) >= 0) {
        got = convert(s, s->frame, frame);
    }
    return got;
}

// Of rows of one plane of memory, the chroma behind the luma has rows of the luma's bytes, halved
// where its own planes are half as wide.
static void lay_out(const struct camera_stream *s, AVFrame *raw) {
    av_image_fill_linesizes(raw->linesize, s->coding->pixels, s->width);
    int usual = raw->linesize[0];
    for (int i = 0; i < MAX_PLANES && s->strides[0] > usual; i++) {
        raw->linesize[i] = (int)((int64_t)raw->linesize[i] * s->strides[0] / usual);
    }
    for (int i = 1; i < s->n_planes; i++) {
        raw->linesize[i] = s->strides[i] > 0 ? s->strides[i] : raw->linesize[i];
    }
}

// The picture as it lies in the buffer. False when it is shorter than its format.
static bool take_raw(struct camera_stream *s, int index, size_t n, struct image *frame) {
    AVFrame *raw = s->frame;
    const struct plane *planes = s->planes[index];
    raw->format = s->coding->pixels;
    raw->width = s->width;
    raw->height = s->height;
    lay_out(s, raw);
    int size =
        av_image_fill_pointers(raw->data, raw->format, raw->height, planes[0].bytes, raw->linesize);
    for (int i = 1; i < s->n_planes; i++) {
        raw->data[i] = planes[i].bytes;
    }
    bool whole = size > 0 && (s->n_planes > 1 || (size_t)size <= n);
    bool good = whole && convert(s, raw, frame);
    memset(raw->data, 0, sizeof raw->data);
    return good;
}

static bool is_ready(int fd, int64_t deadline_ns) {
    fd_set files;
    FD_ZERO(&files);
    FD_SET(fd, &files);
    int64_t left = deadline_ns - now_ns();
    struct timeval patience = {left / NS_PER_S, left % NS_PER_S / 1000};
    return left > 0 && select(fd + 1, &files, NULL, NULL, &patience) > 0;
}

static int64_t stamp_ns(const struct v4l2_buffer *buffer) {
    bool monotonic =
        (buffer->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) == V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    return monotonic ? buffer->timestamp.tv_sec * NS_PER_S + buffer->timestamp.tv_usec * 1000 : 0;
}

bool camera_stream_next(struct camera_stream *s, int64_t deadline_ns, struct image *frame,
                        int64_t *captured_ns) {
    while (is_ready(s->fd, deadline_ns)) {
        struct v4l2_plane planes[MAX_PLANES];
        struct v4l2_buffer buffer = buffer_of(s, 0, planes);
        if (ioctl(s->fd, VIDIOC_DQBUF, &buffer) != 0) {
            if (errno == EAGAIN) {
                continue;
            }
            return false;
        }
        int index = (int)buffer.index;
        size_t n = is_planar(s) ? planes[0].bytesused : buffer.bytesused;
        bool good = index < s->n_buffers && (s->decoder ? decode(s, &s->planes[index][0], n, frame)
                                                        : take_raw(s, index, n, frame));
        *captured_ns = stamp_ns(&buffer);
        if (!queue(s, index)) {
            return false;
        }
        if (good) {
            return true;
        }
    }
    return false;
}
