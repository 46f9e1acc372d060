// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/nhwc_ops.h"

#include "core/network/layers/layer.h"
#include "core/base/min_max.h"

#include <string.h>

bool nhwc_op_supports(const struct node *node) {
    switch (node->op) {
    case OP_POOL:
        return node->pool.kind == POOL_MAX ||
               (node->pool.kind == POOL_AVERAGE && !node->pool.counts_padding);
    case OP_GLOBAL_POOL:
    case OP_ACTIVATION:
    case OP_ADD:
    case OP_CONCAT:
    case OP_RESIZE:
        return true;
    default:
        return false;
    }
}

static void pool_output(const struct nhwc_op_pass *pass, const struct window *w, bool mean, int oy,
                        int ox) {
    const struct nhwc *in = pass->x_layout[0];
    int y = oy * w->stride_h - w->top, x = ox * w->stride_w - w->left;
    int y0 = max_int(y, 0), y1 = min_int(y + w->kernel_h, in->shape.h);
    int x0 = max_int(x, 0), x1 = min_int(x + w->kernel_w, in->shape.w);
    struct pool_patch patch = {
        .rows = y1 - y0,
        .columns = x1 - x0,
        .channels = in->pitch,
        .mean = mean,
        .x = pass->x[0] + nhwc_at(in, y0, x0),
        .x_row = nhwc_row(in),
        .x_step = in->pitch,
        .y = pass->y + nhwc_at(pass->y_layout, oy, ox),
    };
    pass->kernels->pool(&patch);
}

static void pool(const struct nhwc_op_pass *pass, const struct window *w, bool mean) {
    for (int y = 0; y < pass->y_layout->shape.h; y++) {
        for (int x = 0; x < pass->y_layout->shape.w; x++) {
            pool_output(pass, w, mean, y, x);
        }
    }
}

static void global_pool(const struct nhwc_op_pass *pass) {
    struct shape in = pass->x_layout[0]->shape;
    struct window whole = {.kernel_h = in.h, .kernel_w = in.w, .stride_h = 1, .stride_w = 1};
    pool(pass, &whole, true);
}

// A row is a vector to the layer.
static void activate_row(const struct nhwc_op_pass *pass, const real *x, real *y) {
    struct node node = *pass->node;
    node.shape = (struct shape){pass->y_layout->shape.w * pass->y_layout->pitch, 1, 1};
    struct pass row = {
        .node = &node, .in = &node.shape, .n = 1, .kernels = pass->kernels, .x = {x}, .y = y};
    layers[node.op]->forward(&row);
}

static void add_row(const struct nhwc_op_pass *pass, int row, real *y) {
    size_t len = (size_t)pass->y_layout->shape.w * (size_t)pass->y_layout->pitch;
    const real *x[MAX_INPUTS];
    for (int i = 0; i < pass->node->n_inputs; i++) {
        x[i] = pass->x[i] + nhwc_at(pass->x_layout[i], row, 0);
    }
    pass->kernels->bias_relu(len, x[0], 0, x[1], false, y);
    for (int i = 2; i < pass->node->n_inputs; i++) {
        pass->kernels->axpy(len, 1, x[i], y);
    }
}

static void concat_row(const struct nhwc_op_pass *pass, int row, real *y) {
    const struct nhwc *out = pass->y_layout;
    int at = 0;
    for (int i = 0; i < pass->node->n_inputs; i++) {
        const struct nhwc *in = pass->x_layout[i];
        const real *x = pass->x[i] + nhwc_at(in, row, 0);
        for (int j = 0; j < out->shape.w; j++) {
            memcpy(y + j * out->pitch + at, x + j * in->pitch, (size_t)in->shape.c * sizeof *y);
        }
        at += in->shape.c;
    }
    for (int j = 0; at < out->pitch && j < out->shape.w; j++) {
        memset(y + j * out->pitch + at, 0, (size_t)(out->pitch - at) * sizeof *y);
    }
}

static void resize_row(const struct nhwc_op_pass *pass, int row, real *y) {
    const struct nhwc *in = pass->x_layout[0], *out = pass->y_layout;
    const struct node *node = pass->node;
    struct resize_axis v = resize_axis(node->resize.kind, row, node->resize.factor_h, in->shape.h);
    const real *top = pass->x[0] + nhwc_at(in, v.first, 0);
    const real *bottom = pass->x[0] + nhwc_at(in, v.second, 0);
    for (int j = 0; j < out->shape.w; j++, y += out->pitch) {
        struct resize_axis h =
            resize_axis(node->resize.kind, j, node->resize.factor_w, in->shape.w);
        const real *a = top + h.first * in->pitch, *b = top + h.second * in->pitch;
        const real *c = bottom + h.first * in->pitch, *d = bottom + h.second * in->pitch;
        if (node->resize.kind == RESIZE_NEAREST) {
            memcpy(y, a, (size_t)out->pitch * sizeof *y);
            continue;
        }
        for (int k = 0; k < out->pitch; k++) {
            real above = a[k] + h.share * (b[k] - a[k]), below = c[k] + h.share * (d[k] - c[k]);
            y[k] = above + v.share * (below - above);
        }
    }
}

void nhwc_op_forward(const struct nhwc_op_pass *pass) {
    if (pass->node->op == OP_POOL) {
        pool(pass, &pass->node->pool.window, pass->node->pool.kind == POOL_AVERAGE);
        return;
    }
    if (pass->node->op == OP_GLOBAL_POOL) {
        global_pool(pass);
        return;
    }
    for (int row = 0; row < pass->y_layout->shape.h; row++) {
        real *y = pass->y + nhwc_at(pass->y_layout, row, 0);
        switch (pass->node->op) {
        case OP_ACTIVATION:
            activate_row(pass, pass->x[0] + nhwc_at(pass->x_layout[0], row, 0), y);
            break;
        case OP_ADD:
            add_row(pass, row, y);
            break;
        case OP_RESIZE:
            resize_row(pass, row, y);
            break;
        default:
            concat_row(pass, row, y);
        }
    }
}
