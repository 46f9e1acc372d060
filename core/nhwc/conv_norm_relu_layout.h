// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/nhwc/nhwc_conv.h"

// What training runs as one block: a convolution, then, each optional, batch norm, the addition of
// another result, and ReLU, on a batch of NHWC images.
//   raw = conv(x)
//   out = max(scale * (raw - mean) / sqrt(variance + epsilon) + shift + z, 0)
struct conv_norm_relu {
    const struct node *conv, *norm; // without a norm (NULL) raw is out
    bool relu;
    const struct kernels *kernels;
    struct nhwc x, raw, out, z; // z: when something is added
    struct nhwc dx, dz, dout;   // gradients; as x, z, out, with pitches of whole vectors
    // Filled in by conv_norm_relu_init:
    struct nhwc d_raw;            // gradient of raw, with the border that the gradient of x needs
    int chunk;                    // samples whose d_raw is kept at once
    bool winograd, winograd_back; // use Winograd's algorithm forward; for the gradient of x
    bool depthwise;
};

void conv_norm_relu_init(struct conv_norm_relu *block);

// The forward convolution.
struct nhwc_conv conv_norm_relu_conv(const struct conv_norm_relu *block);

// Lengths of a pass's buffers, in reals (sums: doubles), multiples of 16. packed: the weights for
// the convolution, then for the gradient of x (packed_back). saved: what the backward pass needs of
// the forward pass. scratch: per worker. shard: weight gradients of one of the N_SHARDS of a batch.
size_t conv_norm_relu_packed_len(const struct conv_norm_relu *block);
size_t conv_norm_relu_packed_back_len(const struct conv_norm_relu *block);
size_t conv_norm_relu_saved_len(const struct conv_norm_relu *block);
size_t conv_norm_relu_sums_len(const struct conv_norm_relu *block);
size_t conv_norm_relu_scratch_len(const struct conv_norm_relu *block);
size_t conv_norm_relu_shard_len(const struct conv_norm_relu *block);
