// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Int8 kernels of every table that this processor can run: the reference against its
// definition, the others equal to the reference to the bit, on odd sizes and extreme values with
// memory around that must stay as it was. Then whole convolutions against plain loops in double
// precision over what their bytes stand for.

#include "core/nhwc/nhwc_conv.h"
#include "core/nhwc/int8_conv.h"
#include "core/kernels/cpu.h"
#include "tests/core/kernels/kernel_rounds.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct int8_kernels *tables[8];
static int n_tables;

// Bytes in the middle of a guarded buffer of floats, which ends with the last of them.
struct bytes {
    struct guarded buffer;
    uint8_t *data;
    size_t n;
};

static struct bytes bytes_blank(size_t n) {
    struct bytes b = {guarded_blank((n + 3) / 4), NULL, n};
    b.data = (uint8_t *)(b.buffer.data + b.buffer.n) - n;
    return b;
}

// extreme: the ends of what a byte holds alone.
static struct bytes bytes_random(struct rng *rng, size_t n, bool extreme) {
    struct bytes b = bytes_blank(n);
    for (size_t i = 0; i < n; i++) {
        b.data[i] = (uint8_t)(extreme ? pick(rng, 0, 1) * 255 : pick(rng, 0, 255));
    }
    return b;
}

static struct bytes weights_random(struct rng *rng, size_t n, int largest, bool extreme) {
    struct bytes b = bytes_blank(n);
    for (size_t i = 0; i < n; i++) {
        int v = extreme ? largest * (i % 7 == 0 ? -1 : 1) : pick(rng, -largest, largest);
        b.data[i] = (uint8_t)(int8_t)v;
    }
    return b;
}

static float random_float(struct rng *rng, float size) {
    return size * (float)rng_normal(rng);
}

// An output by its definition.
static float wanted_at(const struct int8_grid *g, int width, int i, int j, int k) {
    const uint8_t *x = g->x + i * g->x_row + j * g->x_step;
    int64_t sum = 0;
    for (int t = 0; t < g->n_taps; t++) {
        for (int b = 0; b < 4 * g->quads; b++) {
            ptrdiff_t w = ((ptrdiff_t)(t * g->quads + b / 4) * width + k) * 4 + b % 4;
            sum += x[g->taps[t] + b] * g->w[w];
        }
    }
    float r = (float)sum * g->scale[k];
    r = r + g->bias[k];
    if (g->z) {
        float z = (float)g->z[i * g->z_row + j * g->z_step + k] * g->z_scale;
        r = r + z;
    }
    r = r > g->low ? r : g->low;
    return r < g->high ? r : g->high;
}

// Compares what is there with the definition, takes it away again, and sees that nothing else was
// written.
static void check_outputs(const struct int8_grid *g, int width, const struct bytes *y,
                          const struct bytes *untouched, const char *what) {
    for (int i = 0; i < g->rows * g->columns * width; i++) {
        int k = i % width, column = i / width % g->columns, row = i / width / g->columns;
        ptrdiff_t at = row * g->y_row + column * g->y_step + k;
        float wanted = wanted_at(g, width, row, column, k);
        size_t size = g->y ? 1 : sizeof(float);
        if (g->y ? g->y[at] != lrintf(wanted) : g->y_real[at] != wanted) {
            fail_msg("%s: output %d,%d of channel %d is %g, not %g", what, row, column, k,
                     g->y ? (double)g->y[at] : (double)g->y_real[at], (double)wanted);
        }
        memcpy(y->data + (size_t)at * size, untouched->data + (size_t)at * size, size);
    }
    assert_memory_equal(y->data, untouched->data, y->n);
}

