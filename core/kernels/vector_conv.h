// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Part of vector.h: a tile of a convolution and of its weights' gradient. Both are the same walk:
// one broadcast input per pixel (or channel) times a row of vectors, added to registers.

// sum[p][v] += x[p][i * x_step] * w[i * w_step + v * LANES] for i in [0, n)
INLINE void add_products(int n, int pixels, int vectors, const real *const *x, ptrdiff_t x_step,
                         const real *w, ptrdiff_t w_step, vec sum[PIXELS][VECTORS]) {
    for (ptrdiff_t i = 0; i < n; i++) {
        vec row[VECTORS];
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) {
            row[v] = load(w + i * w_step + v * LANES);
        }
#pragma GCC unroll 8
        for (int p = 0; p < pixels; p++) {
            vec input = broadcast(x[p][i * x_step]);
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++) {
                sum[p][v] += input * row[v];
            }
        }
    }
}

INLINE void clear(int pixels, int vectors, const real *start, vec sum[PIXELS][VECTORS]) {
#pragma GCC unroll 8
    for (int p = 0; p < pixels; p++) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) {
            sum[p][v] = start ? load(start + v * LANES) : (vec){0};
        }
    }
}

INLINE void conv_tile_of(const struct conv_tile *t, int pixels, int vectors) {
    vec sum[PIXELS][VECTORS];
    clear(pixels, vectors, t->bias, sum);
    const real *w = t->w;
    for (int tap = 0; tap < t->n_taps; tap++) {
        const real *x[PIXELS];
#pragma GCC unroll 8
        for (int p = 0; p < pixels; p++) {
            x[p] = t->x[p] + t->taps[tap];
        }
        add_products(t->channels, pixels, vectors, x, 1, w, vectors * LANES, sum);
        w += t->channels * vectors * LANES;
    }
#pragma GCC unroll 8
    for (int p = 0; p < pixels; p++) {
        if (p < t->n) {
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++) {
                real *y = t->y[p] + v * LANES;
                vec value = t->z ? sum[p][v] + load(t->z[p] + v * LANES) : sum[p][v];
                value = t->accumulate ? value + load(y) : value;
                store(y, t->relu ? relu_of(value) : value);
            }
        }
    }
}

INLINE void grad_tile_of(const struct grad_tile *t, int vectors) {
    vec sum[PIXELS][VECTORS];
    clear(PIXELS, vectors, NULL, sum);
    for (int i = 0; i < t->rows; i++) {
        const real *x[PIXELS];
#pragma GCC unroll 8
        for (int c = 0; c < PIXELS; c++) {
            x[c] = t->x + i * t->x_row + c;
        }
        add_products(t->columns, PIXELS, vectors, x, t->x_step, t->dy + i * t->dy_row, t->dy_step,
                     sum);
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

static void conv_tile(const struct conv_tile *t) {
    bool half = t->n <= PIXELS / 2;
    switch (t->vectors) {
    case 1:
        half ? conv_tile_of(t, PIXELS / 2, 1) : conv_tile_of(t, PIXELS, 1);
        return;
    case 2:
        half ? conv_tile_of(t, PIXELS / 2, 2) : conv_tile_of(t, PIXELS, 2);
        return;
    default:
        half ? conv_tile_of(t, PIXELS / 2, 3) : conv_tile_of(t, PIXELS, 3);
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
