// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/conv_norm_relu_layout.h"

#include "core/base/aligned_memory.h"
#include "core/base/min_max.h"
#include "core/network/layers/layer.h"
#include "core/nhwc/winograd.h"

#define CHUNK_LEN (48 << 10) // reals of d_raw that are kept at once, to stay in the cache

// How far beyond raw the taps reach from a pixel of x, along one axis.
static int reach(int size, int out, int kernel, int stride, int dilation, int before) {
    int below = dilation * (kernel - 1) - before, above = (size - 1 + before) / stride - (out - 1);
    return max_int(max_int((below + stride - 1) / stride, above), 0);
}

struct nhwc_conv conv_norm_relu_conv(const struct conv_norm_relu *block) {
    return (struct nhwc_conv){
        .window = block->conv->conv.window,
        .x = block->x,
        .y = block->norm ? block->raw : block->out,
        .winograd = block->winograd,
        .depthwise = block->depthwise,
        .kernels = block->kernels,
    };
}

void conv_norm_relu_init(struct conv_norm_relu *block) {
    const struct window *w = &block->conv->conv.window;
    struct shape in = block->x.shape, out = block->conv->shape;
    block->d_raw =
        nhwc_of(out,
                max_int(reach(in.h, out.h, w->kernel_h, w->stride_h, w->dilation_h, w->top),
                        reach(in.w, out.w, w->kernel_w, w->stride_w, w->dilation_w, w->left)),
                block->kernels);
    block->chunk = max_int(CHUNK_LEN / (int)nhwc_len(&block->d_raw), 1);
    block->winograd = nhwc_conv_winograd_pays(block->conv, in, block->kernels);
    block->winograd_back = block->winograd && in.h >= 8 && in.w >= 8;
    block->depthwise = nhwc_conv_depthwise(block->conv);
}

static size_t n_taps(const struct conv_norm_relu *block) {
    return (size_t)block->conv->conv.window.kernel_h * (size_t)block->conv->conv.window.kernel_w;
}

size_t conv_norm_relu_packed_len(const struct conv_norm_relu *block) {
    struct nhwc_conv conv = conv_norm_relu_conv(block);
    return nhwc_conv_packed_len(&conv) + conv_norm_relu_packed_back_len(block);
}

size_t conv_norm_relu_packed_back_len(const struct conv_norm_relu *block) {
    size_t points = block->winograd_back ? WINOGRAD_POINTS : n_taps(block);
    size_t filters = block->depthwise ? 1 : (size_t)block->d_raw.shape.c; // of each channel
    return aligned_round(points * filters * (size_t)block->dx.pitch);
}

// For each channel the mean, 1 / sqrt(variance + epsilon), and three factors.
size_t conv_norm_relu_saved_len(const struct conv_norm_relu *block) {
    return aligned_round(5 * (size_t)block->d_raw.pitch);
}

// For each shard and each channel two sums.
size_t conv_norm_relu_sums_len(const struct conv_norm_relu *block) {
    return N_SHARDS * 2 * (size_t)block->d_raw.pitch;
}

// The d_raw of a chunk, then the scratch of the convolutions.
size_t conv_norm_relu_scratch_len(const struct conv_norm_relu *block) {
    size_t back = winograd_scratch_len(block->d_raw.pitch, block->dx.pitch);
    struct nhwc_conv conv = conv_norm_relu_conv(block);
    return aligned_round((size_t)block->chunk * nhwc_len(&block->d_raw) +
                         max_size(nhwc_conv_scratch_len(&conv), block->winograd_back ? back : 0));
}

// The weights' gradient, then the bias's.
size_t conv_norm_relu_shard_len(const struct conv_norm_relu *block) {
    size_t weights = n_taps(block) * (block->depthwise ? 1 : (size_t)block->x.shape.c);
    return aligned_round((weights + 1) * (size_t)block->d_raw.pitch);
}
