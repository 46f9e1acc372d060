// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/nhwc_conv.h"

#include "core/base/aligned_memory.h"
#include "core/nhwc/conv_grid.h"
#include "core/nhwc/winograd.h"

#include <string.h>

bool nhwc_conv_supports(const struct node *node) {
    const struct window *win = &node->conv.window;
    return node->op == OP_CONV && (node->conv.groups == 1 || nhwc_conv_depthwise(node)) &&
           win->kernel_h * win->kernel_w <= NHWC_MAX_TAPS;
}

bool nhwc_conv_depthwise(const struct node *node) {
    return node->op == OP_CONV && node->conv.groups > 1 &&
           node->conv.groups == node->conv.filters && node_param(node, "weight")->dims[1] == 1;
}

bool nhwc_conv_winograd_pays(const struct node *node, struct shape in,
                             const struct kernels *kernels) {
    const struct window *win = &node->conv.window;
    return node->op == OP_CONV && node->conv.groups == 1 && win->kernel_h == 3 &&
           win->kernel_w == 3 && win->stride_h == 1 && win->stride_w == 1 && win->dilation_h == 1 &&
           win->dilation_w == 1 && node->shape.h >= 8 && node->shape.w >= 8 &&
           in.c >= kernels->lanes && node->shape.c >= kernels->lanes;
}

static int n_taps(const struct window *win) {
    return win->kernel_h * win->kernel_w;
}

static int channels_of_filter(const struct nhwc_conv *conv) {
    return conv->depthwise ? 1 : conv->x.shape.c;
}

// packed: the bias, then the weights
size_t nhwc_conv_packed_len(const struct nhwc_conv *conv) {
    size_t points = conv->winograd ? WINOGRAD_POINTS : (size_t)n_taps(&conv->window);
    size_t len = (size_t)conv->y.pitch * (1 + points * (size_t)channels_of_filter(conv));
    return aligned_round(len);
}

void nhwc_conv_pack(const struct nhwc_conv *conv, const real *weights, const real *bias,
                    real *packed) {
    int filters = conv->y.shape.c, channels = channels_of_filter(conv),
        taps = n_taps(&conv->window);
    memset(packed, 0, (size_t)conv->y.pitch * sizeof *packed);
    if (bias) {
        memcpy(packed, bias, (size_t)filters * sizeof *packed);
    }
    packed += conv->y.pitch;
    int in_order[NHWC_MAX_TAPS];
    for (int t = 0; t < taps; t++) {
        in_order[t] = t;
    }
    struct grid_weights w = {weights, (ptrdiff_t)channels * taps, taps, filters, channels, taps,
                             in_order};
    if (conv->winograd) {
        winograd_pack(conv->kernels, &w, packed);
    } else if (conv->depthwise) {
        grid_pack_depthwise(conv->kernels, &w, packed);
    } else {
        grid_pack(conv->kernels, &w, packed);
    }
}

size_t nhwc_conv_scratch_len(const struct nhwc_conv *conv) {
    return conv->winograd ? winograd_scratch_len(conv->x.pitch, conv->y.pitch) : 0;
}

// Neighbouring taps whose inputs are neighbours in memory are one tap with more channels.
static void join_taps(struct conv_grid *g, ptrdiff_t *taps, int kernel_w, ptrdiff_t pixel) {
    if (pixel != g->channels || kernel_w == 1) {
        return;
    }
    for (int t = 0; t < g->n_taps; t += kernel_w) {
        taps[t / kernel_w] = taps[t];
    }
    g->n_taps /= kernel_w;
    g->channels *= kernel_w;
}

void nhwc_conv_run(const struct nhwc_conv *conv, const real *packed, const real *x,
                   const struct nhwc *z_layout, const real *z, bool relu, real *y, real *scratch) {
    const struct window *win = &conv->window;
    ptrdiff_t row = nhwc_row(&conv->x), pixel = conv->x.pitch;
    ptrdiff_t taps[NHWC_MAX_TAPS];
    struct conv_grid g = {
        .rows = conv->y.shape.h,
        .columns = conv->y.shape.w,
        .channels = conv->x.shape.c,
        .vectors = conv->y.pitch / conv->kernels->lanes,
        .n_taps = n_taps(win),
        .taps = taps,
        .x = x + nhwc_at(&conv->x, 0, 0),
        .w = packed + conv->y.pitch,
        .bias = packed,
        .y = y + nhwc_at(&conv->y, 0, 0),
        .x_row = row * win->stride_h,
        .x_step = pixel * win->stride_w,
        .y_row = nhwc_row(&conv->y),
        .y_step = conv->y.pitch,
        .relu = relu,
        .half = grid_half(conv->kernels, conv->y.shape.c),
    };
    if (z) {
        g.z = z + nhwc_at(z_layout, 0, 0);
        g.z_row = nhwc_row(z_layout);
        g.z_step = z_layout->pitch;
    }
    for (int t = 0; t < g.n_taps; t++) {
        int r = t / win->kernel_w, s = t % win->kernel_w;
        taps[t] =
            (r * win->dilation_h - win->top) * row + (s * win->dilation_w - win->left) * pixel;
    }
    if (conv->winograd) {
        winograd_run(conv->kernels, &g, scratch);
    } else if (conv->depthwise) {
        conv->kernels->depthwise(&g);
    } else {
        join_taps(&g, taps, win->kernel_w, win->dilation_w * pixel);
        grid_run(conv->kernels, &g);
    }
}
