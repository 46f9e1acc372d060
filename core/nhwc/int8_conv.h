// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/kernels/int8_kernels.h"
#include "core/network/activation_ranges.h"
#include "core/nhwc/nhwc.h"

// Convolutions of one sample in int8, on NHWC images of bytes, whose pitch is in bytes. Source of
// the arithmetic: core/kernels/int8_kernels.h.

// What a byte q stands for: scale * (q - zero). Source: Jacob et al. 2018, eq. (1).
struct int8_quantity {
    float scale;
    int zero; // within [0, 255]
};

// The quantity whose bytes cover a range and represent 0 exactly, as padding requires.
struct int8_quantity int8_quantity_of(const struct range *range);

// Length of an image in bytes, with some to spare, so that kernels can read whole vectors at the
// end.
size_t int8_len(const struct nhwc *b);

// Quantises reals: element (c,y,x) is at x[c * channel + y * row + x * pixel]. Values are clamped
// to the quantity's range, NaN becomes its minimum. Padding channels represent 0, as those of an
// NHWC image of reals already do; the border is not touched.
struct int8_source {
    const real *x;
    ptrdiff_t channel, row, pixel;
};
void int8_quantise(const struct int8_source *from, const struct int8_kernels *kernels,
                   const struct int8_quantity *quantity, const struct nhwc *layout, uint8_t *to);

// Dequantises to an NHWC image of reals, with zeros in the padding channels; the border is not
// touched.
void int8_dequantise(const struct nhwc *layout, const struct int8_quantity *quantity,
                     const uint8_t *from, const struct nhwc *to_layout, real *to);

struct int8_conv {
    struct window window;
    struct nhwc x, y, z; // x's border is at least the padding; y's pitch is a multiple of lanes;
                         // z's, if adds is set, at least y's
    struct int8_quantity x_quantity, y_quantity, z_quantity;
    bool adds;   // z to the sum
    bool relu;   // after that
    bool y_real; // y is an image of reals
    const struct int8_kernels *kernels;
};

// Whether a node is a convolution that int8_conv can run, with sums that fit 32 bits.
bool int8_conv_supports(const struct node *node);

// weights:(K,C,R,S) bias:(K) or NULL -> packed: int8_conv_packed_len bytes, 64-byte aligned. The
// weights of each output channel are scaled so that the largest becomes
// the largest that the kernels take.
size_t int8_conv_packed_len(const struct int8_conv *conv);
void int8_conv_pack(const struct int8_conv *conv, const real *weights, const real *bias,
                    void *packed);

// y: bytes, or reals when y_real is set; its border is not touched. z may be NULL unless
// adds is set. None overlap. Allocates nothing; cannot fail.
void int8_conv_run(const struct int8_conv *conv, const void *packed, const uint8_t *x,
                   const uint8_t *z, void *y);
