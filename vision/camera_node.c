// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/camera_node.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libavutil/imgutils.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_FORMATS 64 // a broken driver must not keep us here

#define RAW(fourcc, kind, by_opencv, pixels)                                                       \
    { fourcc, kind, by_opencv, pixels, AV_CODEC_ID_NONE }
#define CODED(fourcc, by_opencv, codec)                                                            \
    { fourcc, CAMERA_COLOUR, by_opencv, AV_PIX_FMT_NONE, codec }

// What OpenCV reads: cap_v4l.cpp, try_order. Those that FFmpeg reads are in order of preference.
static const struct camera_coding codings[] = {
    CODED("MJPG", true, AV_CODEC_ID_MJPEG),
    CODED("JPEG", true, AV_CODEC_ID_MJPEG),
    RAW("YUYV", CAMERA_COLOUR, true, AV_PIX_FMT_YUYV422),
    RAW("UYVY", CAMERA_COLOUR, true, AV_PIX_FMT_UYVY422),
    RAW("NV12", CAMERA_COLOUR, true, AV_PIX_FMT_NV12),
    RAW("NV21", CAMERA_COLOUR, true, AV_PIX_FMT_NV21),
    RAW("YU12", CAMERA_COLOUR, true, AV_PIX_FMT_YUV420P),
    RAW("YV12", CAMERA_COLOUR, true, AV_PIX_FMT_NONE),
    RAW("411P", CAMERA_COLOUR, true, AV_PIX_FMT_YUV411P),
    RAW("BGR3", CAMERA_COLOUR, true, AV_PIX_FMT_BGR24),
    RAW("RGB3", CAMERA_COLOUR, true, AV_PIX_FMT_RGB24),
    RAW("XR24", CAMERA_COLOUR, true, AV_PIX_FMT_BGR0),
    RAW("AR24", CAMERA_COLOUR, true, AV_PIX_FMT_BGRA),
    RAW("S910", CAMERA_COLOUR, true, AV_PIX_FMT_NONE),
    RAW("YVYU", CAMERA_COLOUR, false, AV_PIX_FMT_YVYU422),
    RAW("422P", CAMERA_COLOUR, false, AV_PIX_FMT_YUV422P),
    RAW("NV16", CAMERA_COLOUR, false, AV_PIX_FMT_NV16),
    RAW("NV24", CAMERA_COLOUR, false, AV_PIX_FMT_NV24),
    RAW("NM12", CAMERA_COLOUR, false, AV_PIX_FMT_NV12),
    RAW("NM21", CAMERA_COLOUR, false, AV_PIX_FMT_NV21),
    RAW("NM16", CAMERA_COLOUR, false, AV_PIX_FMT_NV16),
    RAW("YM12", CAMERA_COLOUR, false, AV_PIX_FMT_YUV420P),
    CODED("H264", false, AV_CODEC_ID_H264),
    CODED("HEVC", false, AV_CODEC_ID_HEVC),
    RAW("GREY", CAMERA_GREY, true, AV_PIX_FMT_GRAY8),
    RAW("Y16 ", CAMERA_GREY, true, AV_PIX_FMT_GRAY16LE),
    RAW("Y12 ", CAMERA_GREY, true, AV_PIX_FMT_NONE),
    RAW("Y10 ", CAMERA_GREY, true, AV_PIX_FMT_NONE),
    RAW("BA81", CAMERA_SENSOR, true, AV_PIX_FMT_NONE),
    RAW("GBRG", CAMERA_SENSOR, true, AV_PIX_FMT_NONE),
};
#define N_CODINGS ((int)(sizeof codings / sizeof *codings))

static const struct camera_coding *find_coding(uint32_t fourcc) {
    for (int i = 0; i < N_CODINGS; i++) {
        const char *c = codings[i].fourcc;
        if (fourcc == v4l2_fourcc(c[0], c[1], c[2], c[3])) {
            return &codings[i];
        }
    }
    return NULL;
}

// A sensor's values behind red, green and blue filters, in some order and packing, as their names
// say: "RG10", "pBAA", "BYR2", and Intel's "ip3G".
static bool is_sensor(uint32_t fourcc) {
    static const char *const beginnings[] = {"RG1", "BG1", "GB1", "GR1", "BA1", "pRA", "pBA", "pGA",
                                             "pgA", "pRC", "pBC", "pGC", "pgC", "BYR", "RGG", "GRB",
                                             "GBR", "BA8", "ip3", "pRE", "pBE", "pGE", "pgE"};
    char name[] = {(char)fourcc, (char)(fourcc >> 8), (char)(fourcc >> 16), '\0'};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (strcmp(name, beginnings[i]) == 0) {
            return true;
        }
    }
    return false;
}

