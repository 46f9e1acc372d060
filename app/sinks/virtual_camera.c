// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/virtual_camera.h"

#include "core/base/log.h"
#include "app/sinks/frame_painter.h"
#include "app/sources/camera_list.h"
#include "app/system/i18n.h"
#include "app/video/encode_convert.h"
#include "vision/vision.h"

#include <errno.h>
#include <fcntl.h>
#include <libavutil/imgutils.h>
#include <linux/videodev2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct virtual_camera {
    struct sink base;
    char *path;
    int fd;
    struct frame_painter painter;
    struct encode_convert to_yuv;
    AVFrame *frame;
    uint8_t *bytes; // of the frame, without gaps
    int n_bytes;
};

static bool refuse(const struct virtual_camera *camera, const char *problem) {
    LOG(ERROR, "%s: cannot be fed as a virtual camera: %s", camera->path, log_words(problem));
    return false;
}

static bool refuse_by_errno(const struct virtual_camera *camera) {
    char who[80] = "another program", words[256];
    switch (errno) {
    case ENOENT:
        return refuse(camera, camera_is_device_path(camera->path)
                                  ? LOG_WORDS("there is no such device; make one by sudo modprobe "
                                              "v4l2loopback exclusive_caps=1")
                                  : LOG_WORDS("it is no device; for a file use --record"));
    case ENODEV:
    case ENXIO:
        return refuse(
            camera,
            LOG_WORDS(
                "the device is gone; make one by sudo modprobe v4l2loopback exclusive_caps=1"));
    case EACCES:
    case EPERM:
        return refuse(
            camera, LOG_WORDS("no permission; run sudo usermod -aG video $USER (the group video), "
                              "log in again"));
    case EBUSY:
        camera_holder(camera->path, who, sizeof who);
        snprintf(words, sizeof words, log_words(LOG_WORDS("%s is using it; close that program")),
                 who);
        return refuse(camera, words);
    default:
        return refuse(camera, strerror(errno));
    }
}

// False (logged) when the device takes no pictures.
static bool check_output(const struct virtual_camera *camera) {
    struct v4l2_capability can = {0};
    if (ioctl(camera->fd, VIDIOC_QUERYCAP, &can) != 0) {
        return refuse(
            camera,
            LOG_WORDS(
                "it is no video device; make one by sudo modprobe v4l2loopback exclusive_caps=1"));
    }
    uint32_t of_node = can.capabilities & V4L2_CAP_DEVICE_CAPS ? can.device_caps : can.capabilities;
    if (!(of_node & V4L2_CAP_VIDEO_OUTPUT) && strcmp((char *)can.driver, "v4l2 loopback") == 0) {
        errno = EBUSY; // it is one while nobody feeds it
        return refuse_by_errno(camera);
    }
    return of_node & V4L2_CAP_VIDEO_OUTPUT ||
           refuse(camera, LOG_WORDS("it gives pictures and takes none; make one by sudo modprobe "
                                    "v4l2loopback exclusive_caps=1"));
}

static void set_rate(const struct virtual_camera *camera, double rate_hz) {
    struct v4l2_streamparm rate = {.type = V4L2_BUF_TYPE_VIDEO_OUTPUT};
    rate.parm.output.timeperframe = (struct v4l2_fract){1000, (uint32_t)lround(1000 * rate_hz)};
    if (rate_hz > 0) {
        (void)ioctl(camera->fd, VIDIOC_S_PARM, &rate); // only told to those who look
    }
}

// Agrees with the device on the size, which becomes the frame's.
static bool set_format(const struct virtual_camera *camera) {
    int width = camera->frame->width, height = camera->frame->height;
    struct v4l2_format format = {
        .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
        .fmt.pix = {.width = (uint32_t)width,
                    .height = (uint32_t)height,
                    .pixelformat = V4L2_PIX_FMT_YUV420,
                    .field = V4L2_FIELD_NONE,
                    .bytesperline = (uint32_t)width,
                    .sizeimage = (uint32_t)(width * height * 3 / 2),
                    .colorspace = V4L2_COLORSPACE_SRGB},
    };
    if (ioctl(camera->fd, VIDIOC_S_FMT, &format) != 0 && errno != EINVAL) {
        return refuse_by_errno(camera);
    }
    const struct v4l2_pix_format *got = &format.fmt.pix;
    if (got->pixelformat != V4L2_PIX_FMT_YUV420 || got->width < 2 || got->height < 2 ||
        got->width > IMAGE_MAX_SIDE || got->height > IMAGE_MAX_SIDE ||
        (got->width | got->height) & 1) {
        char words[256];
        snprintf(words, sizeof words,
                 log_words(LOG_WORDS("it refuses %dx%d in YUV 4:2:0; close the programs that use "
                                     "it, then load v4l2loopback anew")),
                 width, height);
        return refuse(camera, words);
    }
    if ((int)got->width != width || (int)got->height != height) {
        LOG(INFO, "%s: it takes %ux%u only; the pictures are scaled to that", camera->path,
            got->width, got->height);
    }
    camera->frame->width = (int)got->width;
    camera->frame->height = (int)got->height;
    return true;
}

