// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/spectral.h"

#include "core/network/layers/layer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PI 3.14159265358979323846

// sum of cos(k angle) for k = 1 .. n, by Dirichlet's kernel
static double sum_of_cosines(int n, double angle) {
    double half = sin(angle / 2);
    return fabs(half) < 1e-9 ? n : 0.5 * (sin((n + 0.5) * angle) / half - 1);
}

void spectral_matrix(int size, int in, real *matrix) {
    for (int i = 0; i < size; i++) {
        for (int j = 0; j < in; j++) {
            double angle = 2 * PI * ((double)i / size - (double)j / in);
            double sum = 1 + 2 * sum_of_cosines((size - 1) / 2, angle);
            if (size % 2 == 0) {
                sum += (i % 2 ? -1 : 1) * cos(PI * fmod((double)size * j / in, 2));
            }
            matrix[i * in + j] = (real)(sum / in);
        }
    }
}

// y = A x B',  A:(H', H) B:(W', W)  saved: A, then B.  A worker's scratch: A x:(H', W)

static bool spectral_shape(struct node *node, const struct shape *in, char *error) {
    int h = node->spectral.h, w = node->spectral.w;
    if (h < 1 || w < 1 || h > in[0].h || w > in[0].w || h > 1024 || w > 1024 || in[0].h > 4096 ||
        in[0].w > 4096) {
        snprintf(error, GRAPH_ERROR_LEN, "spectral pooling makes %dx%d smaller, but not into %dx%d",
                 in[0].h, in[0].w, h, w);
        return false;
    }
    node->shape = (struct shape){in[0].c, h, w};
    return true;
}

static size_t spectral_saved_len(const struct node *node, const struct shape *in, int n) {
    (void)n;
    return (size_t)node->shape.h * (size_t)in->h + (size_t)node->shape.w * (size_t)in->w;
}

static size_t spectral_scratch_len(const struct node *node, const struct shape *in,
                                   const struct kernels *kernels) {
    (void)kernels;
    return (size_t)node->shape.h * (size_t)in->w;
}

static real dot(const real *a, const real *b, int n) {
    real sum = 0;
    for (int i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void forward_sample(void *arg, int sample, int worker) {
    const struct pass *pass = arg;
    struct shape in = pass->in[0], out = pass->node->shape;
    const real *a = pass->saved, *b = a + out.h * in.h;
    const real *x = pass->x[0] + (size_t)sample * shape_len(in);
    real *y = pass->y + (size_t)sample * shape_len(out);
    real *half = pass->scratch + (size_t)worker * pass->scratch_len;
    for (int c = 0; c < in.c; c++, x += in.h * in.w) {
        memset(half, 0, (size_t)out.h * (size_t)in.w * sizeof *half);
        for (int i = 0; i < out.h; i++) {
            for (int j = 0; j < in.h; j++) {
                pass->kernels->axpy((size_t)in.w, a[i * in.h + j], x + j * in.w, half + i * in.w);
            }
            for (int j = 0; j < out.w; j++) {
                *y++ = dot(half + i * in.w, b + j * in.w, in.w);
            }
        }
    }
}

static void spectral_forward(const struct pass *pass) {
    struct shape in = pass->in[0], out = pass->node->shape;
    spectral_matrix(out.h, in.h, pass->saved);
    spectral_matrix(out.w, in.w, pass->saved + out.h * in.h);
    thread_pool_run(pass->threads, pass->n, forward_sample, (void *)pass);
}

// dx = A' dy B
static void backward_sample(void *arg, int sample, int worker) {
    const struct pass *pass = arg;
    struct shape in = pass->in[0], out = pass->node->shape;
    const real *a = pass->saved, *b = a + out.h * in.h;
    const real *dy = pass->dy + (size_t)sample * shape_len(out);
    real *dx = pass->dx[0] + (size_t)sample * shape_len(in);
    real *row = pass->scratch + (size_t)worker * pass->scratch_len;
    for (int c = 0; c < in.c; c++, dx += in.h * in.w) {
        for (int i = 0; i < out.h; i++, dy += out.w) {
            memset(row, 0, (size_t)in.w * sizeof *row);
            for (int j = 0; j < out.w; j++) {
                pass->kernels->axpy((size_t)in.w, dy[j], b + j * in.w, row);
            }
            for (int j = 0; j < in.h; j++) {
                pass->kernels->axpy((size_t)in.w, a[i * in.h + j], row, dx + j * in.w);
            }
        }
    }
}

static void spectral_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        thread_pool_run(pass->threads, pass->n, backward_sample, (void *)pass);
    }
}

const struct layer layer_spectral_pool = {
    .name = "spectral_pool",
    .shape = spectral_shape,
    .forward = spectral_forward,
    .backward = spectral_backward,
    .saved_len = spectral_saved_len,
    .scratch_len = spectral_scratch_len,
};