// Colour before grey, OpenCV before FFmpeg, then in the order of the list.
static bool is_better(const struct camera_coding *a, const struct camera_coding *b,
                      bool one_plane) {
    int here = (a->kind << 1) + !(one_plane && a->by_opencv);
    int there = b ? (b->kind << 1) + !(one_plane && b->by_opencv) : 2 * CAMERA_NONE;
    return here < there || (here == there && a < b);
}

static bool is_read(const struct camera_coding *coding, bool one_plane) {
    return (one_plane && coding->by_opencv) || coding->pixels != AV_PIX_FMT_NONE ||
           coding->codec != AV_CODEC_ID_NONE;
}

static void choose(int fd, struct camera_node *node) {
    bool one_plane = node->type == V4L2_BUF_TYPE_VIDEO_CAPTURE, sensor = false;
    int n = 0;
    for (; n < MAX_FORMATS; n++) {
        struct v4l2_fmtdesc format = {.index = (uint32_t)n, .type = node->type};
        if (ioctl(fd, VIDIOC_ENUM_FMT, &format) != 0) {
            break;
        }
        const struct camera_coding *coding = find_coding(format.pixelformat);
        sensor = sensor || is_sensor(format.pixelformat);
        if (coding && is_read(coding, one_plane) && is_better(coding, node->coding, one_plane)) {
            node->coding = coding;
        }
    }
    bool silent = n == 0 && one_plane; // some drivers list nothing
    node->by_opencv = silent || (node->coding && one_plane && node->coding->by_opencv);
    node->kind = node->coding ? node->coding->kind
                 : silent     ? CAMERA_COLOUR
                 : sensor     ? CAMERA_SENSOR
                              : CAMERA_UNREADABLE;
}

// "Integrated IR Camera" gives grey pictures in colour's clothes.
static bool is_infrared(const char *name) {
    for (const char *at = name; (at = strstr(at, "IR")); at += 2) {
        if ((at == name || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[2])) {
            return true;
        }
    }
    return strcasestr(name, "infrared");
}

bool camera_node_ask(int fd, struct camera_node *node) {
    struct v4l2_capability about = {0};
    *node = (struct camera_node){.kind = CAMERA_NONE};
    if (ioctl(fd, VIDIOC_QUERYCAP, &about) != 0) {
        return false;
    }
    uint32_t can =
        about.capabilities & V4L2_CAP_DEVICE_CAPS ? about.device_caps : about.capabilities;
    snprintf(node->name, sizeof node->name, "%.32s", (const char *)about.card);
    node->streams = can & V4L2_CAP_STREAMING;
    node->type = can & V4L2_CAP_VIDEO_CAPTURE          ? V4L2_BUF_TYPE_VIDEO_CAPTURE
                 : can & V4L2_CAP_VIDEO_CAPTURE_MPLANE ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
                                                       : 0;
    if (node->type == 0) {
        return true;
    }
    choose(fd, node);
    if (node->kind == CAMERA_COLOUR && is_infrared(node->name)) {
        node->kind = CAMERA_GREY;
    } else if (node->kind == CAMERA_COLOUR && strstr((const char *)about.driver, "loopback")) {
        node->kind = CAMERA_VIRTUAL;
    }
    return true;
}

const struct camera_coding *camera_node_padded(int fd) {
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    const struct v4l2_pix_format *pixels = &format.fmt.pix;
    bool told = ioctl(fd, VIDIOC_G_FMT, &format) == 0;
    const struct camera_coding *coding = told ? find_coding(pixels->pixelformat) : NULL;
    if (!coding || coding->pixels == AV_PIX_FMT_NONE || pixels->width > IMAGE_MAX_SIDE) {
        return NULL;
    }
    int row = av_image_get_linesize(coding->pixels, (int)pixels->width, 0);
    return row > 0 && pixels->bytesperline > (uint32_t)row ? coding : NULL;
}

enum camera_kind camera_ask(const char *path, char *name, size_t n) {
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return errno == EACCES || errno == EPERM || errno == EBUSY ? CAMERA_UNASKED : CAMERA_NONE;
    }
    struct camera_node node;
    camera_node_ask(fd, &node);
    close(fd);
    if (node.name[0]) {
        snprintf(name, n, "%s", node.name);
    }
    return node.kind;
}
