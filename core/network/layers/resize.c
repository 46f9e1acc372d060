// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include "core/base/min_max.h"

#include <stdio.h>
#include <string.h>

// Up-sampling by whole factors.  x:(N, C, H, W) y:(N, C, fH, gW)
//   nearest   y[i, j] = x[i / f, j / g]
//   bilinear  y[i, j] from the four x around ((i + 1/2) / f - 1/2, (j + 1/2) / g - 1/2), the
//   nearest
//             pixel beyond the border
// These are ONNX's Resize with asymmetric and half-pixel coordinates, PyTorch's Upsample with
// align_corners off.

static bool resize_shape(struct node *node, const struct shape *in, char *error) {
    int h = node->resize.factor_h, w = node->resize.factor_w;
    if (h < 1 || w < 1 || h > 64 || w > 64) {
        snprintf(error, GRAPH_ERROR_LEN, "an image is enlarged 1 to 64 times, not %dx%d", h, w);
        return false;
    }
    node->shape = (struct shape){in[0].c, in[0].h * h, in[0].w * w};
    return true;
}

struct resize_axis resize_axis(enum resize_kind kind, int i, int factor, int size) {
    if (kind == RESIZE_NEAREST) {
        return (struct resize_axis){i / factor, i / factor, 0};
    }
    real at = ((real)i + (real)0.5) / (real)factor - (real)0.5;
    at = at < 0 ? 0 : at;
    int first = min_int((int)at, size - 1);
    return (struct resize_axis){first, min_int(first + 1, size - 1), at - (real)first};
}

static void forward_channel(const struct node *node, struct shape in, const real *x, real *y) {
    for (int i = 0; i < node->shape.h; i++) {
        struct resize_axis v = resize_axis(node->resize.kind, i, node->resize.factor_h, in.h);
        const real *top = x + (ptrdiff_t)v.first * in.w, *bottom = x + (ptrdiff_t)v.second * in.w;
        for (int j = 0; j < node->shape.w; j++) {
            struct resize_axis h = resize_axis(node->resize.kind, j, node->resize.factor_w, in.w);
            real above = top[h.first] + h.share * (top[h.second] - top[h.first]);
            real below = bottom[h.first] + h.share * (bottom[h.second] - bottom[h.first]);
            *y++ = above + v.share * (below - above);
        }
    }
}

static void backward_channel(const struct node *node, struct shape in, const real *dy, real *dx) {
    for (int i = 0; i < node->shape.h; i++) {
        struct resize_axis v = resize_axis(node->resize.kind, i, node->resize.factor_h, in.h);
        real *top = dx + (ptrdiff_t)v.first * in.w, *bottom = dx + (ptrdiff_t)v.second * in.w;
        for (int j = 0; j < node->shape.w; j++, dy++) {
            struct resize_axis h = resize_axis(node->resize.kind, j, node->resize.factor_w, in.w);
            real above = (1 - v.share) * *dy, below = v.share * *dy;
            top[h.first] += (1 - h.share) * above;
            top[h.second] += h.share * above;
            bottom[h.first] += (1 - h.share) * below;
            bottom[h.second] += h.share * below;
        }
    }
}

// The same for the nearest pixel, of which most are made in training.
static void repeat_channel(const struct node *node, struct shape in, const real *x, real *y) {
    int by = node->resize.factor_w, width = node->shape.w;
    for (int i = 0; i < in.h; i++, x += in.w) {
        real *row = y;
        for (int j = 0; j < in.w; j++) {
            for (int k = 0; k < by; k++) {
                row[j * by + k] = x[j];
            }
        }
        for (int k = 1; k < node->resize.factor_h; k++) {
            memcpy(row + k * width, row, (size_t)width * sizeof *y);
        }
        y += node->resize.factor_h * width;
    }
}

static void sum_channel(const struct node *node, struct shape in, const real *dy, real *dx) {
    int by = node->resize.factor_w;
    for (int i = 0; i < node->shape.h; i++, dy += node->shape.w) {
        real *row = dx + (ptrdiff_t)(i / node->resize.factor_h) * in.w;
        for (int j = 0; j < in.w; j++) {
            for (int k = 0; k < by; k++) {
                row[j] += dy[j * by + k];
            }
        }
    }
}

static void forward_sample(void *arg, int n, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    struct shape in = pass->in[0], out = pass->node->shape;
    for (int i = n * in.c; i < (n + 1) * in.c; i++) {
        (pass->node->resize.kind == RESIZE_NEAREST ? repeat_channel : forward_channel)(
            pass->node, in, pass->x[0] + (ptrdiff_t)i * in.h * in.w,
            pass->y + (ptrdiff_t)i * out.h * out.w);
    }
}

static void backward_sample(void *arg, int n, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    struct shape in = pass->in[0], out = pass->node->shape;
    for (int i = n * in.c; i < (n + 1) * in.c; i++) {
        (pass->node->resize.kind == RESIZE_NEAREST ? sum_channel : backward_channel)(
            pass->node, in, pass->dy + (ptrdiff_t)i * out.h * out.w,
            pass->dx[0] + (ptrdiff_t)i * in.h * in.w);
    }
}

static void resize_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->n, forward_sample, (void *)pass);
}

static void resize_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        thread_pool_run(pass->threads, pass->n, backward_sample, (void *)pass);
    }
}

const struct layer layer_resize = {.name = "resize",
                                   .attributes = {ATTR(resize)},
                                   .shape = resize_shape,
                                   .forward = resize_forward,
                                   .backward = resize_backward};
