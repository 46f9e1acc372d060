// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

#include <libavutil/frame.h>
#include <libswscale/swscale.h>
#include <stdbool.h>

// Turns PIXEL_BGRX32 and PIXEL_I420 pictures into the encoder's YUV 4:2:0.

struct encode_convert {
    struct SwsContext *converter;
    int picture_width, picture_height; // what it is made for
    enum pixel_format format;
    int from_width, from_height; // what is taken of it, from the top left corner
    int x, y, width, height;     // where it lies in the video
};

// 4:2:0 needs even sides: an odd one loses its last column or row, which keeps all others sharp. At
// least 2.
static inline int encode_convert_even(int side) {
    return side < 2 ? 2 : side & ~1;
}

void encode_convert_finish(struct encode_convert *to_yuv); // legal on a zeroed one

// Fills the frame, whose size, buffers, matrix and range are the caller's. A picture of another
// size is scaled to fit, in the middle of black. False (logged) when memory is short.
bool encode_convert_convert(struct encode_convert *to_yuv, const struct image *picture,
                            AVFrame *frame);
