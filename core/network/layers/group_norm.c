// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include <math.h>
#include <stdio.h>

// Group normalisation (Wu and He 2018): of each group of channels of each sample, whatever the rest
// of the batch,
//   y = scale * u + shift      u = (x - mean) / sqrt(variance + epsilon)
// A group for each channel makes it instance normalisation (Ulyanov et al. 2016), one group layer
// normalisation (Ba et al. 2016).
// saved:(N, G, 2): mean and 1 / sqrt(variance + epsilon)

enum { SCALE, SHIFT };

static bool group_norm_shape(struct node *node, const struct shape *in, char *error) {
    int groups = node->group_norm.groups;
    if (groups < 1 || in[0].c % groups) {
        snprintf(error, GRAPH_ERROR_LEN, "%d channels cannot be divided into %d groups", in[0].c,
                 groups);
        return false;
    }
    if (!(node->group_norm.epsilon > 0)) {
        snprintf(error, GRAPH_ERROR_LEN, "group norm wants epsilon > 0");
        return false;
    }
    node->shape = in[0];
    node_add_param(node, "scale", in[0].c, 0, 0, 0, false);
    node_add_param(node, "shift", in[0].c, 0, 0, 0, false);
    return true;
}

static size_t group_norm_saved_len(const struct node *node, const struct shape *in, int n) {
    (void)in;
    return 2 * (size_t)n * (size_t)node->group_norm.groups;
}

// One group of one sample.
struct group {
    size_t at; // where it begins
    int first, channels, area;
    real *saved;
};

static struct group group_of(const struct pass *pass, int n, int g) {
    struct shape in = pass->in[0];
    int groups = pass->node->group_norm.groups, channels = in.c / groups;
    return (struct group){(size_t)n * shape_len(in) + (size_t)(g * channels) * in.h * in.w,
                          g * channels, channels, in.h * in.w,
                          pass->saved + 2 * ((size_t)n * (size_t)groups + (size_t)g)};
}

static void measure(const struct pass *pass, const struct group *g) {
    const real *x = pass->x[0] + g->at;
    int len = g->channels * g->area;
    double sum = 0, square = 0;
    for (int i = 0; i < len; i++) {
        sum += (double)x[i];
    }
    double mean = sum / len;
    for (int i = 0; i < len; i++) {
        square += ((double)x[i] - mean) * ((double)x[i] - mean);
    }
    g->saved[0] = (real)mean;
    g->saved[1] = (real)(1 / sqrt(square / len + (double)pass->node->group_norm.epsilon));
}

static void forward_sample(void *arg, int n, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    for (int i = 0; i < pass->node->group_norm.groups; i++) {
        struct group g = group_of(pass, n, i);
        const real *x = pass->x[0] + g.at;
        real *y = pass->y + g.at;
        measure(pass, &g);
        for (int c = g.first; c < g.first + g.channels; c++, x += g.area, y += g.area) {
            real factor = pass->params[SCALE][c] * g.saved[1];
            for (int p = 0; p < g.area; p++) {
                y[p] = factor * (x[p] - g.saved[0]) + pass->params[SHIFT][c];
            }
        }
    }
}

static void group_norm_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->n, forward_sample, (void *)pass);
}

// Adds to the parameters' gradients; *sum and *dot: of scale * dy, and of scale * dy * u.
static void sum_products(const struct pass *pass, const struct group *g, double *sum, double *dot) {
    const real *x = pass->x[0] + g->at, *dy = pass->dy + g->at;
    *sum = *dot = 0;
    for (int c = g->first; c < g->first + g->channels; c++, x += g->area, dy += g->area) {
        double dscale = 0, dshift = 0, scale = (double)pass->params[SCALE][c];
        for (int p = 0; p < g->area; p++) {
            dshift += (double)dy[p];
            dscale += (double)dy[p] * (double)((x[p] - g->saved[0]) * g->saved[1]);
        }
        pass->dparams[SCALE][c] += (real)dscale;
        pass->dparams[SHIFT][c] += (real)dshift;
        *sum += scale * dshift;
        *dot += scale * dscale;
    }
}

// dx = (scale dy - mean(scale dy) - u mean(scale dy u)) / sqrt(variance + epsilon)
static void backward_group(void *arg, int i, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    for (int n = 0; n < pass->n; n++) {
        struct group g = group_of(pass, n, i);
        double sum, dot, len = (double)g.channels * g.area;
        sum_products(pass, &g, &sum, &dot);
        real by_mean = (real)(sum / len), by_u = (real)(dot / len);
        const real *x = pass->x[0] + g.at, *dy = pass->dy + g.at;
        real *dx = pass->dx[0] ? pass->dx[0] + g.at : NULL;
        for (int p = 0; dx && p < g.channels * g.area; p++) {
            real u = (x[p] - g.saved[0]) * g.saved[1];
            real scale = pass->params[SCALE][g.first + p / g.area];
            dx[p] += g.saved[1] * (scale * dy[p] - by_mean - u * by_u);
        }
    }
}

static void group_norm_backward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->node->group_norm.groups, backward_group, (void *)pass);
}

const struct layer layer_group_norm = {
    .name = "group_norm",
    .attributes = {ATTR(group_norm.groups), ATTR(group_norm.epsilon)},
    .shape = group_norm_shape,
    .forward = group_norm_forward,
    .backward = group_norm_backward,
    .saved_len = group_norm_saved_len};
