// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/conv_gradients.h"

#include "core/base/aligned_memory.h"
#include "core/network/layers/layer.h"
#include "core/base/min_max.h"
#include "core/nhwc/winograd.h"

#define BAND_LEN (4 << 10) // reals of x's rows that a gradient goes through for each channel

static int n_taps(const struct conv_norm_relu *block) {
    return block->conv->conv.window.kernel_h * block->conv->conv.window.kernel_w;
}

static int channels_of_filter(const struct conv_norm_relu *block) {
    return block->depthwise ? 1 : block->x.shape.c;
}

// Where in x, from an output's own position, a tap's input lies.
static ptrdiff_t tap_offset(const struct conv_norm_relu *block, int tap) {
    const struct window *w = &block->conv->conv.window;
    return (tap / w->kernel_w * w->dilation_h - w->top) * nhwc_row(&block->x) +
           (ptrdiff_t)(tap % w->kernel_w * w->dilation_w - w->left) * block->x.pitch;
}

// The gradient for the channels of one tap, or of a row of taps whose inputs are neighbours in
// memory.
static void tap_gradient(const struct conv_norm_relu *block, struct grad_tile *tile, int channels) {
    const struct kernels *kernels = block->kernels;
    const real *x = tile->x, *d = tile->d;
    real *dw = tile->dw;
    int vectors = block->d_raw.pitch / kernels->lanes, n_groups = grid_groups(kernels, vectors);
    for (int group = 0; group < n_groups; group++) {
        int first, last;
        grid_group(n_groups, vectors, group, &first, &last);
        tile->vectors = last - first;
        tile->d = d + first * kernels->lanes;
        for (int c = 0; c < channels; c += kernels->pixels) {
            tile->n = min_int(kernels->pixels, channels - c);
            tile->x = x + c;
            tile->dw = dw + (ptrdiff_t)c * tile->dw_step + first * kernels->lanes;
            kernels->grad_tile(tile);
        }
    }
}

static void bias_gradient(const struct conv_norm_relu *block, int n, const real *d_raw,
                          real *dbias) {
    for (int i = 0; i < n * block->d_raw.shape.h; i++) {
        int sample = i / block->d_raw.shape.h, row = i % block->d_raw.shape.h;
        const real *at =
            d_raw + (size_t)sample * nhwc_len(&block->d_raw) + nhwc_at(&block->d_raw, row, 0);
        for (int j = 0; j < block->d_raw.shape.w; j++) {
            block->kernels->axpy((size_t)block->d_raw.pitch, 1, at + j * block->d_raw.pitch, dbias);
        }
    }
}

static void weights_gradient(const struct conv_norm_relu *block, int n, const real *x,
                             const real *d_raw, real *shard) {
    const struct window *w = &block->conv->conv.window;
    ptrdiff_t row = nhwc_row(&block->x), pixel = block->x.pitch;
    bool joined = pixel * w->dilation_w == block->x.shape.c;
    int channels = joined ? block->x.shape.c * w->kernel_w : block->x.shape.c;
    struct grad_tile tile = {
        .samples = n,
        .rows = block->d_raw.shape.h,
        .columns = block->d_raw.shape.w,
        .x_sample = (ptrdiff_t)nhwc_len(&block->x),
        .x_row = row * w->stride_h,
        .x_step = pixel * w->stride_w,
        .d_sample = (ptrdiff_t)nhwc_len(&block->d_raw),
        .d_row = nhwc_row(&block->d_raw),
        .d_step = block->d_raw.pitch,
        .dw_step = block->d_raw.pitch,
    };
    for (int t = 0; t < n_taps(block); t += joined ? w->kernel_w : 1) {
        tile.d = d_raw + nhwc_at(&block->d_raw, 0, 0);
        tile.x = x + nhwc_at(&block->x, 0, 0) + tap_offset(block, t);
        tile.dw = shard + (ptrdiff_t)t * block->x.shape.c * block->d_raw.pitch;
        tap_gradient(block, &tile, channels);
    }
}

// A few rows at a time, so that the next channels find them in the cache.
static void depthwise_gradient(const struct conv_norm_relu *block, int n, const real *x,
                               const real *d_raw, real *shard) {
    const struct window *w = &block->conv->conv.window;
    ptrdiff_t taps[NHWC_MAX_TAPS];
    for (int t = 0; t < n_taps(block); t++) {
        taps[t] = tap_offset(block, t);
    }
    int rows = max_int(BAND_LEN / (int)nhwc_row(&block->x), 1), height = block->d_raw.shape.h;
    for (int i = 0; i < n; i++, x += nhwc_len(&block->x), d_raw += nhwc_len(&block->d_raw)) {
        for (int row = 0; row < height; row += rows) {
            struct depthwise_grad grad = {
                .rows = min_int(rows, height - row),
                .columns = block->d_raw.shape.w,
                .vectors = block->d_raw.pitch / block->kernels->lanes,
                .n_taps = n_taps(block),
                .taps = taps,
                .x = x + nhwc_at(&block->x, row * w->stride_h, 0),
                .d = d_raw + nhwc_at(&block->d_raw, row, 0),
                .x_row = nhwc_row(&block->x) * w->stride_h,
                .x_step = (ptrdiff_t)block->x.pitch * w->stride_w,
                .d_row = nhwc_row(&block->d_raw),
                .d_step = block->d_raw.pitch,
                .dw = shard,
            };
            block->kernels->depthwise_grad(&grad);
        }
    }
}

