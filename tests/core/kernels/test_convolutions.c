// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The kernels of NHWC images of every table that this processor can run: convolutions and
// weight gradients against their definition in double precision, the rest against the scalar table;
// odd sizes, NaN, infinities and denormals, memory around that must stay as it was. Then whole
// convolutions of every shape, direct and by Winograd's algorithm, against plain loops.

#include "core/nhwc/nhwc_conv.h"
#include "core/kernels/cpu.h"
#include "tests/core/kernels/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct kernels *tables[8];
static int n_tables;

static int pick(struct rng *rng, int low, int high) {
    return low + (int)rng_below(rng, (uint32_t)(high - low + 1));
}

// A grid of outputs by its definition.
static double output(const struct conv_grid *g, int width, int filler, int i, int j, int k) {
    double sum = g->bias ? (double)g->bias[k] : 0;
    const float *x = g->x + i * g->x_row + j * g->x_step, *w = g->w + k;
    for (int t = 0; t < (k < width - filler ? g->n_taps : 0); t++) {
        for (int c = 0; c < g->channels; c++, w += width) {
            sum += (double)x[g->taps[t] + c] * (double)*w;
        }
    }
    sum += g->z ? (double)g->z[i * g->z_row + j * g->z_step + k] : 0;
    return g->relu && sum < 0 ? 0 : sum;
}

static void check_grid(const struct kernels *kernels, struct rng *rng, bool odd) {
    ptrdiff_t taps[9];
    int stride = pick(rng, 1, 2), gap = pick(rng, 0, 3), width;
    struct conv_grid g = {
        .rows = pick(rng, 1, 5),
        .columns = pick(rng, 1, 19),
        .channels = pick(rng, 1, 20),
        .vectors = pick(rng, 1, kernels->vectors),
        .n_taps = pick(rng, 0, 9),
        .taps = taps,
        .relu = pick(rng, 0, 1),
    };
    g.half = g.vectors > 1 && pick(rng, 0, 1);
    width = g.vectors * kernels->lanes;
    g.x_step = (ptrdiff_t)g.channels * stride;
    g.x_row = g.x_step * (g.columns + gap);
    g.y_step = g.z_step = width + gap;
    g.y_row = g.z_row = g.y_step * g.columns + gap;
    for (int t = 0; t < g.n_taps; t++) {
        taps[t] = pick(rng, 0, 30);
    }
    struct guarded x = guarded_random(rng, (size_t)(g.rows * g.x_row + 30 + g.channels));
    struct guarded w = guarded_random(rng, (size_t)(g.n_taps * g.channels * width));
    int filler = g.half ? kernels->lanes / 2 : 0;
    for (int i = 0; g.half && i < g.n_taps * g.channels; i++) {
        float *upper = w.data + (i + 1) * width - filler;
        memcpy(upper, upper - filler, (size_t)filler * sizeof *upper);
    }
    struct guarded bias = guarded_random(rng, (size_t)width);
    struct guarded z = guarded_random(rng, (size_t)(g.rows * g.z_row));
    struct guarded y = guarded_blank(z.n);
    if (odd) {
        guarded_sprinkle(rng, &x);
        guarded_sprinkle(rng, &z);
    }
    g.x = x.data;
    g.w = w.data;
    g.bias = pick(rng, 0, 1) ? bias.data : NULL;
    g.z = pick(rng, 0, 1) ? z.data : NULL;
    g.y = y.data;
    struct guarded untouched = guarded_copy(&y);
    kernels->conv(&g);
    for (int i = 0; i < g.rows; i++) {
        for (int j = 0; j < g.columns; j++) {
            for (int k = 0; k < width; k++) {
                ptrdiff_t at = i * g.y_row + j * g.y_step + k;
                expect_close(kernels->name, (size_t)at, (double)y.data[at],
                             output(&g, width, filler, i, j, k), 1e-4);
                y.data[at] = untouched.data[at];
            }
        }
    }
    assert_memory_equal(y.data, untouched.data, y.n * sizeof *y.data); // between the outputs
    struct guarded *all[] = {&x, &w, &bias, &z, &y, &untouched};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        guarded_check_and_free(all[i], kernels->name);
    }
}

