// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Cameras that OpenCV does not read: those that only give H.264 or HEVC, and devices whose pictures
// lie in several planes. V4L2's streaming, decoded and converted by FFmpeg.

#include "vision/camera_node.h"

#ifdef __cplusplus
extern "C" {
#endif

struct camera_stream;

// Opens a device in the best coding that node names and starts it. *got is what the driver really
// gives. NULL on failure, and *problem says why in words that follow "cannot open the camera PATH:
// ".
struct camera_stream *camera_stream_open(const char *path, const struct camera_node *node,
                                         const struct camera_format *wanted,
                                         struct camera_format *got, const char **problem);
void camera_stream_close(struct camera_stream *stream); // NULL is legal

// Waits for the next frame that can be decoded, until deadline_ns (CLOCK_MONOTONIC), and writes it
// into *frame as PIXEL_BGR24, resizing its storage. *captured_ns: of the driver, or 0 when it does
// not say. False when there is none.
bool camera_stream_next(struct camera_stream *stream, int64_t deadline_ns, struct image *frame,
                        int64_t *captured_ns);

#ifdef __cplusplus
}
#endif
