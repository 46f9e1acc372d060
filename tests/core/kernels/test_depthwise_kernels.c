// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The kernels of depthwise convolutions of every table that this processor can run, against their
// definition in double precision.

#include "tests/core/kernels/kernel_rounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

// Taps in a window of n across, some of them spread out, and others anywhere.
static int window_taps(struct rng *rng, ptrdiff_t step, ptrdiff_t *taps) {
    int across = pick(rng, 1, 5), down = pick(rng, 0, 5);
    ptrdiff_t spread = step * pick(rng, 1, 2), row = pick(rng, 0, 40);
    for (int t = 0; t < across * down; t++) {
        taps[t] = t / across * row + t % across * spread;
    }
    if (across * down > 0 && pick(rng, 0, 3) == 0) {
        taps[pick(rng, 0, across * down - 1)] = pick(rng, 0, 40);
    }
    return across * down;
}

static ptrdiff_t farthest(const ptrdiff_t *taps, int n) {
    ptrdiff_t most = 0;
    for (int t = 0; t < n; t++) {
        most = taps[t] > most ? taps[t] : most;
    }
    return most;
}

// A grid by its definition.
static double output(const struct grid_case *c, int i, int j, int k) {
    const struct conv_grid *g = &c->g;
    int lanes = c->lanes;
    double sum = g->bias ? (double)g->bias[k] : 0;
    for (int t = 0; t < g->n_taps; t++) {
        sum += (double)g->x[i * g->x_row + j * g->x_step + g->taps[t] + k] *
               (double)g->w[(k / lanes * g->n_taps + t) * lanes + k % lanes];
    }
    sum += g->z ? (double)g->z[i * g->z_row + j * g->z_step + k] : 0;
    return g->relu && sum < 0 ? 0 : sum;
}

static void check_grid(const struct kernels *kernels, struct rng *rng, bool odd) {
    ptrdiff_t taps[25];
    int gap = pick(rng, 0, 3), stride = pick(rng, 1, 3);
    struct grid_case c = {.lanes = kernels->lanes,
                          .g = {
                              .rows = pick(rng, 1, 3),
                              .columns = pick(rng, 1, 11),
                              .vectors = pick(rng, 1, 5),
                              .taps = taps,
                              .relu = pick(rng, 0, 1),
                          }};
    struct conv_grid *g = &c.g;
    c.width = g->vectors * kernels->lanes;
    g->n_taps = window_taps(rng, c.width + gap, taps);
    g->x_step = (ptrdiff_t)(c.width + gap) * stride;
    g->x_row = g->x_step * (g->columns + gap);
    g->y_step = g->z_step = c.width + gap;
    g->y_row = g->z_row = g->y_step * g->columns + gap;
    grid_case_fill(&c, rng, (size_t)(g->rows * g->x_row + farthest(taps, g->n_taps)),
                   (size_t)(g->n_taps * c.width), odd);
    kernels->depthwise(g);
    grid_case_check(&c, kernels->name, output);
}

static void grids(void **state) {
    (void)state;
    each_table(17, 800, check_grid);
}

static double weight_gradient(const struct depthwise_grad *g, int t, int k) {
    double sum = 0;
    for (int i = 0; i < g->rows; i++) {
        for (int j = 0; j < g->columns; j++) {
            sum += (double)g->x[i * g->x_row + j * g->x_step + g->taps[t] + k] *
                   (double)g->d[i * g->d_row + j * g->d_step + k];
        }
    }
    return sum;
}

static void check_gradient(const struct kernels *kernels, struct rng *rng, bool odd) {
    (void)odd;
    ptrdiff_t taps[25];
    struct depthwise_grad g = {
        .rows = pick(rng, 1, 4),
        .columns = pick(rng, 1, 9),
        .vectors = pick(rng, 1, 5),
        .taps = taps,
    };
    int width = g.vectors * kernels->lanes;
    g.n_taps = window_taps(rng, width, taps);
    g.x_step = (ptrdiff_t)width * pick(rng, 1, 3);
    g.x_row = g.x_step * g.columns + pick(rng, 0, 5);
    g.d_step = width + pick(rng, 0, 5);
    g.d_row = g.d_step * g.columns;
    struct guarded x = guarded_random(rng, (size_t)(g.rows * g.x_row + farthest(taps, g.n_taps)));
    struct guarded d = guarded_random(rng, (size_t)(g.rows * g.d_row));
    struct guarded dw = guarded_random(rng, (size_t)(g.n_taps * width));
    struct guarded before = guarded_copy(&dw);
    g.x = x.data;
    g.d = d.data;
    g.dw = dw.data;
    kernels->depthwise_grad(&g);
    for (int i = 0; i < (int)dw.n; i++) {
        double added = weight_gradient(&g, i / width, i % width);
        expect_close(kernels->name, (size_t)i, (double)dw.data[i], (double)before.data[i] + added,
                     1e-4);
    }
    GUARDED_CHECK_AND_FREE(kernels->name, &x, &d, &dw, &before);
}

static void gradients(void **state) {
    (void)state;
    each_table(18, 300, check_gradient);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids),
        cmocka_unit_test(gradients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
