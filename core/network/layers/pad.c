// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include <math.h>
#include <stdio.h>

static const char *const names[N_BORDERS] = {"zeros", "replicate", "reflect"};

const char *border_name(enum border border) {
    return names[border];
}

// One axis: `before` values, then size values with `gap` zeros between neighbours, then `after`.
struct axis {
    int size, before, gap, after;
    enum border border;
};

static int clamp(int x, int low, int high) {
    return x < low ? low : x > high ? high : x;
}

// The index that output index i copies; -1: none, a constant; -2: a gap.
static int source(const struct axis *axis, int i) {
    int last = (axis->size - 1) * (axis->gap + 1), at = i - axis->before;
    if (at < 0 || at > last) {
        if (axis->border == BORDER_CONSTANT) {
            return -1;
        }
        at = axis->border == BORDER_REPLICATE ? clamp(at, 0, last) : at < 0 ? -at : 2 * last - at;
    }
    return at % (axis->gap + 1) ? -2 : at / (axis->gap + 1);
}

static void axes_of(const struct node *node, struct shape in, struct axis axes[3]) {
    const struct pad *p = &node->pad;
    axes[0] = (struct axis){in.c, p->front, 0, p->back, p->border};
    axes[1] = (struct axis){in.h, p->top, p->gap_h, p->bottom, p->border};
    axes[2] = (struct axis){in.w, p->left, p->gap_w, p->right, p->border};
}

static bool axis_size(const struct axis *axis, int *size, char *error) {
    if (axis->before < 0 || axis->after < 0 || axis->gap < 0 || axis->before > MAX_CHANNELS ||
        axis->after > MAX_CHANNELS || axis->gap >= MAX_CHANNELS) {
        snprintf(error, GRAPH_ERROR_LEN, "padding and gaps must be 0 to %d", MAX_CHANNELS);
        return false;
    }
    if (axis->border == BORDER_REFLECT &&
        (axis->before >= axis->size || axis->after >= axis->size)) {
        snprintf(error, GRAPH_ERROR_LEN,
                 "a mirrored border must be narrower than the %d it mirrors", axis->size);
        return false;
    }
    double wanted = (double)axis->before + axis->after + (axis->size - 1.0) * (axis->gap + 1.0) + 1;
    *size = wanted <= MAX_CHANNELS ? (int)wanted : MAX_CHANNELS + 1; // graph_add refuses that
    return true;
}

static bool pad_shape(struct node *node, const struct shape *in, char *error) {
    struct axis axes[3];
    if ((unsigned)node->pad.border >= N_BORDERS || !isfinite((double)node->pad.value)) {
        snprintf(error, GRAPH_ERROR_LEN, "no such border");
        return false;
    }
    axes_of(node, in[0], axes);
    return axis_size(&axes[0], &node->shape.c, error) &&
           axis_size(&axes[1], &node->shape.h, error) && axis_size(&axes[2], &node->shape.w, error);
}

// Where the row of output row (c, h) begins in the input; -1 and -2 as source says.
static ptrdiff_t source_row(const struct axis axes[3], int c, int h) {
    int from_c = source(&axes[0], c), from_h = source(&axes[1], h);
    if (from_c < 0 || from_h < 0) {
        return from_c == -2 || (from_c >= 0 && from_h == -2) ? -2 : -1;
    }
    return ((ptrdiff_t)from_c * axes[1].size + from_h) * axes[2].size;
}

static void forward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    struct shape out = pass->node->shape;
    struct axis axes[3];
    axes_of(pass->node, pass->in[0], axes);
    const real *x = pass->x[0] + (size_t)sample * shape_len(pass->in[0]);
    real *y = pass->y + (size_t)sample * shape_len(out), outside = pass->node->pad.value;
    for (int c = 0; c < out.c; c++) {
        for (int h = 0; h < out.h; h++) {
            ptrdiff_t row = source_row(axes, c, h);
            for (int w = 0; w < out.w; w++) {
                int column = source(&axes[2], w);
                *y++ = row == -1 || column == -1 ? outside
                       : row < 0 || column < 0   ? 0
                                                 : x[row + column];
            }
        }
    }
}

static void pad_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->n, forward_sample, (void *)pass);
}

static void backward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    struct shape out = pass->node->shape;
    struct axis axes[3];
    axes_of(pass->node, pass->in[0], axes);
    const real *dy = pass->dy + (size_t)sample * shape_len(out);
    real *dx = pass->dx[0] + (size_t)sample * shape_len(pass->in[0]);
    for (int c = 0; c < out.c; c++) {
        for (int h = 0; h < out.h; h++, dy += out.w) {
            ptrdiff_t row = source_row(axes, c, h);
            for (int w = 0; row >= 0 && w < out.w; w++) {
                int column = source(&axes[2], w);
                if (column >= 0) {
                    dx[row + column] += dy[w];
                }
            }
        }
    }
}

static void pad_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        thread_pool_run(pass->threads, pass->n, backward_sample, (void *)pass);
    }
}

const struct layer layer_pad = {.name = "pad",
                                .attributes = {ATTR(pad.border), ATTR(pad.value), ATTR(pad.front),
                                               ATTR(pad.back), ATTR(pad.top), ATTR(pad.left),
                                               ATTR(pad.bottom), ATTR(pad.right), ATTR(pad.gap_h),
                                               ATTR(pad.gap_w)},
                                .shape = pad_shape,
                                .forward = pad_forward,
                                .backward = pad_backward};