static void grids(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 11, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 400; round++) {
            check_grid(tables[t], &rng, round % 2);
        }
    }
}

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

// A depthwise grid by its definition.
static double depthwise_output(const struct conv_grid *g, int lanes, int i, int j, int k) {
    double sum = g->bias ? (double)g->bias[k] : 0;
    for (int t = 0; t < g->n_taps; t++) {
        sum += (double)g->x[i * g->x_row + j * g->x_step + g->taps[t] + k] *
               (double)g->w[(k / lanes * g->n_taps + t) * lanes + k % lanes];
    }
    sum += g->z ? (double)g->z[i * g->z_row + j * g->z_step + k] : 0;
    return g->relu && sum < 0 ? 0 : sum;
}

static void check_depthwise(const struct kernels *kernels, struct rng *rng, bool odd) {
    ptrdiff_t taps[25];
    int width, gap = pick(rng, 0, 3), stride = pick(rng, 1, 3);
    struct conv_grid g = {
        .rows = pick(rng, 1, 3),
        .columns = pick(rng, 1, 11),
        .vectors = pick(rng, 1, 5),
        .taps = taps,
        .relu = pick(rng, 0, 1),
    };
    width = g.vectors * kernels->lanes;
    g.n_taps = window_taps(rng, width + gap, taps);
    g.x_step = (ptrdiff_t)(width + gap) * stride;
    g.x_row = g.x_step * (g.columns + gap);
    g.y_step = g.z_step = width + gap;
    g.y_row = g.z_row = g.y_step * g.columns + gap;
    struct guarded x = guarded_random(rng, (size_t)(g.rows * g.x_row + farthest(taps, g.n_taps)));
    struct guarded w = guarded_random(rng, (size_t)(g.n_taps * width));
    struct guarded bias = guarded_random(rng, (size_t)width);
    struct guarded z = guarded_random(rng, (size_t)(g.rows * g.z_row));
    struct guarded y = guarded_blank(z.n);
    if (odd) {
        guarded_sprinkle(rng, &x);
        guarded_sprinkle(rng, &z);
    }
    g.x = x.data;
    g.w = w.data;
    g.bias = pick(rng, 0, 1) ? bias.data : NULL;
    g.z = pick(rng, 0, 1) ? z.data : NULL;
    g.y = y.data;
    struct guarded untouched = guarded_copy(&y);
    kernels->depthwise(&g);
    for (int i = 0; i < g.rows * g.columns * width; i++) {
        int row = i / width / g.columns, column = i / width % g.columns, k = i % width;
        ptrdiff_t at = row * g.y_row + column * g.y_step + k;
        expect_close(kernels->name, (size_t)at, (double)y.data[at],
                     depthwise_output(&g, kernels->lanes, row, column, k), 1e-4);
        y.data[at] = untouched.data[at];
    }
    assert_memory_equal(y.data, untouched.data, y.n * sizeof *y.data); // between the outputs
    struct guarded *all[] = {&x, &w, &bias, &z, &y, &untouched};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        guarded_check_and_free(all[i], kernels->name);
    }
}

static void depthwise_grids(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 17, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 800; round++) {
            check_depthwise(tables[t], &rng, round % 2);
        }
    }
}

static double depthwise_weight_gradient(const struct depthwise_grad *g, int t, int k) {
    double sum = 0;
    for (int i = 0; i < g->rows; i++) {
        for (int j = 0; j < g->columns; j++) {
            sum += (double)g->x[i * g->x_row + j * g->x_step + g->taps[t] + k] *
                   (double)g->d[i * g->d_row + j * g->d_step + k];
        }
    }
    return sum;
}

