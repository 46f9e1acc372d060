// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Layers with a parameter or two for each channel.
#include "core/network/layers/layer.h"

static size_t area_of(const struct pass *pass) {
    return (size_t)pass->in[0].h * (size_t)pass->in[0].w;
}

// Where channel c of a sample begins.
static size_t place_of(const struct pass *pass, int n, int c) {
    return ((size_t)n * (size_t)pass->in[0].c + (size_t)c) * area_of(pass);
}

// y = scale * x + shift: what is left of a batch norm after training, and arithmetic with constants
// in networks of others.

enum { SCALE, SHIFT };

static bool affine_shape(struct node *node, const struct shape *in, char *error) {
    (void)error;
    node->shape = in[0];
    node_add_param(node, "scale", in[0].c, 0, 0, 0, false);
    node_add_param(node, "shift", in[0].c, 0, 0, 0, false);
    return true;
}

static void affine_forward_channel(void *arg, int c, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    real scale = pass->params[SCALE][c], shift = pass->params[SHIFT][c];
    for (int n = 0; n < pass->n; n++) {
        const real *x = pass->x[0] + place_of(pass, n, c);
        real *y = pass->y + place_of(pass, n, c);
        for (size_t i = 0; i < area_of(pass); i++) {
            y[i] = scale * x[i] + shift;
        }
    }
}

static void affine_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->in[0].c, affine_forward_channel, (void *)pass);
}

static void affine_backward_channel(void *arg, int c, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    double dscale = 0, dshift = 0;
    for (int n = 0; n < pass->n; n++) {
        const real *x = pass->x[0] + place_of(pass, n, c), *dy = pass->dy + place_of(pass, n, c);
        for (size_t i = 0; i < area_of(pass); i++) {
            dscale += (double)dy[i] * (double)x[i];
            dshift += (double)dy[i];
        }
        if (pass->dx[0]) {
            pass->kernels->axpy(area_of(pass), pass->params[SCALE][c], dy,
                                pass->dx[0] + place_of(pass, n, c));
        }
    }
    pass->dparams[SCALE][c] += (real)dscale;
    pass->dparams[SHIFT][c] += (real)dshift;
}

static void affine_backward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->in[0].c, affine_backward_channel, (void *)pass);
}

const struct layer layer_affine = {.name = "affine",
                                   .shape = affine_shape,
                                   .forward = affine_forward,
                                   .backward = affine_backward};

// Parametric ReLU (He et al., Delving Deep into Rectifiers, 2015, eq. 1 and 8):
//   y = x > 0 ? x : slope * x,  a slope for each channel, which weight decay leaves alone

static bool prelu_shape(struct node *node, const struct shape *in, char *error) {
    (void)error;
    node->shape = in[0];
    node_add_param(node, "slope", in[0].c, 0, 0, 0, false);
    return true;
}

static void prelu_forward_channel(void *arg, int c, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    real slope = pass->params[0][c];
    for (int n = 0; n < pass->n; n++) {
        const real *x = pass->x[0] + place_of(pass, n, c);
        real *y = pass->y + place_of(pass, n, c);
        for (size_t i = 0; i < area_of(pass); i++) {
            y[i] = x[i] < 0 ? slope * x[i] : x[i];
        }
    }
}

static void prelu_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->in[0].c, prelu_forward_channel, (void *)pass);
}

static void prelu_backward_channel(void *arg, int c, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    double dslope = 0;
    for (int n = 0; n < pass->n; n++) {
        size_t at = place_of(pass, n, c);
        const real *x = pass->x[0] + at, *dy = pass->dy + at;
        for (size_t i = 0; i < area_of(pass); i++) {
            dslope += x[i] < 0 ? (double)x[i] * (double)dy[i] : 0;
            if (pass->dx[0]) {
                pass->dx[0][at + i] += x[i] < 0 ? pass->params[0][c] * dy[i] : dy[i];
            }
        }
    }
    pass->dparams[0][c] += (real)dslope;
}

static void prelu_backward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->in[0].c, prelu_backward_channel, (void *)pass);
}

const struct layer layer_prelu = {
    .name = "prelu", .shape = prelu_shape, .forward = prelu_forward, .backward = prelu_backward};
