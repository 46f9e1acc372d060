// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/kernels.h"

#include <stdint.h>

// The layout of images for the convolution kernels: the channels of a pixel side by side (NHWC),
// padded with zeros to whole vectors, inside a border of zero pixels, so that padding is free.
// Element (c,y,x) lies at ((y + border) * (w + 2 * border) + x + border) * pitch + c.
struct nhwc {
    struct shape shape;
    int pitch;  // reals from a pixel to the next, at least c
    int border; // pixels on each side
};

// The layout of an output: pitch is a multiple of the kernels' lanes.
struct nhwc nhwc_of(struct shape shape, int border, const struct kernels *kernels);

// Length in reals, a multiple of 16, with some to spare, so that kernels can read whole tiles at
// the end. nhwc_row: from a row to the next. nhwc_at: of channel 0 of a pixel.
size_t nhwc_len(const struct nhwc *b);
ptrdiff_t nhwc_row(const struct nhwc *b);
ptrdiff_t nhwc_at(const struct nhwc *b, int y, int x);

// Convert one sample; add to what is there when add is set.  x:(C,H,W) from, to: nhwc_len reals.
// They do not touch the border.
void nhwc_from_nchw(const struct nhwc *b, const real *x, bool add, real *to);
void nhwc_to_nchw(const struct nhwc *b, const real *from, bool add, real *x);

// Zeroes the border, which no later write to the pixels touches.
void nhwc_clear_border(const struct nhwc *b, real *to);

// For an int8 image, whose pitch is in bytes: writes value to the border.
void nhwc_fill_border(const struct nhwc *b, uint8_t value, uint8_t *to);