static void check_depthwise_gradient(const struct kernels *kernels, struct rng *rng) {
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
        double added = depthwise_weight_gradient(&g, i / width, i % width);
        expect_close(kernels->name, (size_t)i, (double)dw.data[i], (double)before.data[i] + added,
                     1e-4);
    }
    struct guarded *all[] = {&x, &d, &dw, &before};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        guarded_check_and_free(all[i], kernels->name);
    }
}

static void depthwise_gradients(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 18, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 300; round++) {
            check_depthwise_gradient(tables[t], &rng);
        }
    }
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

static void check_gradient(const struct kernels *kernels, struct rng *rng) {
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
    struct guarded *all[] = {&x, &d, &dw, &before};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        guarded_check_and_free(all[i], kernels->name);
    }
}

static void gradients(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 12, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 300; round++) {
            check_gradient(tables[t], &rng);
        }
    }
}

static void same_values(const char *what, const struct guarded *got, const struct guarded *wanted,
                        double tolerance) {
    for (size_t i = 0; i < got->n; i++) {
        expect_close(what, i, (double)got->data[i], (double)wanted->data[i], tolerance);
    }
}

static void check_winograd(const struct kernels *kernels, struct rng *rng) {
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
    struct guarded *all[] = {&d, &v, &wanted_v, &bias, &z, &y, &wanted_y};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        guarded_check_and_free(all[i], kernels->name);
    }
}

static void winograd_transforms(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 13, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 100; round++) {
            check_winograd(tables[t], &rng);
        }
    }
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
    struct guarded *all[] = {&d, &x, &y, &a, &b, &r, &got, &wanted};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        guarded_check_and_free(all[i], kernels->name);
    }
}

static void channel_kernels(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 14, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 200; round++) {
            check_channels(tables[t], &rng, round % 2);
        }
    }
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
    struct guarded *all[] = {&x, &got, &wanted};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        guarded_check_and_free(all[i], kernels->name);
    }
}

static void pools(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 16, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 200; round++) {
            check_pool(tables[t], &rng, round % 2);
        }
    }
}

// One output of a whole convolution in NCHW.  x:(C,H,W) w:(K,C,R,S), depthwise (K,1,R,S)
static double plain(const struct nhwc_conv *conv, const float *x, const float *w, int k, int oy,
                    int ox) {
    const struct window *win = &conv->window;
    struct shape in = conv->x.shape;
    double sum = 0;
    int first = conv->depthwise ? k : 0, last = conv->depthwise ? k : in.c - 1;
    w += (ptrdiff_t)k * (last + 1 - first) * win->kernel_h * win->kernel_w;
    for (int c = first; c <= last; c++) {
        for (int r = 0; r < win->kernel_h; r++) {
            for (int s = 0; s < win->kernel_w; s++, w++) {
                int y = oy * win->stride_h + r * win->dilation_h - win->top;
                int i = ox * win->stride_w + s * win->dilation_w - win->left;
                bool inside = y >= 0 && y < in.h && i >= 0 && i < in.w;
                sum += inside ? (double)x[(c * in.h + y) * in.w + i] * (double)*w : 0;
            }
        }
    }
    return sum;
}

