// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// What a V4L2 device says of itself before it is switched on.

#include "vision/vision.h"

#include <libavcodec/codec_id.h>
#include <libavutil/pixfmt.h>

#ifdef __cplusplus
extern "C" {
#endif

// A kind of picture that a device may offer.
struct camera_coding {
    char fourcc[5];
    enum camera_kind kind;     // CAMERA_COLOUR, CAMERA_GREY or CAMERA_SENSOR
    bool by_opencv;            // from a device of one plane
    enum AVPixelFormat pixels; // for FFmpeg; NONE: as codec says
    enum AVCodecID codec;      // NONE: not coded; both NONE: only OpenCV reads it
};

struct camera_node {
    char name[33];
    enum camera_kind kind;
    uint32_t type; // of its buffers; V4L2_BUF_TYPE_VIDEO_CAPTURE or ..._MPLANE; 0: no camera
    bool streams;  // can give them through memory that is shared
    bool by_opencv;
    const struct camera_coding *coding; // the best one; NULL: OpenCV finds out, or nobody reads it
};

// False when the file is no V4L2 device, or it is gone (errno).
bool camera_node_ask(int fd, struct camera_node *node);

// The coding of the present pictures of a device of one plane, if there is room behind their rows,
// which OpenCV takes for pixels, and FFmpeg does not. NULL: there is none, or nobody reads them.
const struct camera_coding *camera_node_padded(int fd);

#ifdef __cplusplus
}
#endif
