// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include "core/base/min_max.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const names[N_POOL_KINDS] = {"max", "average", "lp", "stochastic", "mixed"};

const char *pool_name(enum pool_kind kind) {
    return names[kind];
}

// The part of the input under the window of output (oy, ox), cut at the borders, and how many
// values an average divides by.
struct patch {
    int y0, y1, x0, x1, count;
};

static struct patch patch_of(const struct pool *pool, struct shape in, int oy, int ox) {
    const struct window *w = &pool->window;
    int y = oy * w->stride_h - w->top, x = ox * w->stride_w - w->left;
    struct patch p = {max_int(y, 0), min_int(y + w->kernel_h, in.h), max_int(x, 0),
                      min_int(x + w->kernel_w, in.w), 0};
    p.count = (p.y1 - p.y0) * (p.x1 - p.x0);
    if (pool->counts_padding) {
        p.count = (min_int(y + w->kernel_h, in.h + w->bottom - pool->beyond_h) - y) *
                  (min_int(x + w->kernel_w, in.w + w->right - pool->beyond_w) - x);
    }
    return p;
}

static bool pool_shape(struct node *node, const struct shape *in, char *error) {
    const struct pool *pool = &node->pool;
    const struct window *w = &pool->window;
    if (w->top >= w->kernel_h || w->bottom >= w->kernel_h || w->left >= w->kernel_w ||
        w->right >= w->kernel_w || w->dilation_h != 1 || w->dilation_w != 1) {
        strcpy(error, "a pool's padding must be smaller than its kernel, and it has no dilation");
        return false;
    }
    if ((unsigned)pool->kind >= N_POOL_KINDS || pool->beyond_h < 0 || pool->beyond_w < 0 ||
        pool->beyond_h > w->bottom || pool->beyond_w > w->right) {
        strcpy(error, "a pool must be of a known kind and stay within its padding");
        return false;
    }
    if (pool->kind == POOL_LP && !(pool->exponent >= 1 && pool->exponent <= 64)) {
        strcpy(error, "the exponent of an Lp pool must be 1 to 64");
        return false;
    }
    return window_shape(w, in[0], in[0].c, &node->shape, error);
}

// Each kind is two functions of one channel x with rows of `width` pixels, a patch of it, and a
// number drawn from [0, 1): the value, and the addition of dy times its gradient to dx.
struct call {
    const struct pool *pool;
    int width;
    bool training;
};

static int argmax_of(const real *x, int width, struct patch p) {
    int best = p.y0 * width + p.x0;
    for (int y = p.y0; y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            best = x[y * width + i] > x[best] ? y * width + i : best;
        }
    }
    return best;
}

static real max_value(const struct call *call, const real *x, struct patch p, double draw) {
    (void)draw;
    return x[argmax_of(x, call->width, p)];
}

static void max_gradient(const struct call *call, const real *x, struct patch p, double draw,
                         real dy, real *dx) {
    (void)draw;
    dx[argmax_of(x, call->width, p)] += dy;
}

static real average_value(const struct call *call, const real *x, struct patch p, double draw) {
    (void)draw;
    real sum = 0;
    for (int y = p.y0; y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            sum += x[y * call->width + i];
        }
    }
    return sum / (real)p.count;
}

static void average_gradient(const struct call *call, const real *x, struct patch p, double draw,
                             real dy, real *dx) {
    (void)x;
    (void)draw;
    for (int y = p.y0; y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            dx[y * call->width + i] += dy / (real)p.count;
        }
    }
}

static double power(double x, double exponent) {
    return exponent == 1 ? x : exponent == 2 ? x * x : pow(x, exponent);
}

static real lp_value(const struct call *call, const real *x, struct patch p, double draw) {
    (void)draw;
    double sum = 0, exponent = (double)call->pool->exponent;
    for (int y = p.y0; y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            sum += power(fabs((double)x[y * call->width + i]), exponent);
        }
    }
    return (real)pow(sum, 1 / exponent);
}

// dy/dx = sign(x) (|x| / y)^(exponent - 1), 0 where all x are 0
static void lp_gradient(const struct call *call, const real *x, struct patch p, double draw,
                        real dy, real *dx) {
    double exponent = (double)call->pool->exponent, norm = (double)lp_value(call, x, p, draw);
    for (int y = p.y0; norm > 0 && y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            double value = (double)x[y * call->width + i];
            double slope = value == 0 ? 0 : power(fabs(value) / norm, exponent - 1);
            dx[y * call->width + i] += dy * (real)copysign(slope, value);
        }
    }
}

