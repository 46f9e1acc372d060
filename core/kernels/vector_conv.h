// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Part of vector.h: a tile of a convolution and of its weights' gradient. Both are the same walk:
// one broadcast input per pixel (or channel) times a row of vectors, added to registers.

// Vectors whose lanes come from two others: of a below the middle and b above; the lower half of a
// and zeros; the upper half of a and zeros.
INLINE vec halves(vec a, vec b) {
    bits below;
    for (int i = 0; i < LANES; i++) {
        below[i] = i < LANES / 2 ? -1 : 0;
    }
    return (vec)(((bits)a & below) | ((bits)b & ~below));
}

INLINE vec lower(vec a) {
    return halves(a, (vec){0});
}

INLINE vec upper(vec a) {
    vec v = {0};
    for (int i = 0; i < LANES / 2; i++) {
        v[i] = a[LANES / 2 + i];
    }
    return v;
}

// sum[p][v] += x[p][i * x_step] * w[i * w_step + v * LANES] for i in [0, n)
// With half the last vector of w serves two pixels at once: pair[q] is the sum of pixel 2q below
// the middle and of pixel 2q + 1 above.
INLINE void add_products(int n, int pixels, int vectors, bool half, const real *const *x,
                         ptrdiff_t x_step, const real *w, ptrdiff_t w_step,
                         vec sum[PIXELS][VECTORS], vec pair[PIXELS / 2]) {
    for (ptrdiff_t i = 0; i < n; i++) {
        vec row[VECTORS], input[PIXELS];
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) {
            row[v] = load(w + i * w_step + v * LANES);
        }
#pragma GCC unroll 8
        for (int p = 0; p < pixels; p++) {
            input[p] = broadcast(x[p][i * x_step]);
#pragma GCC unroll 8
            for (int v = 0; v < vectors - half; v++) {
                sum[p][v] += input[p] * row[v];
            }
            if (half && p % 2 == 1) {
                pair[p / 2] += halves(input[p - 1], input[p]) * row[vectors - 1];
            }
        }
    }
}

// Once for each sum of a tile. The pragmas make registers of the array.
#define EACH_SUM(p, v)                                                                             \
    _Pragma("GCC unroll 8") for (int p = 0; p < pixels; p++)                                       \
        _Pragma("GCC unroll 8") for (int v = 0; v < vectors; v++)

#include "core/kernels/vector_walk.h"

INLINE void conv_tile(const struct conv_grid *g, const struct places *at, int pixels, int vectors,
                      bool half) {
    vec sum[PIXELS][VECTORS], pair[PIXELS / 2];
    EACH_SUM(p, v) {
        sum[p][v] = pair[p / 2] = (vec){0};
    }
    const real *w = g->w;
    for (int tap = 0; tap < g->n_taps; tap++) {
        const real *x[PIXELS];
#pragma GCC unroll 8
        for (int p = 0; p < pixels; p++) {
            x[p] = g->x + at->x[p] + g->taps[tap];
        }
        add_products(g->channels, pixels, vectors, half, x, 1, w, vectors * LANES, sum, pair);
        w += g->channels * vectors * LANES;
    }
    if (half) {
#pragma GCC unroll 8
        for (int p = 0; p < pixels; p++) {
            sum[p][vectors - 1] = p % 2 ? upper(pair[p / 2]) : lower(pair[p / 2]);
        }
    }
    if (g->bias) {
        EACH_SUM(p, v) {
            sum[p][v] += load(g->bias + v * LANES);
        }
    }
    if (g->z) {
        EACH_SUM(p, v) {
            sum[p][v] += load(g->z + at->z[p] + v * LANES);
        }
    }
    if (g->relu) {
        EACH_SUM(p, v) {
            sum[p][v] = relu_of(sum[p][v]);
        }
    }
    EACH_SUM(p, v) {
        store(g->y + at->y[p] + v * LANES, sum[p][v]);
    }
}

INLINE void conv_of(const struct conv_grid *g, int vectors, bool half) {
    struct cursor at = {0};
    for (int left = g->rows * g->columns; left > 0; left -= PIXELS) {
        struct places places;
        find_places(g, left, &at, &places);
        if (left > PIXELS / 2) {
            conv_tile(g, &places, PIXELS, vectors, half);
        } else {
            conv_tile(g, &places, PIXELS / 2, vectors, half);
        }
    }
}

INLINE void grad_tile_of(const struct grad_tile *t, int vectors) {
    enum { pixels = PIXELS };
    vec sum[PIXELS][VECTORS], unused[PIXELS / 2];
    EACH_SUM(c, v) {
        sum[c][v] = (vec){0};
    }
    for (int i = 0; i < t->samples * t->rows; i++) {
        int sample = i / t->rows, row = i % t->rows;
        const real *x[PIXELS];
#pragma GCC unroll 8
        for (int c = 0; c < PIXELS; c++) {
            x[c] = t->x + sample * t->x_sample + row * t->x_row + c;
        }
        add_products(t->columns, PIXELS, vectors, false, x, t->x_step,
                     t->d + sample * t->d_sample + row * t->d_row, t->d_step, sum, unused);
    }
#pragma GCC unroll 8
    for (int c = 0; c < PIXELS; c++) {
        if (c < t->n) {
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++) {
                real *dw = t->dw + c * t->dw_step + v * LANES;
                store(dw, load(dw) + sum[c][v]);
            }
        }
    }
}

_Static_assert(VECTORS == 3, "one case for each number of vectors");

static void conv(const struct conv_grid *g) {
    switch (g->vectors) {
    case 1:
        conv_of(g, 1, false);
        return;
    case 2:
        g->half ? conv_of(g, 2, true) : conv_of(g, 2, false);
        return;
    default:
        g->half ? conv_of(g, 3, true) : conv_of(g, 3, false);
    }
}

static void grad_tile(const struct grad_tile *t) {
    switch (t->vectors) {
    case 1:
        grad_tile_of(t, 1);
        return;
    case 2:
        grad_tile_of(t, 2);
        return;
    default:
        grad_tile_of(t, 3);
    }
}
