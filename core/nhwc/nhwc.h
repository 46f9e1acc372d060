// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/kernels.h"

#include <stdint.h>

// Pictures as the convolution kernels want them: the channels of a pixel side by side, filled up
// with zeros to whole vectors, and a border of zero pixels around, so that padding costs nothing.
// Element (c,y,x) lies at ((y + border) * (w + 2 * border) + x + border) * pitch + c.
struct nhwc {
    struct shape shape;
    int pitch;  // reals from a pixel to the next, at least c
    int border; // pixels on each side
};

// As an output: pitch is a multiple of the kernels' lanes.
struct nhwc nhwc_of(struct shape shape, int border, const struct kernels *kernels);

// Reals, a multiple of 16. A few are spare, so that kernels may read whole tiles at the end.
size_t nhwc_len(const struct nhwc *b);
ptrdiff_t nhwc_row(const struct nhwc *b);
ptrdiff_t nhwc_at(const struct nhwc *b, int y, int x); // of channel 0

// Copies of one sample, added to what is there when add is set.  x:(C,H,W) from, to: nhwc_len
// reals. The border is left alone.
void nhwc_from_nchw(const struct nhwc *b, const real *x, bool add, real *to);
void nhwc_to_nchw(const struct nhwc *b, const real *from, bool add, real *x);

// Zeros in the border, which whoever fills in the pixels leaves alone.
void nhwc_clear_border(const struct nhwc *b, real *to);

// Of a picture of bytes, whose pitch is in bytes: value in the border.
void nhwc_fill_border(const struct nhwc *b, uint8_t value, uint8_t *to);
