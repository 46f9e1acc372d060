// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/thread_pool.h"
#include "core/nhwc/conv_norm_relu_layout.h"

// Both passes of a block over a batch. Each image passes through the caches fewer times than node
// by node: the sums for the statistics are made while a convolution's result is still there, and
// the gradient of raw never leaves a worker's scratch.

enum { NORM_SCALE, NORM_SHIFT, NORM_MEAN, NORM_VARIANCE };

struct conv_norm_relu_pass {
    const struct conv_norm_relu *block;
    int n;
    bool training; // normalise by the batch's statistics and update the running ones; else by those
    struct thread_pool *threads;
    const real *x, *z; // z may be NULL
    real *raw, *out;   // without a norm raw is out
    const real *dout;
    real *dx, *dz;                          // NULL when not needed
    bool add_dx, add_dz;                    // to what is there; otherwise overwrite
    real *conv_params[2], *conv_dparams[2]; // weight, bias; gradients are added to
    real *norm_params[4], *norm_dparams[4];
    real *packed, *saved, *scratch; // scratch: thread_pool_size x conv_norm_relu_scratch_len
    real *shards;                   // N_SHARDS x conv_norm_relu_shard_len
    double *sums;
};

// Packs the weights for both passes: before conv_norm_relu_forward, after each change.
void conv_norm_relu_pack(const struct conv_norm_relu_pass *pass);

void conv_norm_relu_forward(const struct conv_norm_relu_pass *pass);

// After conv_norm_relu_forward with the same saved, raw and out.
void conv_norm_relu_backward(const struct conv_norm_relu_pass *pass);
