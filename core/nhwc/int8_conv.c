// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/int8_conv.h"

#include "core/nhwc/nhwc_conv.h"
#include "core/nhwc/conv_grid.h"

#include <math.h>
#include <string.h>

#define LARGEST_BYTE 255

struct int8_quantity int8_quantity_of(const struct range *range) {
    float scale = (range->high - range->low) / LARGEST_BYTE;
    long zero = lrintf(-range->low / scale);
    return (struct int8_quantity){scale, zero > LARGEST_BYTE ? LARGEST_BYTE : (int)zero};
}

size_t int8_len(const struct nhwc *b) {
    return nhwc_len(b) + 64;
}

static void quantise_row(const struct int8_source *from, int row,
                         const struct int8_kernels *kernels, const struct int8_quantity *quantity,
                         const struct nhwc *layout, uint8_t *to) {
    const real *x = from->x + row * from->row;
    float factor = 1 / quantity->scale, zero = (float)quantity->zero;
    struct shape s = layout->shape;
    if (from->pixel == layout->pitch && (from->channel == 1 || layout->pitch == 1)) {
        kernels->quantise((size_t)s.w * (size_t)layout->pitch, x, factor, zero, to);
        return;
    }
    for (int j = 0; j < s.w; j++, x += from->pixel, to += layout->pitch) {
        if (from->channel == 1) {
            kernels->quantise((size_t)s.c, x, factor, zero, to);
        }
        for (int c = 0; c < s.c && from->channel != 1; c++) {
            to[c] = int8_byte(x[c * from->channel], factor, zero);
        }
        memset(to + s.c, quantity->zero, (size_t)(layout->pitch - s.c));
    }
}

void int8_quantise(const struct int8_source *from, const struct int8_kernels *kernels,
                   const struct int8_quantity *quantity, const struct nhwc *layout, uint8_t *to) {
    for (int i = 0; i < layout->shape.h; i++) {
        quantise_row(from, i, kernels, quantity, layout, to + nhwc_at(layout, i, 0));
    }
}

static void dequantise_run(int n, const struct int8_quantity *quantity, const uint8_t *from,
                           real *to) {
    float scale = quantity->scale;
    int zero = quantity->zero;
    for (int i = 0; i < n; i++) {
        to[i] = (real)(scale * (float)(from[i] - zero));
    }
}

void int8_dequantise(const struct nhwc *layout, const struct int8_quantity *quantity,
                     const uint8_t *from, const struct nhwc *to_layout, real *to) {
    struct shape s = layout->shape;
    for (int i = 0; i < s.h; i++) {
        const uint8_t *q = from + nhwc_at(layout, i, 0);
        real *pixel = to + nhwc_at(to_layout, i, 0);
        if (layout->pitch == to_layout->pitch) { // filling up that stands for 0 becomes 0
            dequantise_run(s.w * layout->pitch, quantity, q, pixel);
            continue;
        }
        for (int j = 0; j < s.w; j++, q += layout->pitch, pixel += to_layout->pitch) {
            dequantise_run(s.c, quantity, q, pixel);
            memset(pixel + s.c, 0, (size_t)(to_layout->pitch - s.c) * sizeof *pixel);
        }
    }
}

bool int8_conv_supports(const struct node *node) {
    if (!nhwc_conv_supports(node) || nhwc_conv_depthwise(node)) {
        return false;
    }
    size_t products = node_param(node, "weight")->len / (size_t)node->shape.c;
    int taps = node->conv.window.kernel_h * node->conv.window.kernel_w;
    return products + 4 * (size_t)taps <= INT8_MAX_PRODUCTS;
}

// The inputs of an output as runs of neighbouring bytes, each filled up to whole quads with weights
// of zero: a tap's channels, or a row of taps when its pixels lie side by side without gaps.
struct runs {
    int n, taps; // taps in each
    int quads;
};

static struct runs runs_of(const struct int8_conv *conv) {
    const struct window *win = &conv->window;
    bool joined = win->dilation_w == 1 && conv->x.pitch == conv->x.shape.c;
    int taps = joined ? win->kernel_w : 1;
    return (struct runs){win->kernel_h * win->kernel_w / taps, taps,
                         (taps * conv->x.shape.c + 3) / 4};
}

// packed: a scale and a bias for each output channel, then the weights
static size_t floats_len(const struct int8_conv *conv) {
    return 2 * (size_t)conv->y.pitch * sizeof(float);
}

size_t int8_conv_packed_len(const struct int8_conv *conv) {
    struct runs runs = runs_of(conv);
    return floats_len(conv) + (size_t)(runs.n * runs.quads) * (size_t)conv->y.pitch * 4;
}

static float y_scale(const struct int8_conv *conv) {
    return conv->y_real ? 1 : conv->y_quantity.scale;
}

static float z_scale(const struct int8_conv *conv) {
    return conv->z_quantity.scale / y_scale(conv);
}

static int weight_of(real weight, float scale) {
    return (int)lrintf((float)weight / scale);
}

// Of one output channel: what its weights are to be divided by, their sum afterwards.
static float weight_scale(size_t n, const real *weights, int largest, int *sum) {
    float most = 0;
    for (size_t i = 0; i < n; i++) {
        most = fmaxf(most, fabsf((float)weights[i]));
    }
    float scale = fmaxf(most / (float)largest, 1e-30f);
    *sum = 0;
    for (size_t i = 0; i < n; i++) {
        *sum += weight_of(weights[i], scale);
    }
    return scale;
}

