// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool input_shape(struct node *node, const struct shape *in, char *error) {
    (void)in;
    (void)error;
    node->shape = node->input;
    return true;
}

static void input_forward(const struct pass *pass) {
    (void)pass;
} // the caller filled y

const struct layer layer_input = {.name = "input", .shape = input_shape, .forward = input_forward};

static bool same_shapes(struct shape a, struct shape b) {
    return a.c == b.c && a.h == b.h && a.w == b.w;
}

// Sum of equal shapes: the shortcut of a residual block (He et al. 2016).

static bool add_shape(struct node *node, const struct shape *in, char *error) {
    for (int i = 1; i < node->n_inputs; i++) {
        if (!same_shapes(in[i], in[0])) {
            snprintf(error, GRAPH_ERROR_LEN, "%dx%dx%d and %dx%dx%d cannot be added", in[0].c,
                     in[0].h, in[0].w, in[i].c, in[i].h, in[i].w);
            return false;
        }
    }
    node->shape = in[0];
    return true;
}

static void add_forward(const struct pass *pass) {
    size_t len = shape_len(pass->node->shape) * (size_t)pass->n;
    pass->kernels->bias_relu(len, pass->x[0], 0, pass->x[1], false, pass->y);
    for (int i = 2; i < pass->node->n_inputs; i++) {
        pass->kernels->axpy(len, 1, pass->x[i], pass->y);
    }
}

static void add_backward(const struct pass *pass) {
    size_t len = shape_len(pass->node->shape) * (size_t)pass->n;
    for (int i = 0; i < pass->node->n_inputs; i++) {
        if (pass->dx[i]) {
            pass->kernels->axpy(len, 1, pass->dy, pass->dx[i]);
        }
    }
}

const struct layer layer_add = {
    .name = "add", .shape = add_shape, .forward = add_forward, .backward = add_backward};

// Product or quotient of two equal shapes: the gate of a squeeze-and-excitation block.

static bool multiply_shape(struct node *node, const struct shape *in, char *error) {
    if (!same_shapes(in[0], in[1])) {
        snprintf(error, GRAPH_ERROR_LEN, "%dx%dx%d and %dx%dx%d cannot be multiplied", in[0].c,
                 in[0].h, in[0].w, in[1].c, in[1].h, in[1].w);
        return false;
    }
    node->shape = in[0];
    return true;
}

static void multiply_forward(const struct pass *pass) {
    size_t len = shape_len(pass->node->shape) * (size_t)pass->n;
    for (size_t i = 0; i < len; i++) {
        real b = pass->x[1][i];
        pass->y[i] = pass->node->divides ? pass->x[0][i] / b : pass->x[0][i] * b;
    }
}

// y = a b: da = b dy, db = a dy;  y = a / b: da = dy / b, db = -y dy / b
static void multiply_backward(const struct pass *pass) {
    size_t len = shape_len(pass->node->shape) * (size_t)pass->n;
    bool divides = pass->node->divides;
    for (size_t i = 0; i < len; i++) {
        real a = pass->x[0][i], b = pass->x[1][i], dy = pass->dy[i];
        if (pass->dx[0]) {
            pass->dx[0][i] += divides ? dy / b : b * dy;
        }
        if (pass->dx[1]) {
            pass->dx[1][i] += divides ? -pass->y[i] * dy / b : a * dy;
        }
    }
}

const struct layer layer_multiply = {.name = "multiply",
                                     .attributes = {ATTR(divides)},
                                     .shape = multiply_shape,
                                     .forward = multiply_forward,
                                     .backward = multiply_backward};

// Channels of all inputs one after the other: the end of an Inception block (Szegedy et al. 2015).

static bool concat_shape(struct node *node, const struct shape *in, char *error) {
    node->shape = in[0];
    for (int i = 1; i < node->n_inputs; i++) {
        if (in[i].h != in[0].h || in[i].w != in[0].w) {
            snprintf(error, GRAPH_ERROR_LEN, "%dx%d and %dx%d pixels cannot be concatenated",
                     in[0].h, in[0].w, in[i].h, in[i].w);
            return false;
        }
        node->shape.c += in[i].c;
    }
    return true;
}

