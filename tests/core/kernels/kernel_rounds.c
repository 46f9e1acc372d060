// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/core/kernels/kernel_rounds.h"

#include "core/kernels/cpu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

int pick(struct rng *rng, int low, int high) {
    return low + (int)rng_below(rng, (uint32_t)(high - low + 1));
}

void each_table(uint64_t seed, int rounds,
                void (*check)(const struct kernels *kernels, struct rng *rng, bool odd)) {
    const struct kernels *tables[8];
    int n_tables = cpu_list(tables, 8);
    struct rng rng;
    rng_init(&rng, seed, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < rounds; round++) {
            check(tables[t], &rng, round % 2);
        }
    }
}

void guarded_check_and_free_all(struct guarded *const *buffers, const char *what) {
    for (; *buffers; buffers++) {
        guarded_check_and_free(*buffers, what);
    }
}

void grid_case_fill(struct grid_case *c, struct rng *rng, size_t x_len, size_t w_len, bool odd) {
    struct conv_grid *g = &c->g;
    c->x = guarded_random(rng, x_len);
    c->w = guarded_random(rng, w_len);
    c->bias = guarded_random(rng, (size_t)c->width);
    c->z = guarded_random(rng, (size_t)(g->rows * g->z_row));
    c->y = guarded_blank(c->z.n);
    if (odd) {
        guarded_sprinkle(rng, &c->x);
        guarded_sprinkle(rng, &c->z);
    }
    g->x = c->x.data;
    g->w = c->w.data;
    g->bias = pick(rng, 0, 1) ? c->bias.data : NULL;
    g->z = pick(rng, 0, 1) ? c->z.data : NULL;
    g->y = c->y.data;
}

void grid_case_check(struct grid_case *c, const char *what,
                     double (*output)(const struct grid_case *c, int i, int j, int k)) {
    const struct conv_grid *g = &c->g;
    struct guarded *y = &c->y, untouched = guarded_blank(y->n);
    for (int i = 0; i < g->rows * g->columns * c->width; i++) {
        int row = i / c->width / g->columns, column = i / c->width % g->columns, k = i % c->width;
        ptrdiff_t at = row * g->y_row + column * g->y_step + k;
        expect_close(what, (size_t)at, (double)y->data[at], output(c, row, column, k), 1e-4);
        y->data[at] = untouched.data[at];
    }
    assert_memory_equal(y->data, untouched.data, y->n * sizeof *y->data); // between the outputs
    GUARDED_CHECK_AND_FREE(what, &c->x, &c->w, &c->bias, &c->z, y, &untouched);
}