// The sums of max(x, 0) and of its square.
static void positive_sums(const struct call *call, const real *x, struct patch p, double *sum,
                          double *squares) {
    *sum = *squares = 0;
    for (int y = p.y0; y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            double value = fmax((double)x[y * call->width + i], 0);
            *sum += value;
            *squares += value * value;
        }
    }
}

// The place of the pixel that the draw falls on, which is positive; -1 when none is.
static int drawn(const struct call *call, const real *x, struct patch p, double draw) {
    double sum, squares;
    positive_sums(call, x, p, &sum, &squares);
    int last = -1;
    double left = draw * sum;
    for (int y = p.y0; y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            double value = (double)x[y * call->width + i];
            if (value > 0) {
                last = y * call->width + i;
                left -= value;
                if (left < 0) {
                    return last;
                }
            }
        }
    }
    return last;
}

static real stochastic_value(const struct call *call, const real *x, struct patch p, double draw) {
    if (call->training) {
        int at = drawn(call, x, p, draw);
        return at < 0 ? 0 : x[at];
    }
    double sum, squares;
    positive_sums(call, x, p, &sum, &squares);
    return sum > 0 ? (real)(squares / sum) : 0;
}

// At inference, with y = sum x^2 / sum x over the positive x:  dy/dx_i = (2 x_i - y) / sum x
static void stochastic_gradient(const struct call *call, const real *x, struct patch p, double draw,
                                real dy, real *dx) {
    if (call->training) {
        int at = drawn(call, x, p, draw);
        if (at >= 0) {
            dx[at] += dy;
        }
        return;
    }
    double sum, squares;
    positive_sums(call, x, p, &sum, &squares);
    for (int y = p.y0; sum > 0 && y < p.y1; y++) {
        for (int i = p.x0; i < p.x1; i++) {
            double value = (double)x[y * call->width + i];
            double slope = value > 0 ? (2 * value - squares / sum) / sum : 0;
            dx[y * call->width + i] += dy * (real)slope;
        }
    }
}

// How much of the maximum a mixed pool takes.
static real share_of_max(const struct call *call, double draw) {
    return call->training ? draw < 0.5 : (real)0.5;
}

static real mixed_value(const struct call *call, const real *x, struct patch p, double draw) {
    real share = share_of_max(call, draw);
    return share * max_value(call, x, p, 0) + (1 - share) * average_value(call, x, p, 0);
}

static void mixed_gradient(const struct call *call, const real *x, struct patch p, double draw,
                           real dy, real *dx) {
    real share = share_of_max(call, draw);
    max_gradient(call, x, p, 0, share * dy, dx);
    average_gradient(call, x, p, 0, (1 - share) * dy, dx);
}

static const struct {
    real (*value)(const struct call *, const real *, struct patch, double);
    void (*gradient)(const struct call *, const real *, struct patch, double, real, real *);
} kinds[N_POOL_KINDS] = {
    [POOL_MAX] = {max_value, max_gradient},
    [POOL_AVERAGE] = {average_value, average_gradient},
    [POOL_LP] = {lp_value, lp_gradient},
    [POOL_STOCHASTIC] = {stochastic_value, stochastic_gradient},
    [POOL_MIXED] = {mixed_value, mixed_gradient},
};

// The numbers that one sample draws: the same in the backward pass as in the forward pass, since
// both visit the windows in the same order.
struct draws {
    struct rng rng;
    bool by_window, by_channel;
    double present;
};

static struct draws begin_draws(const struct pass *pass, int sample) {
    enum pool_kind kind = pass->node->pool.kind;
    struct draws draws = {.by_window = pass->training && kind == POOL_STOCHASTIC,
                          .by_channel = pass->training && kind == POOL_MIXED};
    rng_init(&draws.rng, pass->seed, (uint64_t)sample);
    return draws;
}

static double next_draw(struct draws *draws, bool new_channel) {
    if (draws->by_window || (draws->by_channel && new_channel)) {
        draws->present = rng_uniform(&draws->rng);
    }
    return draws->present;
}

static void forward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    const struct pool *pool = &pass->node->pool;
    struct shape in = pass->in[0], out = pass->node->shape;
    struct call call = {pool, in.w, pass->training};
    struct draws draws = begin_draws(pass, sample);
    const real *x = pass->x[0] + (size_t)sample * shape_len(in);
    real *y = pass->y + (size_t)sample * shape_len(out);
    for (int c = 0; c < out.c; c++, x += in.h * in.w) {
        for (int i = 0; i < out.h * out.w; i++) {
            struct patch p = patch_of(pool, in, i / out.w, i % out.w);
            *y++ = kinds[pool->kind].value(&call, x, p, next_draw(&draws, i == 0));
        }
    }
}

