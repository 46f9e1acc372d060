// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/nhwc/conv_grid.h"

// A grid of outputs by Winograd's F(4x4, 3x3) (kernels.h): transforms the inputs of 4x4 outputs at
// a time, multiplies point by point as 36 small matrix products, and transforms back. For 3x3 taps
// at stride 1 whose pixels lie x_step apart.

// packed: WINOGRAD_POINTS * channels * vectors * lanes reals. Weights are transformed in
// double precision.
void winograd_pack(const struct kernels *kernels, const struct grid_weights *weights, real *packed);

// As grid_run, with w from winograd_pack. Reads the channels of x and their padding up to x_step;
// taps[0] is the upper left tap.
size_t winograd_scratch_len(int x_pitch, int y_pitch);
void winograd_run(const struct kernels *kernels, const struct conv_grid *grid, real *scratch);
