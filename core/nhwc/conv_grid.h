// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/nhwc/nhwc.h"

// A convolution's grid of outputs (kernels.h) with any number of channels: more than a kernel takes
// at a time are split into groups of vectors, as even as possible.

// Runs a grid of any number of vectors; w from grid_pack.
void grid_run(const struct kernels *kernels, const struct conv_grid *grid);

// Weight (k, c, t) = data[k * out_step + c * in_step + taps[t]], k < filters, zero beyond.
// packed: n_taps * channels * vectors * lanes reals
struct grid_weights {
    const real *data;
    ptrdiff_t out_step, in_step;
    int filters, channels, n_taps;
    const int *taps;
};
void grid_pack(const struct kernels *kernels, const struct grid_weights *weights, real *packed);

// Those of a depthwise convolution, of one channel for each filter, for kernels->depthwise.
// packed: n_taps * vectors * lanes reals
void grid_pack_depthwise(const struct kernels *kernels, const struct grid_weights *weights,
                         real *packed);

// Whether that many output channels leave the upper half of the last vector empty, in a group of at
// least two vectors: set conv_grid.half then; grid_pack repeats the lower half there.
bool grid_half(const struct kernels *kernels, int filters);

// The output channel whose weights are packed at position k, -1 for zeros.
int grid_channel(const struct kernels *kernels, int filters, int k);

// The groups, each vectors [*from, *to).
int grid_groups(const struct kernels *kernels, int vectors);
void grid_group(int n_groups, int vectors, int group, int *from, int *to);