static void pool_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->n, forward_sample, (void *)pass);
}

static void backward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    const struct pool *pool = &pass->node->pool;
    struct shape in = pass->in[0], out = pass->node->shape;
    struct call call = {pool, in.w, pass->training};
    struct draws draws = begin_draws(pass, sample);
    const real *x = pass->x[0] + (size_t)sample * shape_len(in);
    const real *dy = pass->dy + (size_t)sample * shape_len(out);
    real *dx = pass->dx[0] + (size_t)sample * shape_len(in);
    for (int c = 0; c < out.c; c++, x += in.h * in.w, dx += in.h * in.w) {
        for (int i = 0; i < out.h * out.w; i++, dy++) {
            struct patch p = patch_of(pool, in, i / out.w, i % out.w);
            kinds[pool->kind].gradient(&call, x, p, next_draw(&draws, i == 0), *dy, dx);
        }
    }
}

static void pool_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        thread_pool_run(pass->threads, pass->n, backward_sample, (void *)pass);
    }
}

const struct layer layer_pool = {.name = "pool",
                                 .attributes = {ATTR(pool.kind), ATTR(pool.window),
                                                ATTR(pool.exponent), ATTR(pool.counts_padding),
                                                ATTR(pool.beyond_h), ATTR(pool.beyond_w)},
                                 .shape = pool_shape,
                                 .forward = pool_forward,
                                 .backward = pool_backward};

// Un-pooling (Zeiler et al., Adaptive deconvolutional networks for mid and high level feature
// learning, 2011): the values go where a max pool of x found its maxima, zeros elsewhere; where
// windows overlap in a maximum, their values are added, so that this is the pool's gradient.
//   v:(N, C, H', W') x:(N, C, H, W), the pool's input, which gets no gradient  y:(N, C, H, W)

static bool unpool_shape(struct node *node, const struct shape *in, char *error) {
    if (node->pool.kind != POOL_MAX) {
        strcpy(error, "only a max pool has places to go back to");
        return false;
    }
    if (!pool_shape(node, in + 1, error)) {
        return false;
    }
    if (memcmp(&node->shape, in, sizeof *in) != 0) {
        snprintf(error, GRAPH_ERROR_LEN, "%dx%dx%d cannot take back a pool that made %dx%dx%d",
                 in[0].c, in[0].h, in[0].w, node->shape.c, node->shape.h, node->shape.w);
        return false;
    }
    node->shape = in[1];
    return true;
}

// Of a sample, the values are written to y, or gathered from dy into dv.
static void unpool_sample(const struct pass *pass, int sample, bool backward) {
    struct shape small = pass->in[0], large = pass->in[1];
    size_t values = (size_t)sample * shape_len(small), at = (size_t)sample * shape_len(large);
    for (int c = 0; c < small.c; c++, at += (size_t)large.h * (size_t)large.w) {
        for (int i = 0; i < small.h * small.w; i++, values++) {
            struct patch p = patch_of(&pass->node->pool, large, i / small.w, i % small.w);
            size_t best = at + (size_t)argmax_of(pass->x[1] + at, large.w, p);
            if (backward) {
                pass->dx[0][values] += pass->dy[best];
            } else {
                pass->y[best] += pass->x[0][values];
            }
        }
    }
}

static void unpool_forward_sample(void *arg, int sample, int worker) {
    (void)worker;
    const struct pass *pass = arg;
    size_t len = shape_len(pass->node->shape);
    memset(pass->y + (size_t)sample * len, 0, len * sizeof *pass->y);
    unpool_sample(pass, sample, false);
}

static void unpool_backward_sample(void *arg, int sample, int worker) {
    (void)worker;
    unpool_sample(arg, sample, true);
}

static void unpool_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, pass->n, unpool_forward_sample, (void *)pass);
}

static void unpool_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        thread_pool_run(pass->threads, pass->n, unpool_backward_sample, (void *)pass);
    }
}

const struct layer layer_unpool = {
    .name = "unpool",
    .attributes = {ATTR(pool.window), ATTR(pool.beyond_h), ATTR(pool.beyond_w)},
    .shape = unpool_shape,
    .forward = unpool_forward,
    .backward = unpool_backward};
