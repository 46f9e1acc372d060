// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "layer.h"

#include <math.h>
#include <stdio.h>

static const char *const names[N_ACTIVATIONS] = {"relu", "leaky_relu", "elu", "sigmoid", "tanh"};

const char *activation_name(enum activation kind) {
    return names[kind];
}

static bool same_shape(struct node *node, const struct shape *in, char *error) {
    (void)error;
    node->shape = in[0];
    return true;
}

static bool activation_shape(struct node *node, const struct shape *in, char *error) {
    if ((unsigned)node->activation.kind >= N_ACTIVATIONS ||
        !isfinite((double)node->activation.alpha)) {
        snprintf(error, GRAPH_ERROR_LEN, "no such activation");
        return false;
    }
    return same_shape(node, in, error);
}

static real activate(enum activation kind, real alpha, real x) {
    switch (kind) {
    case ACT_RELU:
        return x < 0 ? 0 : x;
    case ACT_LEAKY_RELU:
        return x < 0 ? alpha * x : x;
    case ACT_ELU:
        return x < 0 ? alpha * (real)expm1((double)x) : x;
    case ACT_SIGMOID:
        return (real)(1 / (1 + exp(-(double)x)));
    default:
        return (real)tanh((double)x);
    }
}

// dy/dx from the output, which all five allow: no input needs to be kept.
static real slope(enum activation kind, real alpha, real y) {
    switch (kind) {
    case ACT_RELU:
        return y > 0;
    case ACT_LEAKY_RELU:
        return y < 0 ? alpha : 1;
    case ACT_ELU:
        return y < 0 ? y + alpha : 1;
    case ACT_SIGMOID:
        return y * (1 - y);
    default:
        return 1 - y * y;
    }
}

static void forward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t len = shape_len(pass->node->shape), from = (size_t)sample * len;
    enum activation kind = pass->node->activation.kind;
    if (kind == ACT_RELU) {
        pass->kernels->bias_relu(len, pass->x[0] + from, 0, NULL, true, pass->y + from);
        return;
    }
    for (size_t i = from; i < from + len; i++) {
        pass->y[i] = activate(kind, pass->node->activation.alpha, pass->x[0][i]);
    }
}

static void activation_forward(const struct pass *pass) {
    team_run(pass->team, pass->n, forward_sample, (void *)pass);
}

static void backward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t len = shape_len(pass->node->shape), from = (size_t)sample * len;
    enum activation kind = pass->node->activation.kind;
    real alpha = pass->node->activation.alpha;
    const real *y = pass->y, *dy = pass->dy;
    real *dx = pass->dx[0];
    if (kind == ACT_RELU) { // the one that training spends its time in
        for (size_t i = from; i < from + len; i++) {
            dx[i] += y[i] > 0 ? dy[i] : 0;
        }
        return;
    }
    for (size_t i = from; i < from + len; i++) {
        dx[i] += slope(kind, alpha, y[i]) * dy[i];
    }
}

static void activation_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        team_run(pass->team, pass->n, backward_sample, (void *)pass);
    }
}

const struct layer layer_activation = {.name = "activation",
                                       .shape = activation_shape,
                                       .forward = activation_forward,
                                       .backward = activation_backward};

// Dropout (Srivastava et al. 2014), inverted: values that stay are scaled up in training, nothing
// happens at inference.  saved: the mask

static bool dropout_shape(struct node *node, const struct shape *in, char *error) {
    if (!(node->dropout >= 0 && node->dropout < 1)) {
        snprintf(error, GRAPH_ERROR_LEN, "the share that dropout drops must be in [0, 1)");
        return false;
    }
    return same_shape(node, in, error);
}

static size_t dropout_saved_len(const struct node *node, const struct shape *in, int n) {
    (void)in;
    return shape_len(node->shape) * (size_t)n;
}

static void dropout_forward(const struct pass *pass) {
    size_t len = shape_len(pass->node->shape) * (size_t)pass->n;
    struct rng rng;
    rng_init(&rng, pass->seed, 0);
    real drop = pass->node->dropout, keep = 1 / (1 - drop);
    for (size_t i = 0; i < len; i++) {
        pass->saved[i] = !pass->training ? 1 : rng_uniform(&rng) < (double)drop ? 0 : keep;
        pass->y[i] = pass->saved[i] * pass->x[0][i];
    }
}

static void dropout_backward(const struct pass *pass) {
    size_t len = shape_len(pass->node->shape) * (size_t)pass->n;
    for (size_t i = 0; pass->dx[0] && i < len; i++) {
        pass->dx[0][i] += pass->saved[i] * pass->dy[i];
    }
}

const struct layer layer_dropout = {.name = "dropout",
                                    .shape = dropout_shape,
                                    .forward = dropout_forward,
                                    .backward = dropout_backward,
                                    .saved_len = dropout_saved_len};
