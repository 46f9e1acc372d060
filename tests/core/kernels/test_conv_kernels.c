// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The kernels of NHWC images of every table that this processor can run: convolutions and
// weight gradients against their definition in double precision, the rest against the scalar table;
// odd sizes, NaN, infinities and denormals, memory around that must stay as it was.

#include "tests/core/kernels/kernel_rounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

// A grid of outputs by its definition.
static double output(const struct grid_case *c, int i, int j, int k) {
    const struct conv_grid *g = &c->g;
    double sum = g->bias ? (double)g->bias[k] : 0;
    const float *x = g->x + i * g->x_row + j * g->x_step, *w = g->w + k;
    for (int t = 0; t < (k < c->width - c->filler ? g->n_taps : 0); t++) {
        for (int channel = 0; channel < g->channels; channel++, w += c->width) {
            sum += (double)x[g->taps[t] + channel] * (double)*w;
        }
    }
    sum += g->z ? (double)g->z[i * g->z_row + j * g->z_step + k] : 0;
    return g->relu && sum < 0 ? 0 : sum;
}

static void check_grid(const struct kernels *kernels, struct rng *rng, bool odd) {
    ptrdiff_t taps[9];
    int stride = pick(rng, 1, 2), gap = pick(rng, 0, 3);
    struct grid_case c = {.g = {
                              .rows = pick(rng, 1, 5),
                              .columns = pick(rng, 1, 19),
                              .channels = pick(rng, 1, 20),
                              .vectors = pick(rng, 1, kernels->vectors),
                              .n_taps = pick(rng, 0, 9),
                              .taps = taps,
                              .relu = pick(rng, 0, 1),
                          }};
    struct conv_grid *g = &c.g;
    g->half = g->vectors > 1 && pick(rng, 0, 1);
    c.width = g->vectors * kernels->lanes;
    c.filler = g->half ? kernels->lanes / 2 : 0;
    g->x_step = (ptrdiff_t)g->channels * stride;
    g->x_row = g->x_step * (g->columns + gap);
    g->y_step = g->z_step = c.width + gap;
    g->y_row = g->z_row = g->y_step * g->columns + gap;
    for (int t = 0; t < g->n_taps; t++) {
        taps[t] = pick(rng, 0, 30);
    }
    grid_case_fill(&c, rng, (size_t)(g->rows * g->x_row + 30 + g->channels),
                   (size_t)(g->n_taps * g->channels * c.width), odd);
    for (int i = 0; g->half && i < g->n_taps * g->channels; i++) {
        float *upper = c.w.data + (i + 1) * c.width - c.filler;
        memcpy(upper, upper - c.filler, (size_t)c.filler * sizeof *upper);
    }
    kernels->conv(g);
    grid_case_check(&c, kernels->name, output);
}

static void grids(void **state) {
    (void)state;
    each_table(11, 400, check_grid);
}

static double weight_gradient(const struct grad_tile *g, int c, int k) {
    double sum = 0;
    for (int h = 0; h < g->samples; h++) {
        for (int i = 0; i < g->rows; i++) {
            for (int j = 0; j < g->columns; j++) {
                sum += (double)g->x[h * g->x_sample + i * g->x_row + j * g->x_step + c] *
                       (double)g->d[h * g->d_sample + i * g->d_row + j * g->d_step + k];
            }
        }
    }
    return sum;
}

static void check_gradient(const struct kernels *kernels, struct rng *rng, bool odd) {
    (void)odd;
    int width, most = kernels->pixels;
    struct grad_tile g = {
        .n = pick(rng, 1, most),
        .vectors = pick(rng, 1, kernels->vectors),
        .samples = pick(rng, 1, 3),
        .rows = pick(rng, 1, 4),
        .columns = pick(rng, 1, 9),
    };
    width = g.vectors * kernels->lanes;
    g.x_step = pick(rng, 1, 20);
    g.x_row = g.x_step * g.columns;
    g.x_sample = g.x_row * g.rows;
    g.d_step = width;
    g.d_row = g.d_step * g.columns;
    g.d_sample = g.d_row * g.rows + 3;
    g.dw_step = width + pick(rng, 0, 5);
    struct guarded x = guarded_random(rng, (size_t)(g.samples * g.x_sample + most));
    struct guarded d = guarded_random(rng, (size_t)(g.samples * g.d_sample));
    struct guarded dw = guarded_random(rng, (size_t)(g.n * g.dw_step));
    struct guarded before = guarded_copy(&dw);
    g.x = x.data;
    g.d = d.data;
    g.dw = dw.data;
    kernels->grad_tile(&g);
    for (int i = 0; i < (int)dw.n; i++) {
        int c = i / (int)g.dw_step, k = i % (int)g.dw_step;
        double added = k < width ? weight_gradient(&g, c, k) : 0;
        expect_close(kernels->name, (size_t)i, (double)dw.data[i], (double)before.data[i] + added,
                     k < width ? 1e-4 : 0);
    }
    GUARDED_CHECK_AND_FREE(kernels->name, &x, &d, &dw, &before);
}

static void gradients(void **state) {
    (void)state;
    each_table(12, 300, check_gradient);
}

static void same_values(const char *what, const struct guarded *got, const struct guarded *wanted,
                        double tolerance) {
    for (size_t i = 0; i < got->n; i++) {
        expect_close(what, i, (double)got->data[i], (double)wanted->data[i], tolerance);
    }
}