static bool alloc_frame(struct virtual_camera *camera) {
    AVFrame *frame = camera->frame;
    camera->n_bytes = av_image_get_buffer_size(AV_PIX_FMT_YUV420P, frame->width, frame->height, 1);
    camera->bytes = camera->n_bytes > 0 ? malloc((size_t)camera->n_bytes) : NULL;
    return (camera->bytes && av_frame_get_buffer(frame, 0) >= 0) ||
           log_no_memory("feeding %s", camera->path);
}

static bool virtual_camera_write(struct sink *sink, const struct frame *frame,
                                 const struct analysis *analysis) {
    struct virtual_camera *camera = (struct virtual_camera *)sink;
    AVFrame *yuv = camera->frame;
    camera->painter.note = frame->stand_in ? _("demo face: there is no camera") : NULL;
    const struct image *painted =
        frame_painter_picture(&camera->painter, &frame->picture, analysis);
    if (!painted || !encode_convert_convert(&camera->to_yuv, painted, yuv)) {
        return false;
    }
    av_image_copy_to_buffer(camera->bytes, camera->n_bytes, (const uint8_t *const *)yuv->data,
                            yuv->linesize, AV_PIX_FMT_YUV420P, yuv->width, yuv->height, 1);
    ssize_t n = write(camera->fd, camera->bytes, (size_t)camera->n_bytes);
    if (n == camera->n_bytes || (n < 0 && (errno == EAGAIN || errno == EINTR))) {
        return true; // a frame left out now and then
    }
    return n < 0 ? refuse_by_errno(camera)
                 : refuse(camera, LOG_WORDS("it took only a part of a picture"));
}

static bool virtual_camera_close(struct sink *sink) {
    struct virtual_camera *camera = (struct virtual_camera *)sink;
    if (camera->fd >= 0) {
        close(camera->fd);
    }
    frame_painter_finish(&camera->painter);
    encode_convert_finish(&camera->to_yuv);
    av_frame_free(&camera->frame);
    free(camera->bytes);
    free(camera->path);
    free(camera);
    return true;
}

static const struct sink_driver driver = {
    .name = "virtual camera",
    .write = virtual_camera_write,
    .close = virtual_camera_close,
};

static bool start(struct virtual_camera *camera, int width, int height, double rate_hz) {
    camera->frame->format = AV_PIX_FMT_YUV420P;
    camera->frame->colorspace = AVCOL_SPC_SMPTE170M;
    camera->frame->width = encode_convert_even(width);
    camera->frame->height = encode_convert_even(height);
    frame_painter_init(&camera->painter, true, false);
    camera->fd = open(camera->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (camera->fd < 0) {
        return refuse_by_errno(camera);
    }
    if (!check_output(camera) || !set_format(camera)) {
        return false;
    }
    set_rate(camera, rate_hz);
    return alloc_frame(camera);
}

struct sink *virtual_camera_create(const char *path, int width, int height, double rate_hz) {
    struct virtual_camera *camera = calloc(1, sizeof *camera);
    if (!camera) {
        log_no_memory("feeding %s", path);
        return NULL;
    }
    camera->base.driver = &driver;
    camera->fd = -1;
    camera->path = strdup(path);
    camera->frame = av_frame_alloc();
    if (!camera->path || !camera->frame) {
        log_no_memory("feeding %s", path);
        goto fail;
    }
    if (start(camera, width, height, rate_hz)) {
        return &camera->base;
    }
fail:
    virtual_camera_close(&camera->base);
    return NULL;
}