static void check_grid(const struct int8_kernels *kernels, struct rng *rng, bool extreme) {
    ptrdiff_t taps[9];
    int stride = pick(rng, 1, 2), gap = pick(rng, 0, 3);
    struct int8_grid g = {
        .rows = pick(rng, 1, 5),
        .columns = pick(rng, 1, 19),
        .quads = extreme ? pick(rng, 1, 1800) : pick(rng, 1, 9),
        .vectors = pick(rng, 1, kernels->vectors),
        .n_taps = pick(rng, 0, 9),
        .taps = taps,
        .z_scale = random_float(rng, 1),
        .low = (float)pick(rng, 0, 130),
        .high = 255,
    };
    int width = g.vectors * kernels->lanes;
    bool real_output = pick(rng, 0, 2) == 0;
    g.low = real_output && pick(rng, 0, 1) ? -INFINITY : g.low;
    g.high = real_output ? INFINITY : g.high;
    g.x_step = (ptrdiff_t)pick(rng, 1, 4 * g.quads) * stride;
    g.x_row = g.x_step * (g.columns + gap);
    g.y_step = g.z_step = width + gap;
    g.y_row = g.z_row = g.y_step * g.columns + gap;
    for (int t = 0; t < 9; t++) {
        taps[t] = pick(rng, 0, 30);
    }
    size_t last = (size_t)((g.rows - 1) * g.x_row + (g.columns - 1) * g.x_step);
    size_t outputs = (size_t)((g.rows - 1) * g.y_row + (g.columns - 1) * g.y_step + width);
    struct bytes x = bytes_random(rng, last + 30 + 4 * (size_t)g.quads, extreme);
    struct bytes w = weights_random(rng, (size_t)(g.n_taps * g.quads * width) * 4,
                                    kernels->largest_weight, extreme);
    struct bytes z = bytes_random(rng, outputs, extreme);
    struct bytes y = bytes_blank(outputs * (real_output ? sizeof(float) : 1));
    struct bytes untouched = bytes_blank(y.n);
    memcpy(untouched.data, y.data, y.n);
    struct guarded scale = guarded_random(rng, (size_t)width);
    struct guarded bias = guarded_random(rng, (size_t)width);
    for (int k = 0; k < width; k++) {
        scale.data[k] *= extreme ? 1e30f : 0.01f;
        bias.data[k] *= 100;
    }
    g.x = x.data;
    g.w = (const int8_t *)w.data;
    g.scale = scale.data;
    g.bias = bias.data;
    g.z = pick(rng, 0, 1) ? z.data : NULL;
    g.y = real_output ? NULL : y.data;
    g.y_real = real_output ? (float *)y.data : NULL;
    kernels->conv(&g);
    check_outputs(&g, width, &y, &untouched, kernels->name);
    struct guarded *all[] = {&x.buffer, &w.buffer,         &z.buffer, &y.buffer,
                             &scale,    &untouched.buffer, &bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        guarded_check_and_free(all[i], kernels->name);
    }
}

static void grids(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 31, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 300; round++) {
            check_grid(tables[t], &rng, round % 30 == 29);
        }
    }
}

static void bytes_of_reals(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 32, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int n = 0; n < 70; n++) {
            struct guarded x = guarded_random(&rng, (size_t)n);
            struct bytes y = bytes_blank((size_t)n);
            guarded_sprinkle(&rng, &x);
            for (int i = 0; i < n; i += 3) { // ties
                x.data[i] = (float)pick(&rng, -2, 260) / 32;
            }
            tables[t]->quantise((size_t)n, x.data, 16, 7, y.data);
            for (int i = 0; i < n; i++) {
                float wanted = x.data[i] * 16 + 7;
                wanted = wanted > 0 ? wanted : 0; // NaN
                assert_int_equal(y.data[i], lrintf(wanted < 255 ? wanted : 255));
            }
            guarded_check_and_free(&x, tables[t]->name);
            guarded_check_and_free(&y.buffer, tables[t]->name);
        }
    }
}

// A random image of bytes with its border; the padding channels hold anything.
static uint8_t *random_image(struct rng *rng, const struct nhwc *b, int zero) {
    size_t len = (int8_len(b) + 63) / 64 * 64;
    uint8_t *x = aligned_alloc(64, len);
    assert_non_null(x);
    for (size_t i = 0; i < len; i++) {
        x[i] = (uint8_t)pick(rng, 0, 255);
    }
    nhwc_fill_border(b, (uint8_t)zero, x);
    return x;
}

static double stands_for(const struct int8_quantity *quantity, int q) {
    return (double)quantity->scale * (q - quantity->zero);
}

// An output before ReLU by plain loops, in units of reals; how far rounded weights may be
// off is added up in slack.
static double plain_output(const struct int8_conv *conv, const real *weights, const real *bias,
                           const uint8_t *x, const uint8_t *z, const int at[3], double *slack) {
    const struct window *w = &conv->window;
    int k = at[0], n = conv->x.shape.c * w->kernel_h * w->kernel_w;
    double sum = bias ? (double)bias[k] : 0, most = 0, inputs = 0;
    for (int i = 0; i < n; i++) {
        int c = i / (w->kernel_h * w->kernel_w), r = i / w->kernel_w % w->kernel_h,
            s = i % w->kernel_w;
        int row = at[1] * w->stride_h - w->top + r * w->dilation_h,
            column = at[2] * w->stride_w - w->left + s * w->dilation_w;
        double value = stands_for(&conv->x_quantity, x[nhwc_at(&conv->x, row, column) + c]);
        double weight = (double)weights[k * n + i];
        sum += value * weight;
        inputs += fabs(value);
        most = fmax(most, fabs(weight));
    }
    *slack = inputs * most / conv->kernels->largest_weight * 0.5001 + 1e-4;
    return sum +
           (conv->adds ? stands_for(&conv->z_quantity, z[nhwc_at(&conv->z, at[1], at[2]) + k]) : 0);
}