// Jacob et al. 2018, eq. (7): what the zeros of x, y and z add to a sum goes into the bias.
static void pack_scales(const struct int8_conv *conv, const real *weights, const real *bias,
                        float *weight_scales, float *biases) {
    size_t n =
        (size_t)conv->x.shape.c * (size_t)conv->window.kernel_h * (size_t)conv->window.kernel_w;
    float empty = conv->adds ? -(float)conv->z_quantity.zero * z_scale(conv) : 0;
    empty += conv->y_real ? 0 : (float)conv->y_quantity.zero;
    for (int k = 0; k < conv->y.pitch; k++) {
        weight_scales[k] = 0;
        biases[k] = empty;
        if (k < conv->y.shape.c) {
            int sum;
            weight_scales[k] =
                weight_scale(n, weights + (size_t)k * n, conv->kernels->largest_weight, &sum);
            double scale = (double)conv->x_quantity.scale * (double)weight_scales[k];
            double shift = (bias ? (double)bias[k] : 0) - scale * conv->x_quantity.zero * sum;
            biases[k] += (float)(shift / (double)y_scale(conv));
        }
    }
}

// The weight that byte b of a run multiplies, 0 beyond the run or the channels.
static int packed_weight(const struct int8_conv *conv, const real *weights, const float *scales,
                         int run, int b, int k) {
    struct runs runs = runs_of(conv);
    int channels = conv->x.shape.c, taps = runs.n * runs.taps;
    int tap = run * runs.taps + b / channels, c = b % channels;
    bool inside = b < runs.taps * channels && k < conv->y.shape.c;
    return inside ? weight_of(weights[((ptrdiff_t)k * channels + c) * taps + tap], scales[k]) : 0;
}

static int n_groups(const struct int8_conv *conv) {
    int vectors = conv->y.pitch / conv->kernels->lanes, most = conv->kernels->vectors;
    return (vectors + most - 1) / most;
}

void int8_conv_pack(const struct int8_conv *conv, const real *weights, const real *bias,
                    void *packed) {
    struct runs runs = runs_of(conv);
    int lanes = conv->kernels->lanes, from, to;
    float *scales = packed, *biases = scales + conv->y.pitch;
    pack_scales(conv, weights, bias, scales, biases);
    int8_t *w = (int8_t *)packed + floats_len(conv);
    for (int group = 0; group < n_groups(conv); group++) {
        grid_group(n_groups(conv), conv->y.pitch / lanes, group, &from, &to);
        for (int i = 0; i < runs.n * runs.quads; i++) {
            for (int k = from * lanes * 4; k < to * lanes * 4; k++) {
                *w++ = (int8_t)packed_weight(conv, weights, scales, i / runs.quads,
                                             i % runs.quads * 4 + k % 4, k / 4);
            }
        }
    }
    for (int k = 0; k < conv->y.pitch; k++) {
        scales[k] *= conv->x_quantity.scale / y_scale(conv);
    }
}

static void find_taps(const struct int8_conv *conv, const struct runs *runs, ptrdiff_t *taps) {
    const struct window *win = &conv->window;
    ptrdiff_t row = nhwc_row(&conv->x), pixel = conv->x.pitch;
    for (int i = 0; i < runs->n; i++) {
        int r = i * runs->taps / win->kernel_w, s = i * runs->taps % win->kernel_w;
        taps[i] =
            (r * win->dilation_h - win->top) * row + (s * win->dilation_w - win->left) * pixel;
    }
}

static struct int8_grid grid_of(const struct int8_conv *conv, const struct runs *runs) {
    float zero = conv->y_real ? 0 : (float)conv->y_quantity.zero;
    return (struct int8_grid){
        .rows = conv->y.shape.h,
        .columns = conv->y.shape.w,
        .quads = runs->quads,
        .n_taps = runs->n,
        .x_row = nhwc_row(&conv->x) * conv->window.stride_h,
        .x_step = (ptrdiff_t)conv->x.pitch * conv->window.stride_w,
        .y_row = nhwc_row(&conv->y),
        .y_step = conv->y.pitch,
        .z_row = conv->adds ? nhwc_row(&conv->z) : 0,
        .z_step = conv->adds ? conv->z.pitch : 0,
        .z_scale = conv->adds ? z_scale(conv) : 0,
        .low = conv->relu     ? zero
               : conv->y_real ? -INFINITY
                              : 0,
        .high = conv->y_real ? INFINITY : LARGEST_BYTE,
    };
}

void int8_conv_run(const struct int8_conv *conv, const void *packed, const uint8_t *x,
                   const uint8_t *z, void *y) {
    struct runs runs = runs_of(conv);
    ptrdiff_t taps[NHWC_MAX_TAPS];
    find_taps(conv, &runs, taps);
    struct int8_grid g = grid_of(conv, &runs);
    ptrdiff_t at = nhwc_at(&conv->y, 0, 0), lanes = conv->kernels->lanes;
    const int8_t *w = (const int8_t *)packed + floats_len(conv);
    g.taps = taps;
    g.x = x + nhwc_at(&conv->x, 0, 0);
    for (int group = 0; group < n_groups(conv); group++) {
        int from, to;
        grid_group(n_groups(conv), conv->y.pitch / conv->kernels->lanes, group, &from, &to);
        ptrdiff_t k = from * lanes;
        g.vectors = to - from;
        g.w = w + (ptrdiff_t)runs.n * runs.quads * k * 4;
        g.scale = (const float *)packed + k;
        g.bias = g.scale + conv->y.pitch;
        g.z = conv->adds ? z + nhwc_at(&conv->z, 0, 0) + k : NULL;
        g.y = conv->y_real ? NULL : (uint8_t *)y + at + k;
        g.y_real = conv->y_real ? (real *)y + at + k : NULL;
        conv->kernels->conv(&g);
    }
}
