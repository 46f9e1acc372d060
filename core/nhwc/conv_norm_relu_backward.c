// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/conv_norm_relu.h"

#include "core/base/aligned_memory.h"
#include "core/network/layers/layer.h"
#include "core/base/min_max.h"
#include "core/nhwc/winograd.h"

static int n_taps(const struct unit *u) {
    return u->conv->conv.window.kernel_h * u->conv->conv.window.kernel_w;
}

// The gradient for the channels of one tap, or of a row of taps whose inputs are neighbours in
// memory.
static void tap_gradient(const struct unit *u, struct grad_tile *tile, int channels) {
    const struct kernels *kernels = u->kernels;
    const real *x = tile->x, *d = tile->d;
    real *dw = tile->dw;
    int vectors = u->d_raw.pitch / kernels->lanes, n_groups = grid_groups(kernels, vectors);
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

static void bias_gradient(const struct unit *u, int n, const real *d_raw, real *dbias) {
    for (int i = 0; i < n * u->d_raw.shape.h; i++) {
        int sample = i / u->d_raw.shape.h, row = i % u->d_raw.shape.h;
        const real *at = d_raw + (size_t)sample * nhwc_len(&u->d_raw) + nhwc_at(&u->d_raw, row, 0);
        for (int j = 0; j < u->d_raw.shape.w; j++) {
            u->kernels->axpy((size_t)u->d_raw.pitch, 1, at + j * u->d_raw.pitch, dbias);
        }
    }
}

void conv_norm_relu_weight_gradient(const struct conv_norm_relu_pass *pass, int from, int n,
                                    const real *d_raw, real *part) {
    const struct unit *u = pass->unit;
    const struct window *w = &u->conv->conv.window;
    ptrdiff_t row = nhwc_row(&u->x), pixel = u->x.pitch;
    bool joined = pixel * w->dilation_w == u->x.shape.c;
    int channels = joined ? u->x.shape.c * w->kernel_w : u->x.shape.c;
    struct grad_tile tile = {
        .samples = n,
        .rows = u->d_raw.shape.h,
        .columns = u->d_raw.shape.w,
        .x_sample = (ptrdiff_t)nhwc_len(&u->x),
        .x_row = row * w->stride_h,
        .x_step = pixel * w->stride_w,
        .d_sample = (ptrdiff_t)nhwc_len(&u->d_raw),
        .d_row = nhwc_row(&u->d_raw),
        .d_step = u->d_raw.pitch,
        .dw_step = u->d_raw.pitch,
    };
    for (int t = 0; t < n_taps(u); t += joined ? w->kernel_w : 1) {
        tile.d = d_raw + nhwc_at(&u->d_raw, 0, 0);
        tile.x = pass->x + (size_t)from * nhwc_len(&u->x) + nhwc_at(&u->x, 0, 0) +
                 (t / w->kernel_w * w->dilation_h - w->top) * row +
                 (t % w->kernel_w * w->dilation_w - w->left) * pixel;
        tile.dw = part + (ptrdiff_t)t * u->x.shape.c * u->d_raw.pitch;
        tap_gradient(u, &tile, channels);
    }
    if (u->conv->conv.bias) {
        bias_gradient(u, n, d_raw, part + (ptrdiff_t)n_taps(u) * u->x.shape.c * u->d_raw.pitch);
    }
}

// Adds one tap's share of all parts, in order, to the gradient in the weights' own layout; the bias
// goes with the first tap.
void conv_norm_relu_add_shards(const struct conv_norm_relu_pass *pass, int tap) {
    const struct unit *u = pass->unit;
    int taps = n_taps(u), channels = u->x.shape.c, pitch = u->d_raw.pitch;
    size_t step = conv_norm_relu_shard_len(u), len = (size_t)channels * (size_t)pitch;
    real *sum = pass->parts + (size_t)tap * len;
    for (int part = 1; part < N_SHARDS; part++) {
        u->kernels->axpy(len, 1, sum + (size_t)part * step, sum);
    }
    for (int k = 0; k < u->d_raw.shape.c; k++) {
        real *dw = pass->conv_dparams[0] + (ptrdiff_t)k * channels * taps + tap;
        for (int c = 0; c < channels; c++) {
            dw[c * taps] += sum[c * pitch + k];
        }
    }
    for (int part = 0; tap == 0 && u->conv->conv.bias && part < N_SHARDS; part++) {
        u->kernels->axpy((size_t)u->d_raw.shape.c, 1,
                         pass->parts + (size_t)part * step + (size_t)taps * len,
                         pass->conv_dparams[1]);
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

static void find_class(const struct unit *u, int y, int x, struct pixel_class *class) {
    const struct window *w = &u->conv->conv.window;
    *class = (struct pixel_class){.y = y, .x = x};
    for (int t = n_taps(u) - 1; t >= 0; t--) { // so that offsets ascend
        int dy = y + w->top - t / w->kernel_w * w->dilation_h;
        int dx = x + w->left - t % w->kernel_w * w->dilation_w;
        if (dy % w->stride_h == 0 && dx % w->stride_w == 0) {
            class->index[class->n_taps] = t;
            class->taps[class->n_taps++] =
                dy / w->stride_h * nhwc_row(&u->d_raw) + dx / w->stride_w * u->d_raw.pitch;
        }
    }
}

static int n_classes(const struct unit *u) {
    const struct window *w = &u->conv->conv.window;
    return min_int(w->stride_h, u->x.shape.h) * min_int(w->stride_w, u->x.shape.w);
}

static void class_at(const struct unit *u, int i, struct pixel_class *class) {
    int across = min_int(u->conv->conv.window.stride_w, u->x.shape.w);
    find_class(u, i / across, i % across, class);
}

size_t conv_norm_relu_packed_back_len(const struct unit *u) {
    size_t points = u->winograd_back ? WINOGRAD_POINTS : (size_t)n_taps(u);
    return aligned_round(points * (size_t)u->d_raw.shape.c * (size_t)u->dx.pitch);
}

void conv_norm_relu_pack_back(const struct unit *u, const real *weights, real *packed) {
    int taps = n_taps(u), filters = u->d_raw.shape.c, channels = u->x.shape.c;
    for (int i = 0; i < n_classes(u); i++) {
        struct pixel_class class;
        class_at(u, i, &class);
        struct grid_weights w = {weights,    taps,    (ptrdiff_t)channels * taps,
                                 channels,   filters, class.n_taps,
                                 class.index};
        if (u->winograd_back) {
            winograd_pack(u->kernels, &w, packed);
        } else {
            grid_pack(u->kernels, &w, packed);
        }
        packed += (ptrdiff_t) class.n_taps * filters * u->dx.pitch;
    }
}

void conv_norm_relu_input_gradient(const struct conv_norm_relu_pass *pass, int sample,
                                   const real *d_raw, real *scratch) {
    const struct unit *u = pass->unit;
    const struct window *w = &u->conv->conv.window;
    const real *packed =
        pass->packed + conv_norm_relu_packed_len(u) - conv_norm_relu_packed_back_len(u);
    real *dx = pass->dx + (size_t)sample * nhwc_len(&u->dx);
    for (int i = 0; i < n_classes(u); i++) {
        struct pixel_class class;
        class_at(u, i, &class);
        if (class.n_taps == 0 && pass->add_dx) {
            continue;
        }
        struct conv_grid g = {
            .rows = (u->x.shape.h - class.y + w->stride_h - 1) / w->stride_h,
            .columns = (u->x.shape.w - class.x + w->stride_w - 1) / w->stride_w,
            .channels = u->d_raw.shape.c,
            .vectors = u->dx.pitch / u->kernels->lanes,
            .n_taps = class.n_taps,
            .taps = class.taps,
            .x = d_raw + nhwc_at(&u->d_raw, 0, 0),
            .w = packed,
            .y = dx + nhwc_at(&u->dx, class.y, class.x),
            .x_row = nhwc_row(&u->d_raw),
            .x_step = u->d_raw.pitch,
            .y_row = nhwc_row(&u->dx) * w->stride_h,
            .y_step = (ptrdiff_t)u->dx.pitch * w->stride_w,
            .half = grid_half(u->kernels, u->x.shape.c),
        };
        if (pass->add_dx) {
            g.z = g.y;
            g.z_row = g.y_row;
            g.z_step = g.y_step;
        }
        if (u->winograd_back) {
            winograd_run(u->kernels, &g, scratch);
        } else {
            grid_run(u->kernels, &g);
        }
        packed += (ptrdiff_t) class.n_taps * u->d_raw.shape.c * u->dx.pitch;
    }
}
