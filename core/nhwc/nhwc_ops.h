// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/nhwc/nhwc.h"

// Forward passes of layers without weights on NHWC images of one sample, so that a network needs
// no conversions between its convolutions: pools, activations, sums, concatenations, up-sampling.
// Results equal those of the layers' own forward passes up to the order of sums.

bool nhwc_op_supports(const struct node *node);

struct nhwc_op_pass {
    const struct node *node;
    const struct kernels *kernels;
    const struct nhwc *x_layout[MAX_INPUTS], *y_layout; // pitches of whole vectors
    const real *x[MAX_INPUTS];
    real *y; // its border is not touched
};
void nhwc_op_forward(const struct nhwc_op_pass *pass);
