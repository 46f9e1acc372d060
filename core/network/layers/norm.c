// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include <math.h>
#include <stdio.h>

// Batch normalisation (Ioffe and Szegedy 2015) over batch, height and width:
//   y = scale * (x - mean) / sqrt(variance + epsilon) + shift
// saved:(2, C): the batch's mean and 1 / sqrt(variance + epsilon)

enum { SCALE, SHIFT, MEAN, VARIANCE };

static bool batch_norm_shape(struct node *node, const struct shape *in, char *error) {
    if (!(node->batch_norm.epsilon > 0) ||
        !(node->batch_norm.momentum >= 0 && node->batch_norm.momentum <= 1)) {
        snprintf(error, GRAPH_ERROR_LEN, "batch norm wants epsilon > 0 and momentum in [0, 1]");
        return false;
    }
    node->shape = in[0];
    node_add_param(node, "scale", in[0].c, 0, 0, 0, false);
    node_add_param(node, "shift", in[0].c, 0, 0, 0, false);
    node_add_param(node, "mean", in[0].c, 0, 0, 0, false);
    node_add_param(node, "variance", in[0].c, 0, 0, 0, false);
    node->params[MEAN].trained = node->params[VARIANCE].trained = false;
    return true;
}

static size_t batch_norm_saved_len(const struct node *node, const struct shape *in, int n) {
    (void)node;
    (void)n;
    return 2 * (size_t)in[0].c;
}

// sum += a_i, dot += a_i * (b_i - centre), in LANES interleaved sums that compilers keep in
// vectors.
static void add_products(const real *a, const real *b, real centre, size_t n, double *sum,
                         double *dot) {
    enum { LANES = 8 };
    double sums[LANES] = {0}, dots[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int j = 0; j < LANES; j++) {
            sums[j] += (double)a[i + j];
            dots[j] += (double)a[i + j] * (double)(b[i + j] - centre);
        }
    }
    for (int j = 0; i < n; i++, j++) {
        sums[j] += (double)a[i];
        dots[j] += (double)a[i] * (double)(b[i] - centre);
    }
    for (int j = 0; j < LANES; j++) {
        *sum += sums[j];
        *dot += dots[j];
    }
}

// Mean and variance of channel c over the batch, and the running ones brought up to date.
static void measure(const struct pass *pass, int c, double *mean, double *variance) {
    size_t area = (size_t)pass->in[0].h * (size_t)pass->in[0].w,
           step = area * (size_t)pass->in[0].c;
    double sum = 0, square = 0, count = (double)area * pass->n;
    for (int n = 0; n < pass->n; n++) {
        const real *x = pass->x[0] + (size_t)n * step + (size_t)c * area;
        add_products(x, x, 0, area, &sum, &square);
    }
    *mean = sum / count;
    *variance = fmax(square / count - *mean * *mean, 0);
    double momentum = (double)pass->node->batch_norm.momentum;
    double unbiased = count > 1 ? *variance * count / (count - 1) : *variance;
    pass->params[MEAN][c] += (real)(momentum * (*mean - (double)pass->params[MEAN][c]));
    pass->params[VARIANCE][c] += (real)(momentum * (unbiased - (double)pass->params[VARIANCE][c]));
}

static void forward_channel(void *arg, int c, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t area = (size_t)pass->in[0].h * (size_t)pass->in[0].w,
           step = area * (size_t)pass->in[0].c;
    double mean = (double)pass->params[MEAN][c], variance = (double)pass->params[VARIANCE][c];
    if (pass->training) {
        measure(pass, c, &mean, &variance);
    }
    double inverse = 1 / sqrt(variance + (double)pass->node->batch_norm.epsilon);
    pass->saved[c] = (real)mean;
    pass->saved[pass->in[0].c + c] = (real)inverse;
    real a = (real)(inverse * (double)pass->params[SCALE][c]);
    real b = (real)((double)pass->params[SHIFT][c] - mean * (double)a);
    for (int n = 0; n < pass->n; n++) {
        const real *x = pass->x[0] + (size_t)n * step + (size_t)c * area;
        real *y = pass->y + (size_t)n * step + (size_t)c * area;
        for (size_t i = 0; i < area; i++) {
            y[i] = a * x[i] + b;
        }
    }
}

static void batch_norm_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->in[0].c, forward_channel, (void *)pass);
}

// With u = (x - mean) * inverse and means over the batch:
//   dx = scale * inverse * (dy - mean(dy) - u * mean(dy * u));  outside training the means are left
//   out.
static void backward_channel(void *arg, int c, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t area = (size_t)pass->in[0].h * (size_t)pass->in[0].w,
           step = area * (size_t)pass->in[0].c;
    real mean = pass->saved[c], inverse = pass->saved[pass->in[0].c + c];
    double sum = 0, sum_u = 0;
    for (int n = 0; n < pass->n; n++) {
        const real *x = pass->x[0] + (size_t)n * step + (size_t)c * area;
        const real *dy = pass->dy + (size_t)n * step + (size_t)c * area;
        add_products(dy, x, mean, area, &sum, &sum_u);
    }
    sum_u *= (double)inverse;
    pass->dparams[SHIFT][c] += (real)sum;
    pass->dparams[SCALE][c] += (real)sum_u;
    if (!pass->dx[0]) {
        return;
    }
    double count = (double)area * pass->n;
    real by_mean = pass->training ? (real)(sum / count) : 0;
    real by_u = pass->training ? (real)(sum_u / count) * inverse : 0;
    real factor = pass->params[SCALE][c] * inverse;
    for (int n = 0; n < pass->n; n++) {
        size_t at = (size_t)n * step + (size_t)c * area;
        const real *x = pass->x[0] + at, *dy = pass->dy + at;
        real *dx = pass->dx[0] + at;
        for (size_t i = 0; i < area; i++) {
            dx[i] += factor * (dy[i] - by_mean - (x[i] - mean) * by_u);
        }
    }
}

static void batch_norm_backward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->in[0].c, backward_channel, (void *)pass);
}

const struct layer layer_batch_norm = {
    .name = "batch_norm",
    .attributes = {ATTR(batch_norm.epsilon), ATTR(batch_norm.momentum)},
    .shape = batch_norm_shape,
    .forward = batch_norm_forward,
    .backward = batch_norm_backward,
    .saved_len = batch_norm_saved_len};
