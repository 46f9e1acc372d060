// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/thread_pool.h"
#include "core/nhwc/nhwc_conv.h"
#include "core/nhwc/conv_grid.h"

// What training runs as one: a convolution, the batch norm after it, an addition and a ReLU, all
// but the first optional, on a batch of blocked pictures.
//   raw = conv(x)
//   out = max(scale * (raw - mean) / sqrt(variance + epsilon) + shift + z, 0)
// A picture passes through the caches a few times less than node by node: sums for the statistics
// are made while a convolution's result is there, and the gradient of raw never leaves a worker's
// scratch.

struct unit {
    const struct node *conv, *norm; // norm may be NULL; then raw is out
    bool relu;
    const struct kernels *kernels;
    struct blocked x, raw, out, z; // z: when something is added
    struct blocked dx, dz, dout;   // as x, z, out, with pitches of whole vectors
    // Filled in by unit_init:
    struct blocked draw;          // gradient of raw, with the border that the gradient of x wants
    int chunk;                    // samples whose draw is kept at once
    bool winograd, winograd_back; // forward; for the gradient of x
};

void unit_init(struct unit *unit);

// Lengths in reals, multiples of 16: packed weights for both directions; what passes from forward
// to backward; the sums, in doubles; of each worker; of each of the N_PARTS parts of a batch.
size_t unit_packed_len(const struct unit *unit);
size_t unit_saved_len(const struct unit *unit);
size_t unit_sums_len(const struct unit *unit);
size_t unit_scratch_len(const struct unit *unit);
size_t unit_part_len(const struct unit *unit);

enum { NORM_SCALE, NORM_SHIFT, NORM_MEAN, NORM_VARIANCE };

struct unit_pass {
    const struct unit *unit;
    int n;
    bool training; // statistics of the batch, running ones brought up to date; else running ones
    struct team *team;
    const real *x, *z; // z may be NULL
    real *raw, *out;   // raw is out without a norm
    const real *dout;
    real *dx, *dz;                          // NULL when nobody wants them
    bool add_dx, add_dz;                    // to what is there, else written over
    real *conv_params[2], *conv_dparams[2]; // weight, bias; gradients are added to
    real *norm_params[4], *norm_dparams[4];
    real *packed, *saved, *scratch, *parts;
    double *sums;
};

// Packs the weights for both passes; before unit_forward, after each change.
void unit_pack(const struct unit_pass *pass);

void unit_forward(const struct unit_pass *pass);
void unit_backward(const struct unit_pass *pass); // after unit_forward

// Of unit_backward, in its own file: gradients of weights and bias from the draw of the samples
// [from, from + n) into a part, (taps, C, pitch of raw) and (pitch of raw); and of x from one draw.
void unit_weight_gradient(const struct unit_pass *pass, int from, int n, const real *draw,
                          real *part);
void unit_add_parts(const struct unit_pass *pass, int tap);
void unit_input_gradient(const struct unit_pass *pass, int sample, const real *draw, real *scratch);
void unit_pack_back(const struct unit *unit, const real *weights, real *packed);
size_t unit_packed_back_len(const struct unit *unit);
