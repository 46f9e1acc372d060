// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/thread_pool.h"
#include "core/nhwc/nhwc_conv.h"
#include "core/nhwc/conv_grid.h"

// What training runs as one: a convolution, the batch norm after it, an addition and a ReLU, all
// but the first optional, on a batch of NHWC images.
//   raw = conv(x)
//   out = max(scale * (raw - mean) / sqrt(variance + epsilon) + shift + z, 0)
// A picture passes through the caches a few times less than node by node: sums for the statistics
// are made while a convolution's result is there, and the gradient of raw never leaves a worker's
// scratch.

struct unit {
    const struct node *conv, *norm; // norm may be NULL; then raw is out
    bool relu;
    const struct kernels *kernels;
    struct nhwc x, raw, out, z; // z: when something is added
    struct nhwc dx, dz, dout;   // as x, z, out, with pitches of whole vectors
    // Filled in by conv_norm_relu_init:
    struct nhwc d_raw;            // gradient of raw, with the border that the gradient of x wants
    int chunk;                    // samples whose d_raw is kept at once
    bool winograd, winograd_back; // forward; for the gradient of x
};

void conv_norm_relu_init(struct unit *unit);

// Lengths in reals, multiples of 16: packed weights for both directions; what passes from forward
// to backward; the sums, in doubles; of each worker; of each of the N_SHARDS parts of a batch.
size_t conv_norm_relu_packed_len(const struct unit *unit);
size_t conv_norm_relu_saved_len(const struct unit *unit);
size_t conv_norm_relu_sums_len(const struct unit *unit);
size_t conv_norm_relu_scratch_len(const struct unit *unit);
size_t conv_norm_relu_shard_len(const struct unit *unit);

enum { NORM_SCALE, NORM_SHIFT, NORM_MEAN, NORM_VARIANCE };

struct conv_norm_relu_pass {
    const struct unit *unit;
    int n;
    bool training; // statistics of the batch, running ones brought up to date; else running ones
    struct thread_pool *threads;
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

// Packs the weights for both passes; before conv_norm_relu_forward, after each change.
void conv_norm_relu_pack(const struct conv_norm_relu_pass *pass);

void conv_norm_relu_forward(const struct conv_norm_relu_pass *pass);
void conv_norm_relu_backward(
    const struct conv_norm_relu_pass *pass); // after conv_norm_relu_forward

// Of conv_norm_relu_backward, in its own file: gradients of weights and bias from the d_raw of the
// samples [from, from + n) into a part, (taps, C, pitch of raw) and (pitch of raw); and of x from
// one d_raw.
void conv_norm_relu_weight_gradient(const struct conv_norm_relu_pass *pass, int from, int n,
                                    const real *d_raw, real *part);
void conv_norm_relu_add_shards(const struct conv_norm_relu_pass *pass, int tap);
void conv_norm_relu_input_gradient(const struct conv_norm_relu_pass *pass, int sample,
                                   const real *d_raw, real *scratch);
void conv_norm_relu_pack_back(const struct unit *unit, const real *weights, real *packed);
size_t conv_norm_relu_packed_back_len(const struct unit *unit);
