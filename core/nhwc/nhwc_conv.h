// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/nhwc/nhwc.h"

// A convolution of one sample on NHWC images, as plan and tape run it: ordinary, or depthwise, of
// which each filter reads one channel, its own. layers/conv.c handles what this does not: other
// groups, huge kernels.

struct nhwc_conv {
    struct window window;
    struct nhwc x, y; // x's border is at least the padding; y's pitch is a multiple of lanes
    bool winograd;    // F(4x4, 3x3) instead of the direct sum
    bool depthwise;   // then x's pitch is y's
    const struct kernels *kernels;
};

#define NHWC_MAX_TAPS 256

bool nhwc_conv_supports(const struct node *node);
bool nhwc_conv_depthwise(const struct node *node); // whether it is a depthwise convolution

// Whether Winograd's algorithm applies and saves time: 3x3, stride 1, at least 8x8 outputs and a
// vector of channels in and out. Its rounding differs by about 1e-6 of the largest output, and NaN
// or infinity spreads over 4x4 outputs. x's pitch must be a multiple of lanes.
bool nhwc_conv_winograd_pays(const struct node *node, struct shape in,
                             const struct kernels *kernels);

// weights:(K,C,R,S), depthwise:(K,1,R,S) bias:(K) or NULL -> packed: nhwc_conv_packed_len reals,
// 64-byte aligned
size_t nhwc_conv_packed_len(const struct nhwc_conv *conv);
void nhwc_conv_pack(const struct nhwc_conv *conv, const real *weights, const real *bias,
                    real *packed);

// y = conv(x) + bias, plus z (laid out as z_layout) when not NULL, then ReLU when relu is set.
// Does not touch y's border. scratch: nhwc_conv_scratch_len reals. All 64-byte aligned; y may be
// z if their layouts are equal, otherwise none overlap. Allocates nothing; cannot fail.
size_t nhwc_conv_scratch_len(const struct nhwc_conv *conv);
void nhwc_conv_run(const struct nhwc_conv *conv, const real *packed, const real *x,
                   const struct nhwc *z_layout, const real *z, bool relu, real *y, real *scratch);
