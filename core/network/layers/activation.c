// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include <math.h>
#include <stdio.h>

static const struct {
    const char *name;
    real alpha, beta;
} kinds[N_ACTIVATIONS] = {
    [ACT_RELU] = {"relu", 1, 0},
    [ACT_LEAKY_RELU] = {"leaky_relu", (real)0.01, 0},
    [ACT_RANDOM_RELU] = {"random_relu", (real)1 / 8, (real)1 / 3},
    [ACT_ELU] = {"elu", 1, 0},
    [ACT_SIGMOID] = {"sigmoid", 1, 0},
    [ACT_TANH] = {"tanh", 1, 0},
    [ACT_CLIP] = {"clip", 0, 6},
    [ACT_HARD_SIGMOID] = {"hard_sigmoid", (real)1 / 6, (real)0.5},
    [ACT_SOFTPLUS] = {"softplus", 1, 0},
    [ACT_ERF] = {"erf", 1, 0},
    [ACT_POWER] = {"power", 2, 0},
};

const char *activation_name(enum activation kind) {
    return kinds[kind].name;
}

void activation_defaults(enum activation kind, real *alpha, real *beta) {
    *alpha = kinds[kind].alpha;
    *beta = kinds[kind].beta;
}

static bool same_shape(struct node *node, const struct shape *in, char *error) {
    (void)error;
    node->shape = in[0];
    return true;
}

static bool activation_shape(struct node *node, const struct shape *in, char *error) {
    enum activation kind = node->activation.kind;
    double alpha = (double)node->activation.alpha, beta = (double)node->activation.beta;
    if ((unsigned)kind >= N_ACTIVATIONS || !isfinite(alpha) || !isfinite(beta)) {
        snprintf(error, GRAPH_ERROR_LEN, "no such activation");
        return false;
    }
    if ((kind == ACT_CLIP || kind == ACT_RANDOM_RELU) && alpha > beta) {
        snprintf(error, GRAPH_ERROR_LEN, "%g to %g is not a range", alpha, beta);
        return false;
    }
    if (kind == ACT_POWER && !(alpha > 0 && alpha <= 64)) {
        snprintf(error, GRAPH_ERROR_LEN, "the exponent of a power must be more than 0 to 64");
        return false;
    }
    return same_shape(node, in, error);
}

static real clip(real x, real low, real high) {
    return x < low ? low : x > high ? high : x;
}

static real activate(enum activation kind, real alpha, real beta, real x) {
    switch (kind) {
    case ACT_RELU:
        return x < 0 ? 0 : x;
    case ACT_LEAKY_RELU:
        return x < 0 ? alpha * x : x;
    case ACT_RANDOM_RELU:
        return x < 0 ? (alpha + beta) / 2 * x : x;
    case ACT_ELU:
        return x < 0 ? alpha * (real)expm1((double)x) : x;
    case ACT_SIGMOID:
        return (real)(1 / (1 + exp(-(double)x)));
    case ACT_CLIP:
        return clip(x, alpha, beta);
    case ACT_HARD_SIGMOID:
        return clip(alpha * x + beta, 0, 1);
    case ACT_SOFTPLUS:
        return (x > 0 ? x : 0) + (real)log1p(exp(-fabs((double)x)));
    case ACT_ERF:
        return (real)erf((double)x);
    case ACT_POWER:
        return (real)pow((double)x, (double)alpha);
    default:
        return (real)tanh((double)x);
    }
}

// dy/dx from x and y.
static real slope(enum activation kind, real alpha, real beta, real x, real y) {
    switch (kind) {
    case ACT_RELU:
        return x > 0;
    case ACT_LEAKY_RELU:
        return x < 0 ? alpha : 1;
    case ACT_RANDOM_RELU:
        return x < 0 ? (alpha + beta) / 2 : 1;
    case ACT_ELU:
        return x < 0 ? y + alpha : 1;
    case ACT_SIGMOID:
        return y * (1 - y);
    case ACT_CLIP:
        return x > alpha && x < beta;
    case ACT_HARD_SIGMOID:
        return y > 0 && y < 1 ? alpha : 0;
    case ACT_SOFTPLUS:
        return (real)-expm1(-(double)y);
    case ACT_ERF:
        return (real)(1.1283791670955126 * exp(-(double)x * (double)x)); // 2 / sqrt(pi)
    case ACT_POWER:
        return alpha * (real)pow((double)x, (double)alpha - 1);
    default:
        return 1 - y * y;
    }
}

// The slopes that a sample draws for its negative values, the same forward and backward.
static struct rng slopes_of(const struct pass *pass, int sample) {
    struct rng rng;
    rng_init(&rng, pass->seed, (uint64_t)sample);
    return rng;
}

static real next_slope(const struct pass *pass, struct rng *rng) {
    return (real)rng_range(rng, (double)pass->node->activation.alpha,
                           (double)pass->node->activation.beta);
}

static bool draws_slopes(const struct pass *pass) {
    return pass->training && pass->node->activation.kind == ACT_RANDOM_RELU;
}

static void forward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t len = shape_len(pass->node->shape), from = (size_t)sample * len;
    enum activation kind = pass->node->activation.kind;
    real alpha = pass->node->activation.alpha, beta = pass->node->activation.beta;
    const real *x = pass->x[0];
    if (kind == ACT_RELU) {
        pass->kernels->bias_relu(len, x + from, 0, NULL, true, pass->y + from);
        return;
    }
    if (kind == ACT_CLIP) { // as ReLU6 between the convolutions of many a network
        for (size_t i = from; i < from + len; i++) {
            pass->y[i] = clip(x[i], alpha, beta);
        }
        return;
    }
    struct rng rng = slopes_of(pass, sample);
    bool draws = draws_slopes(pass);
    for (size_t i = from; i < from + len; i++) {
        real drawn = draws ? next_slope(pass, &rng) : 0;
        pass->y[i] = draws && x[i] < 0 ? drawn * x[i] : activate(kind, alpha, beta, x[i]);
    }
}

static void activation_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->n, forward_sample, (void *)pass);
}

static void backward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t len = shape_len(pass->node->shape), from = (size_t)sample * len;
    enum activation kind = pass->node->activation.kind;
    real alpha = pass->node->activation.alpha, beta = pass->node->activation.beta;
    const real *x = pass->x[0], *y = pass->y, *dy = pass->dy;
    real *dx = pass->dx[0];
    if (kind == ACT_RELU) { // the one that training spends its time in
        for (size_t i = from; i < from + len; i++) {
            dx[i] += y[i] > 0 ? dy[i] : 0;
        }
        return;
    }
    struct rng rng = slopes_of(pass, sample);
    bool draws = draws_slopes(pass);
    for (size_t i = from; i < from + len; i++) {
        real drawn = draws ? next_slope(pass, &rng) : 0;
        dx[i] += (draws && x[i] < 0 ? drawn : slope(kind, alpha, beta, x[i], y[i])) * dy[i];
    }
}

static void activation_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        thread_pool_run(pass->threads, pass->n, backward_sample, (void *)pass);
    }
}

const struct layer layer_activation = {
    .name = "activation",
    .attributes = {ATTR(activation.kind), ATTR(activation.alpha), ATTR(activation.beta)},
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
                                    .attributes = {ATTR(dropout)},
                                    .shape = dropout_shape,
                                    .forward = dropout_forward,
                                    .backward = dropout_backward,
                                    .saved_len = dropout_saved_len};
