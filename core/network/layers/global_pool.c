// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

// Global average pooling (Lin et al., Network In Network, 2013).  x:(N,C,H,W) y:(N,C,1,1)

static bool global_pool_shape(struct node *node, const struct shape *in, char *error) {
    (void)error;
    node->shape = (struct shape){in[0].c, 1, 1};
    return true;
}

static void global_pool_forward(const struct pass *pass) {
    int area = pass->in[0].h * pass->in[0].w;
    const real *x = pass->x[0];
    for (int i = 0; i < pass->n * pass->in[0].c; i++, x += area) {
        real sum = 0;
        for (int p = 0; p < area; p++) {
            sum += x[p];
        }
        pass->y[i] = sum / (real)area;
    }
}

static void global_pool_backward(const struct pass *pass) {
    int area = pass->in[0].h * pass->in[0].w;
    real *dx = pass->dx[0];
    for (int i = 0; dx && i < pass->n * pass->in[0].c; i++, dx += area) {
        for (int p = 0; p < area; p++) {
            dx[p] += pass->dy[i] / (real)area;
        }
    }
}

const struct layer layer_global_pool = {.name = "global_pool",
                                        .shape = global_pool_shape,
                                        .forward = global_pool_forward,
                                        .backward = global_pool_backward};