static void check_convolution(struct nhwc_conv *conv, struct rng *rng) {
    struct shape in = conv->x.shape, out = conv->y.shape;
    struct guarded x = guarded_random(rng, shape_len(in)), y = guarded_blank(shape_len(out));
    struct guarded bias = guarded_random(rng, (size_t)out.c);
    int products = conv->window.kernel_h * conv->window.kernel_w * (conv->depthwise ? 1 : in.c);
    struct guarded w = guarded_random(rng, (size_t)(out.c * products));
    struct guarded nhwc_x = guarded_blank(nhwc_len(&conv->x));
    struct guarded nhwc_y = guarded_blank(nhwc_len(&conv->y));
    struct guarded packed = guarded_blank(nhwc_conv_packed_len(conv));
    struct guarded scratch = guarded_blank(nhwc_conv_scratch_len(conv));
    nhwc_clear_border(&conv->x, nhwc_x.data);
    nhwc_from_nchw(&conv->x, x.data, false, nhwc_x.data);
    nhwc_conv_pack(conv, w.data, bias.data, packed.data);
    nhwc_conv_run(conv, packed.data, nhwc_x.data, NULL, NULL, false, nhwc_y.data, scratch.data);
    nhwc_to_nchw(&conv->y, nhwc_y.data, false, y.data);
    double terms = (double)w.n / out.c; // of each sum
    double tolerance = conv->winograd ? 2e-5 * sqrt(terms) : 2e-7 * terms + 1e-6;
    char what[128];
    snprintf(what, sizeof what, "%s%s: %dx%dx%d to %d by %dx%d", conv->kernels->name,
             conv->winograd    ? " (Winograd)"
             : conv->depthwise ? " (depthwise)"
                               : "",
             in.c, in.h, in.w, out.c, conv->window.kernel_h, conv->window.kernel_w);
    for (int i = 0; i < (int)y.n; i++) {
        int k = i / (out.h * out.w), pixel = i % (out.h * out.w);
        double wanted = plain(conv, x.data, w.data, k, pixel / out.w, pixel % out.w);
        expect_close(what, (size_t)i, (double)y.data[i], wanted + (double)bias.data[k], tolerance);
    }
    struct guarded *all[] = {&x, &y, &bias, &w, &nhwc_x, &nhwc_y, &packed, &scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        guarded_check_and_free(all[i], what);
    }
}

static void convolutions(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 15, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 60; round++) {
            bool winograd = round % 3 == 0;
            int kernel = winograd ? 3 : pick(&rng, 1, 5), pad = pick(&rng, 0, kernel - 1);
            int stride = winograd ? 1 : pick(&rng, 1, 3);
            struct shape in = {pick(&rng, 1, 40), pick(&rng, kernel, 17), pick(&rng, kernel, 17)};
            struct window w = {kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad};
            struct shape out = {pick(&rng, 1, 70), window_out(in.h, kernel, stride, 1, 2 * pad),
                                window_out(in.w, kernel, stride, 1, 2 * pad)};
            struct nhwc_conv conv = {w,
                                     nhwc_of(in, pad, tables[t]),
                                     nhwc_of(out, pick(&rng, 0, 1), tables[t]),
                                     winograd,
                                     false,
                                     tables[t]};
            if (!winograd && pick(&rng, 0, 1)) {
                conv.x.pitch = in.c;
            }
            check_convolution(&conv, &rng);
        }
    }
}

static void depthwise_convolutions(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 19, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 60; round++) {
            int kernel = pick(&rng, 1, 5), stride = pick(&rng, 1, 3), dilation = pick(&rng, 1, 2);
            int reach = dilation * (kernel - 1) + 1, pad = pick(&rng, 0, reach - 1);
            struct shape in = {pick(&rng, 1, 70), pick(&rng, reach, 17), pick(&rng, reach, 17)};
            struct window w = {kernel,   kernel, stride, stride, dilation,
                               dilation, pad,    pad,    pad,    pad};
            struct shape out = {in.c, window_out(in.h, kernel, stride, dilation, 2 * pad),
                                window_out(in.w, kernel, stride, dilation, 2 * pad)};
            struct nhwc_conv conv = {w,
                                     nhwc_of(in, pad, tables[t]),
                                     nhwc_of(out, pick(&rng, 0, 1), tables[t]),
                                     false,
                                     true,
                                     tables[t]};
            check_convolution(&conv, &rng);
        }
    }
}

int main(void) {
    n_tables = cpu_list(tables, 8);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids),
        cmocka_unit_test(gradients),
        cmocka_unit_test(depthwise_grids),
        cmocka_unit_test(depthwise_gradients),
        cmocka_unit_test(winograd_transforms),
        cmocka_unit_test(channel_kernels),
        cmocka_unit_test(pools),
        cmocka_unit_test(convolutions),
        cmocka_unit_test(depthwise_convolutions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
