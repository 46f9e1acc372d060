// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include <stdio.h>

// y:(N, U) = x:(N, I) w':(I, U) + b.  w:(U, I)

static bool dense_shape(struct node *node, const struct shape *in, char *error) {
    if (node->units < 1 || node->units > MAX_CHANNELS || shape_len(in[0]) > MAX_VALUES / 2) {
        snprintf(error, GRAPH_ERROR_LEN, "a dense layer has 1 to %d units", MAX_CHANNELS);
        return false;
    }
    node->shape = (struct shape){node->units, 1, 1};
    node_add_param(node, "weight", node->units, (int)shape_len(in[0]), 0, 0, true);
    node_add_param(node, "bias", node->units, 0, 0, 0, false);
    return true;
}

// One sample: units are few and inputs many, so plain loops over the weights' rows are memory-bound
// anyway.
static void forward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t len = shape_len(pass->in[0]);
    const real *x = pass->x[0] + (size_t)sample * len, *w = pass->params[0];
    real *y = pass->y + (size_t)sample * (size_t)pass->node->units;
    for (int u = 0; u < pass->node->units; u++, w += len) {
        double sum = (double)pass->params[1][u];
        for (size_t i = 0; i < len; i++) {
            sum += (double)w[i] * (double)x[i];
        }
        y[u] = (real)sum;
    }
}

static void dense_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->n, forward_sample, (void *)pass);
}

static void input_gradient(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t len = shape_len(pass->in[0]);
    const real *dy = pass->dy + (size_t)sample * (size_t)pass->node->units;
    for (int u = 0; u < pass->node->units; u++) {
        pass->kernels->axpy(len, dy[u], pass->params[0] + (size_t)u * len,
                            pass->dx[0] + (size_t)sample * len);
    }
}

static void weight_gradient(void *arg, int u, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t len = shape_len(pass->in[0]);
    for (int n = 0; n < pass->n; n++) {
        real dy = pass->dy[n * pass->node->units + u];
        pass->kernels->axpy(len, dy, pass->x[0] + (size_t)n * len,
                            pass->dparams[0] + (size_t)u * len);
        pass->dparams[1][u] += dy;
    }
}

static void dense_backward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->node->units, weight_gradient, (void *)pass);
    if (pass->dx[0]) {
        thread_pool_run(pass->threads, pass->n, input_gradient, (void *)pass);
    }
}

const struct layer layer_dense = {
    .name = "dense", .shape = dense_shape, .forward = dense_forward, .backward = dense_backward};