static void check_output(const struct int8_conv *conv, const real *weights, const real *bias,
                         const uint8_t *x, const uint8_t *z, const void *y, const int at[3]) {
    double slack, wanted = plain_output(conv, weights, bias, x, z, at, &slack), got;
    ptrdiff_t place = nhwc_at(&conv->y, at[1], at[2]) + at[0];
    wanted = conv->relu && wanted < 0 ? 0 : wanted;
    if (conv->y_real) {
        got = (double)((const real *)y)[place];
    } else {
        got = stands_for(&conv->y_quantity, ((const uint8_t *)y)[place]);
        wanted = fmin(fmax(wanted, stands_for(&conv->y_quantity, 0)),
                      stands_for(&conv->y_quantity, 255));
        slack += 0.5001 * (double)conv->y_quantity.scale;
    }
    if (!(fabs(got - wanted) <= slack)) {
        fail_msg("%s: output %d,%d,%d is %g, not %g within %g", conv->kernels->name, at[0], at[1],
                 at[2], got, wanted, slack);
    }
}

static void check_convolution(const struct int8_conv *conv, struct rng *rng) {
    struct shape out = conv->y.shape;
    int n = conv->x.shape.c * conv->window.kernel_h * conv->window.kernel_w;
    struct guarded weights = guarded_random(rng, (size_t)(n * out.c));
    struct guarded bias = guarded_random(rng, (size_t)out.c);
    const real *b = pick(rng, 0, 1) ? bias.data : NULL;
    memset(weights.data, 0, (size_t)n * sizeof *weights.data); // a channel without weights
    uint8_t *x = random_image(rng, &conv->x, conv->x_quantity.zero);
    uint8_t *z = random_image(rng, &conv->z, conv->z_quantity.zero);
    void *packed = aligned_alloc(64, (int8_conv_packed_len(conv) + 63) / 64 * 64);
    void *y = aligned_alloc(64, (int8_len(&conv->y) * sizeof(real) + 63) / 64 * 64);
    assert_true(packed && y);
    int8_conv_pack(conv, weights.data, b, packed);
    int8_conv_run(conv, packed, x, z, y);
    for (int i = 0; i < out.c * out.h * out.w; i++) {
        const int at[] = {i / (out.h * out.w), i / out.w % out.h, i % out.w};
        check_output(conv, weights.data, b, x, z, y, at);
    }
    free(x);
    free(z);
    free(y);
    free(packed);
    guarded_check_and_free(&weights, conv->kernels->name);
    guarded_check_and_free(&bias, conv->kernels->name);
}

static struct int8_quantity random_quantity(struct rng *rng) {
    struct range range = {(float)-pick(rng, 0, 3), (float)pick(rng, 1, 6)};
    return int8_quantity_of(&range);
}

static void convolutions(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 33, 0);
    for (int round = 0; round < 60 * n_tables; round++) {
        const struct int8_kernels *kernels = tables[round % n_tables];
        const struct kernels pitch = {.lanes = kernels->lanes};
        int kernel = pick(&rng, 1, 5), pad = pick(&rng, 0, kernel - 1), stride = pick(&rng, 1, 3);
        struct shape in = {pick(&rng, 1, 40), pick(&rng, kernel, 13), pick(&rng, kernel, 13)};
        struct shape out = {pick(&rng, 1, 70), window_out(in.h, kernel, stride, 1, 2 * pad),
                            window_out(in.w, kernel, stride, 1, 2 * pad)};
        struct int8_conv conv = {
            .window = {kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad},
            .x = nhwc_of(in, pad, &pitch),
            .y = nhwc_of(out, pick(&rng, 0, 1), &pitch),
            .z = nhwc_of(out, pick(&rng, 0, 1), &pitch),
            .x_quantity = random_quantity(&rng),
            .y_quantity = random_quantity(&rng),
            .z_quantity = random_quantity(&rng),
            .adds = pick(&rng, 0, 1),
            .relu = pick(&rng, 0, 1),
            .y_real = pick(&rng, 0, 1),
            .kernels = kernels,
        };
        if (pick(&rng, 0, 1)) {
            conv.x.pitch = in.c;
        }
        check_convolution(&conv, &rng);
    }
}

static void quantities_hold_zero(void **state) {
    (void)state;
    const struct range all[] = {{0, 6}, {-6, 0}, {-1, 3}, {-1e6f, 1e-6f}, {-1e-6f, 1e6f}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct int8_quantity quantity = int8_quantity_of(&all[i]);
        assert_in_range(quantity.zero, 0, 255);
        assert_true(quantity.scale > 0);
        double reach = (double)quantity.scale;
        assert_true(fabs(stands_for(&quantity, 0) - (double)all[i].low) <= reach);
        assert_true(fabs(stands_for(&quantity, 255) - (double)all[i].high) <= reach);
    }
}

int main(void) {
    n_tables = cpu_int8_list(tables, 8);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids),
        cmocka_unit_test(bytes_of_reals),
        cmocka_unit_test(convolutions),
        cmocka_unit_test(quantities_hold_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