static void check_winograd(const struct kernels *kernels, struct rng *rng, bool odd) {
    (void)odd;
    int channels = kernels->lanes * pick(rng, 1, 3), step = channels + pick(rng, 0, 3);
    struct guarded d = guarded_random(rng, (size_t)(WINOGRAD_POINTS * step));
    struct guarded v = guarded_blank(d.n), wanted_v = guarded_copy(&v);
    kernels->winograd_in(channels, d.data, WINOGRAD_IN * step, step, v.data, step);
    kernels_scalar.winograd_in(channels, d.data, WINOGRAD_IN * step, step, wanted_v.data, step);
    same_values(kernels->name, &v, &wanted_v, 1e-4);
    struct guarded bias = guarded_random(rng, (size_t)channels);
    struct guarded z = guarded_random(rng, (size_t)(WINOGRAD_OUT * WINOGRAD_OUT * step));
    struct guarded y = guarded_blank(z.n), wanted_y = guarded_copy(&y);
    struct winograd_tile tile = {
        .channels = channels,
        .m = d.data,
        .m_step = step,
        .bias = pick(rng, 0, 1) ? bias.data : NULL,
        .z = pick(rng, 0, 1) ? z.data : NULL,
        .z_row = WINOGRAD_OUT * step,
        .z_step = step,
        .relu = pick(rng, 0, 1),
        .y = y.data,
        .y_row = WINOGRAD_OUT * step,
        .y_step = step,
    };
    kernels->winograd_out(&tile);
    tile.y = wanted_y.data;
    kernels_scalar.winograd_out(&tile);
    same_values(kernels->name, &y, &wanted_y, 1e-4);
    GUARDED_CHECK_AND_FREE(kernels->name, &d, &v, &wanted_v, &bias, &z, &y, &wanted_y);
}

static void winograd_transforms(void **state) {
    (void)state;
    each_table(13, 100, check_winograd);
}

static void check_channels(const struct kernels *kernels, struct rng *rng, bool odd) {
    struct pixels size = {pick(rng, 1, 20), kernels->lanes * pick(rng, 1, 3)};
    size_t n = (size_t)(size.n * size.channels), c = (size_t)size.channels;
    struct guarded d = guarded_random(rng, n), x = guarded_random(rng, n);
    struct guarded y = guarded_random(rng, n), a = guarded_random(rng, c);
    struct guarded b = guarded_random(rng, c), r = guarded_random(rng, c);
    struct guarded got = guarded_random(rng, n), wanted = guarded_copy(&got);
    if (odd) {
        guarded_sprinkle(rng, &d);
        guarded_sprinkle(rng, &y);
    }
    const float *mask = pick(rng, 0, 1) ? y.data : NULL;
    bool flag = pick(rng, 0, 1);
    double sums[2][2][64] = {{{0}}};
    for (int i = 0; i < 2; i++) {
        const struct kernels *which = i ? &kernels_scalar : kernels;
        float *to = i ? wanted.data : got.data;
        which->channel_sums(size, d.data, mask, x.data, a.data, sums[i][0], sums[i][1]);
        which->relu_back(n, d.data, mask, flag, to);
    }
    for (size_t i = 0; i < c; i++) {
        expect_close(kernels->name, i, sums[0][0][i], sums[1][0][i], 1e-4);
        expect_close(kernels->name, i, sums[0][1][i], sums[1][1][i], 1e-4);
    }
    same_values(kernels->name, &got, &wanted, 0);
    kernels->scale_shift(size, d.data, a.data, b.data, mask, flag, got.data);
    kernels_scalar.scale_shift(size, d.data, a.data, b.data, mask, flag, wanted.data);
    same_values(kernels->name, &got, &wanted, 1e-5);
    kernels->norm_back(size, d.data, mask, x.data, a.data, b.data, r.data, got.data);
    kernels_scalar.norm_back(size, d.data, mask, x.data, a.data, b.data, r.data, wanted.data);
    same_values(kernels->name, &got, &wanted, 1e-5);
    GUARDED_CHECK_AND_FREE(kernels->name, &d, &x, &y, &a, &b, &r, &got, &wanted);
}

static void channel_kernels(void **state) {
    (void)state;
    each_table(14, 200, check_channels);
}

static void check_pool(const struct kernels *kernels, struct rng *rng, bool odd) {
    int channels = kernels->lanes * pick(rng, 1, 3);
    struct pool_patch patch = {
        .rows = pick(rng, 1, 4),
        .columns = pick(rng, 1, 4),
        .channels = channels,
        .mean = pick(rng, 0, 1),
        .x_step = channels + pick(rng, 0, 3),
    };
    patch.x_row = patch.x_step * patch.columns + pick(rng, 0, 7);
    struct guarded x = guarded_random(rng, (size_t)(patch.rows * patch.x_row));
    struct guarded got = guarded_blank((size_t)channels), wanted = guarded_copy(&got);
    if (odd) {
        guarded_sprinkle(rng, &x);
    }
    patch.x = x.data;
    patch.y = got.data;
    kernels->pool(&patch);
    patch.y = wanted.data;
    kernels_scalar.pool(&patch);
    same_values(kernels->name, &got, &wanted, 1e-6);
    GUARDED_CHECK_AND_FREE(kernels->name, &x, &got, &wanted);
}

static void pools(void **state) {
    (void)state;
    each_table(16, 200, check_pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids),
        cmocka_unit_test(gradients),
        cmocka_unit_test(winograd_transforms),
        cmocka_unit_test(channel_kernels),
        cmocka_unit_test(pools),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
