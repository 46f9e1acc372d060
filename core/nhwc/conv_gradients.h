// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/nhwc/conv_norm_relu_layout.h"

// The gradients of a block's convolution from d_raw, whose border is zero.

// Gradients of weights and bias over n samples, added to a shard: (taps, C, pitch of raw), then
// (pitch of raw). C is 1 if the convolution is depthwise.
void conv_gradients_weights(const struct conv_norm_relu *block, int n, const real *x,
                            const real *d_raw, real *shard);

// Adds one tap's values of all N_SHARDS shards, in order, to dweights:(K,C,R,S); with tap 0 also
// those of the bias to dbias. Overwrites the first shard.
void conv_gradients_add_shards(const struct conv_norm_relu *block, int tap, real *shards,
                               real *dweights, real *dbias);

// weights:(K,C,R,S) -> packed: conv_norm_relu_packed_back_len reals
void conv_gradients_pack(const struct conv_norm_relu *block, const real *weights, real *packed);

// The gradient of x of one sample, added to dx when add is set. scratch: as nhwc_conv_run's, for
// winograd_back.
void conv_gradients_x(const struct conv_norm_relu *block, const real *packed, const real *d_raw,
                      bool add, real *dx, real *scratch);
