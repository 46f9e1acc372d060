// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "layer.h"

#include <string.h>

static int max_int(int a, int b) {
    return a > b ? a : b;
}
static int min_int(int a, int b) {
    return a < b ? a : b;
}

// The part of the input under the window of output (oy, ox), cut at the borders.
struct patch {
    int y0, y1, x0, x1;
};

static struct patch patch_of(const struct window *w, struct shape in, int oy, int ox) {
    int y = oy * w->stride_h - w->top, x = ox * w->stride_w - w->left;
    return (struct patch){max_int(y, 0), min_int(y + w->kernel_h, in.h), max_int(x, 0),
                          min_int(x + w->kernel_w, in.w)};
}

static bool pool_shape(struct node *node, const struct shape *in, char *error) {
    const struct window *w = &node->pool.window;
    if (w->top >= w->kernel_h || w->bottom >= w->kernel_h || w->left >= w->kernel_w ||
        w->right >= w->kernel_w || w->dilation_h != 1 || w->dilation_w != 1) {
        strcpy(error, "a pool's padding must be smaller than its kernel, and it has no dilation");
        return false;
    }
    return layer_window_shape(w, in[0], in[0].c, &node->shape, error);
}

static real average(const real *x, int width, struct patch p) {
    real sum = 0;
    for (int y = p.y0; y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            sum += x[y * width + i];
        }
    }
    return sum / (real)((p.y1 - p.y0) * (p.x1 - p.x0));
}

static int argmax(const real *x, int width, struct patch p) {
    int best = p.y0 * width + p.x0;
    for (int y = p.y0; y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            best = x[y * width + i] > x[best] ? y * width + i : best;
        }
    }
    return best;
}

static void forward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    const struct pool *pool = &pass->node->pool;
    struct shape in = pass->in[0], out = pass->node->shape;
    const real *x = pass->x[0] + (size_t)sample * shape_len(in);
    real *y = pass->y + (size_t)sample * shape_len(out);
    for (int c = 0; c < out.c; c++, x += in.h * in.w) {
        for (int oy = 0; oy < out.h; oy++) {
            for (int ox = 0; ox < out.w; ox++) {
                struct patch p = patch_of(&pool->window, in, oy, ox);
                *y++ = pool->kind == POOL_MAX ? x[argmax(x, in.w, p)] : average(x, in.w, p);
            }
        }
    }
}

static void pool_forward(const struct pass *pass) {
    team_run(pass->team, pass->n, forward_sample, (void *)pass);
}

static void spread(real *dx, int width, struct patch p, real dy) {
    real share = dy / (real)((p.y1 - p.y0) * (p.x1 - p.x0));
    for (int y = p.y0; y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            dx[y * width + i] += share;
        }
    }
}

static void backward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    const struct pool *pool = &pass->node->pool;
    struct shape in = pass->in[0], out = pass->node->shape;
    const real *x = pass->x[0] + (size_t)sample * shape_len(in);
    const real *dy = pass->dy + (size_t)sample * shape_len(out);
    real *dx = pass->dx[0] + (size_t)sample * shape_len(in);
    for (int c = 0; c < out.c; c++, x += in.h * in.w, dx += in.h * in.w) {
        for (int oy = 0; oy < out.h; oy++) {
            for (int ox = 0; ox < out.w; ox++, dy++) {
                struct patch p = patch_of(&pool->window, in, oy, ox);
                if (pool->kind == POOL_MAX) {
                    dx[argmax(x, in.w, p)] += *dy;
                } else {
                    spread(dx, in.w, p, *dy);
                }
            }
        }
    }
}

static void pool_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        team_run(pass->team, pass->n, backward_sample, (void *)pass);
    }
}

const struct layer layer_pool = {
    .name = "pool", .shape = pool_shape, .forward = pool_forward, .backward = pool_backward};

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
