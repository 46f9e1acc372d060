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

// Once for each sum of a tile. The pragmas make registers of the array.
#define EACH_SUM(p, v)                                                                             \
    _Pragma("GCC unroll 8") for (int p = 0; p < pixels; p++)                                       \
        _Pragma("GCC unroll 8") for (int v = 0; v < vectors; v++)

// The output that comes next, and where it lies in x, y and z.
struct cursor {
    int column;
    ptrdiff_t x, y, z;
};

INLINE void step_on(const struct conv_grid *g, struct cursor *at) {
    at->x += g->x_step;
    at->y += g->y_step;
    at->z += g->z_step;
    if (++at->column == g->columns) {
        at->column = 0;
        at->x += g->x_row - g->columns * g->x_step;
        at->y += g->y_row - g->columns * g->y_step;
        at->z += g->z_row - g->columns * g->z_step;
    }
}

// Where the pixels of a tile lie. One of less than PIXELS repeats its last.
struct places {
    ptrdiff_t x[PIXELS], y[PIXELS], z[PIXELS];
};

INLINE void find_places(const struct conv_grid *g, int n, struct cursor *at,
                        struct places *places) {
    bool straight = at->column + PIXELS < g->columns;
    for (int p = 0; p < PIXELS; p++) {
        places->x[p] = at->x;
        places->y[p] = at->y;
        places->z[p] = at->z;
        if (straight) {
            at->x += g->x_step;
            at->y += g->y_step;
            at->z += g->z_step;
        } else if (p + 1 < n || n >= PIXELS) {
            step_on(g, at);
        }
    }
    at->column += straight ? PIXELS : 0;
}

INLINE void conv_tile(const struct conv_grid *g, const struct places *at, int pixels, int vectors) {
    vec sum[PIXELS][VECTORS];
    if (g->bias) {
        EACH_SUM(p, v) {
            sum[p][v] = load(g->bias + v * LANES);
        }
    } else {
        EACH_SUM(p, v) {
            sum[p][v] = (vec){0};
        }
    }
    const real *w = g->w;
    for (int tap = 0; tap < g->n_taps; tap++) {
        const real *x[PIXELS];
#pragma GCC unroll 8
        for (int p = 0; p < pixels; p++) {
            x[p] = g->x + at->x[p] + g->taps[tap];
        }
        add_products(g->channels, pixels, vectors, x, 1, w, vectors * LANES, sum);
        w += g->channels * vectors * LANES;
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

INLINE void conv_of(const struct conv_grid *g, int vectors) {
    struct cursor at = {0};
    for (int left = g->rows * g->columns; left > 0; left -= PIXELS) {
        struct places places;
        find_places(g, left, &at, &places);
        if (left > PIXELS / 2) {
            conv_tile(g, &places, PIXELS, vectors);
        } else {
            conv_tile(g, &places, PIXELS / 2, vectors);
        }
    }
}

INLINE void grad_tile_of(const struct grad_tile *t, int vectors) {
    enum { pixels = PIXELS };
    vec sum[PIXELS][VECTORS];
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
        add_products(t->columns, PIXELS, vectors, x, t->x_step,
                     t->d + sample * t->d_sample + row * t->d_row, t->d_step, sum);
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
        conv_of(g, 1);
        return;
    case 2:
        conv_of(g, 2);
        return;
    default:
        conv_of(g, 3);
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