void conv_gradients_weights(const struct conv_norm_relu *block, int n, const real *x,
                            const real *d_raw, real *shard) {
    if (block->depthwise) {
        depthwise_gradient(block, n, x, d_raw, shard);
    } else {
        weights_gradient(block, n, x, d_raw, shard);
    }
    if (block->conv->conv.bias) {
        ptrdiff_t weights = (ptrdiff_t)n_taps(block) * channels_of_filter(block);
        bias_gradient(block, n, d_raw, shard + weights * block->d_raw.pitch);
    }
}

void conv_gradients_add_shards(const struct conv_norm_relu *block, int tap, real *shards,
                               real *dweights, real *dbias) {
    int taps = n_taps(block), channels = channels_of_filter(block), pitch = block->d_raw.pitch;
    size_t step = conv_norm_relu_shard_len(block), len = (size_t)channels * (size_t)pitch;
    real *sum = shards + (size_t)tap * len;
    for (int shard = 1; shard < N_SHARDS; shard++) {
        block->kernels->axpy(len, 1, sum + (size_t)shard * step, sum);
    }
    for (int k = 0; k < block->d_raw.shape.c; k++) {
        real *dw = dweights + (ptrdiff_t)k * channels * taps + tap;
        for (int c = 0; c < channels; c++) {
            dw[c * taps] += sum[c * pitch + k];
        }
    }
    for (int shard = 0; tap == 0 && block->conv->conv.bias && shard < N_SHARDS; shard++) {
        block->kernels->axpy((size_t)block->d_raw.shape.c, 1,
                             shards + (size_t)shard * step + (size_t)taps * len, dbias);
    }
}

// The gradient of x is a convolution of d_raw for each class of pixels of x: those with the same
// remainders by the strides see the same taps.
struct pixel_class {
    int y, x; // the first pixel; the next ones are a stride apart
    int n_taps;
    int index[NHWC_MAX_TAPS]; // in the weights
    ptrdiff_t taps[NHWC_MAX_TAPS];
};

static void find_class(const struct conv_norm_relu *block, int y, int x,
                       struct pixel_class *class) {
    const struct window *w = &block->conv->conv.window;
    *class = (struct pixel_class){.y = y, .x = x};
    for (int t = n_taps(block) - 1; t >= 0; t--) { // so that offsets ascend
        int dy = y + w->top - t / w->kernel_w * w->dilation_h;
        int dx = x + w->left - t % w->kernel_w * w->dilation_w;
        if (dy % w->stride_h == 0 && dx % w->stride_w == 0) {
            class->index[class->n_taps] = t;
            class->taps[class->n_taps++] =
                dy / w->stride_h * nhwc_row(&block->d_raw) + dx / w->stride_w * block->d_raw.pitch;
        }
    }
}

static int filters_of_channel(const struct conv_norm_relu *block) {
    return block->depthwise ? 1 : block->d_raw.shape.c;
}

static int n_classes(const struct conv_norm_relu *block) {
    const struct window *w = &block->conv->conv.window;
    return min_int(w->stride_h, block->x.shape.h) * min_int(w->stride_w, block->x.shape.w);
}

static void class_at(const struct conv_norm_relu *block, int i, struct pixel_class *class) {
    int across = min_int(block->conv->conv.window.stride_w, block->x.shape.w);
    find_class(block, i / across, i % across, class);
}

void conv_gradients_pack(const struct conv_norm_relu *block, const real *weights, real *packed) {
    int taps = n_taps(block), channels = block->x.shape.c;
    int filters = filters_of_channel(block);
    for (int i = 0; i < n_classes(block); i++) {
        struct pixel_class class;
        class_at(block, i, &class);
        struct grid_weights w = {weights,    taps,    (ptrdiff_t)channels * taps,
                                 channels,   filters, class.n_taps,
                                 class.index};
        if (block->winograd_back) {
            winograd_pack(block->kernels, &w, packed);
        } else if (block->depthwise) {
            grid_pack_depthwise(block->kernels, &w, packed);
        } else {
            grid_pack(block->kernels, &w, packed);
        }
        packed += (ptrdiff_t) class.n_taps * filters * block->dx.pitch;
    }
}

void conv_gradients_x(const struct conv_norm_relu *block, const real *packed, const real *d_raw,
                      bool add, real *dx, real *scratch) {
    const struct window *w = &block->conv->conv.window;
    for (int i = 0; i < n_classes(block); i++) {
        struct pixel_class class;
        class_at(block, i, &class);
        if (class.n_taps == 0 && add) {
            continue;
        }
        struct conv_grid g = {
            .rows = (block->x.shape.h - class.y + w->stride_h - 1) / w->stride_h,
            .columns = (block->x.shape.w - class.x + w->stride_w - 1) / w->stride_w,
            .channels = block->d_raw.shape.c,
            .vectors = block->dx.pitch / block->kernels->lanes,
            .n_taps = class.n_taps,
            .taps = class.taps,
            .x = d_raw + nhwc_at(&block->d_raw, 0, 0),
            .w = packed,
            .y = dx + nhwc_at(&block->dx, class.y, class.x),
            .x_row = nhwc_row(&block->d_raw),
            .x_step = block->d_raw.pitch,
            .y_row = nhwc_row(&block->dx) * w->stride_h,
            .y_step = (ptrdiff_t)block->dx.pitch * w->stride_w,
            .half = grid_half(block->kernels, block->x.shape.c),
        };
        if (add) {
            g.z = g.y;
            g.z_row = g.y_row;
            g.z_step = g.y_step;
        }
        if (block->winograd_back) {
            winograd_run(block->kernels, &g, scratch);
        } else if (block->depthwise) {
            block->kernels->depthwise(&g);
        } else {
            grid_run(block->kernels, &g);
        }
        packed += (ptrdiff_t) class.n_taps * filters_of_channel(block) * block->dx.pitch;
    }
}