static void concat_forward(const struct pass *pass) {
    real *y = pass->y;
    for (int n = 0; n < pass->n; n++) {
        for (int i = 0; i < pass->node->n_inputs; i++) {
            size_t len = shape_len(pass->in[i]);
            memcpy(y, pass->x[i] + (size_t)n * len, len * sizeof *y);
            y += len;
        }
    }
}

static void concat_backward(const struct pass *pass) {
    const real *dy = pass->dy;
    for (int n = 0; n < pass->n; n++) {
        for (int i = 0; i < pass->node->n_inputs; i++) {
            size_t len = shape_len(pass->in[i]);
            if (pass->dx[i]) {
                pass->kernels->axpy(len, 1, dy, pass->dx[i] + (size_t)n * len);
            }
            dy += len;
        }
    }
}

const struct layer layer_concat = {.name = "concat",
                                   .shape = concat_shape,
                                   .forward = concat_forward,
                                   .backward = concat_backward};

// y_i = exp(x_i) / sum_j exp(x_j), over the channels of each pixel, and its logarithm.

static bool softmax_shape(struct node *node, const struct shape *in, char *error) {
    (void)error;
    node->shape = in[0];
    return true;
}

// x, y: the first channel of a pixel, whose channels lie area apart.
static void softmax_pixel(bool log_of, int channels, ptrdiff_t area, const real *x, real *y) {
    double most = (double)x[0], sum = 0;
    for (int c = 1; c < channels; c++) {
        most = (double)x[c * area] > most ? (double)x[c * area] : most;
    }
    for (int c = 0; c < channels; c++) {
        sum += exp((double)x[c * area] - most);
    }
    for (int c = 0; c < channels; c++) {
        double z = (double)x[c * area] - most;
        y[c * area] = (real)(log_of ? z - log(sum) : exp(z) / sum);
    }
}

static void softmax_forward(const struct pass *pass) {
    struct shape s = pass->node->shape;
    ptrdiff_t area = (ptrdiff_t)s.h * s.w;
    for (int n = 0; n < pass->n; n++) {
        for (ptrdiff_t at = 0; at < area; at++) {
            softmax_pixel(pass->node->op == OP_LOG_SOFTMAX, s.c, area,
                          pass->x[0] + n * s.c * area + at, pass->y + n * s.c * area + at);
        }
    }
}

// dx_i = y_i * (dy_i - sum_j dy_j y_j); of the logarithm dy_i - exp(y_i) sum_j dy_j
static void softmax_pixel_backward(bool log_of, int channels, ptrdiff_t area, const real *y,
                                   const real *dy, real *dx) {
    real dot = 0;
    for (int c = 0; c < channels; c++) {
        dot += log_of ? dy[c * area] : dy[c * area] * y[c * area];
    }
    for (int c = 0; c < channels; c++) {
        dx[c * area] += log_of ? dy[c * area] - (real)exp((double)y[c * area]) * dot
                               : y[c * area] * (dy[c * area] - dot);
    }
}

static void softmax_backward(const struct pass *pass) {
    struct shape s = pass->node->shape;
    ptrdiff_t area = (ptrdiff_t)s.h * s.w;
    for (int n = 0; pass->dx[0] && n < pass->n; n++) {
        for (ptrdiff_t at = n * s.c * area; at < (n * s.c + 1) * area; at++) {
            softmax_pixel_backward(pass->node->op == OP_LOG_SOFTMAX, s.c, area, pass->y + at,
                                   pass->dy + at, pass->dx[0] + at);
        }
    }
}

const struct layer layer_softmax = {.name = "softmax",
                                    .shape = softmax_shape,
                                    .forward = softmax_forward,
                                    .backward = softmax_backward};

const struct layer layer_log_softmax = {.name = "log_softmax",
                                        .shape = softmax_shape,
                                        .forward = softmax_forward,
                                        .backward = softmax_backward};
