// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/kernels/int8_kernels.h"
#include "core/network/activation_ranges.h"
#include "core/nhwc/nhwc.h"

// Convolutions of one sample in int8, on NHWC images of bytes (their pitch is in
// bytes). Source of the arithmetic: kernels/int8_kernels.h.

// What a byte q stands for: scale * (q - zero). Source: Jacob et al. 2018, eq. (1).
struct int8_quantity {
    float scale;
    int zero; // within [0, 255]
};

// The quantity whose bytes cover a range and hold 0 exactly, as padding wants it.
struct int8_quantity int8_quantity_of(const struct range *range);

// Bytes of a picture, with a few to spare, so that kernels may read whole vectors at the end.
size_t int8_len(const struct nhwc *b);

// Bytes from reals: element (c,y,x) is at x[c * channel + y * row + x * pixel], whatever is beyond
// the quantity's range becomes its end, and a NaN its beginning. The filling up stands for 0, as
// that of a NHWC image of reals does already; the border is left alone.
struct int8_source {
    const real *x;
    ptrdiff_t channel, row, pixel;
};
void int8_quantise(const struct int8_source *from, const struct int8_kernels *kernels,
                   const struct int8_quantity *quantity, const struct nhwc *layout, uint8_t *to);

// And back: to a NHWC image of reals with zeros as filling up; the border is left alone.
void int8_dequantise(const struct nhwc *layout, const struct int8_quantity *quantity,
                     const uint8_t *from, const struct nhwc *to_layout, real *to);

struct int8_conv {
    struct window window;
    struct nhwc x, y, z; // x's border is at least the padding; y's pitch is a multiple of lanes,
                         // and z's, if it is read, at least y's
    struct int8_quantity x_quantity, y_quantity, z_quantity;
    bool adds;   // z to the sum
    bool relu;   // after that
    bool y_real; // y is a picture of reals
    const struct int8_kernels *kernels;
};

// Whether a node is a convolution for this, with sums that fit 32 bits.
bool int8_conv_supports(const struct node *node);

// weights:(K,C,R,S) bias:(K) or NULL -> packed: int8_conv_packed_len bytes, 64-byte aligned. Each
// output channel's weights are scaled by their largest, so that it becomes 127.
size_t int8_conv_packed_len(const struct int8_conv *conv);
void int8_conv_pack(const struct int8_conv *conv, const real *weights, const real *bias,
                    void *packed);

// y: bytes, or reals when y_real is set; its border is left alone. z may be NULL when nothing is
// added. None overlap. Allocates nothing; cannot fail.
void int8_conv_run(const struct int8_conv *conv, const void *packed, const uint8_t *x,
                   const uint8_t *z, void *y);
