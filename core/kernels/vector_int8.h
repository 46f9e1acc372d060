// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// A table of int8 kernels, written once. The file that includes this is compiled for one
// instruction set and defines
//   INT8_KERNELS   the table's name             INT8_NAME  its name in words
//   LANES          32-bit sums in a vector
//   LARGEST_WEIGHT that dot4 can take
//   PIXELS         of a convolution's tile      VECTORS    of its outputs
// so that PIXELS * VECTORS accumulators, VECTORS of weights and one input fit the registers; the
// types whole (LANES 32-bit numbers) and vec (LANES floats); and
//   whole dot4(whole sum, whole x, whole w)     sum plus the products of 4 unsigned bytes of x with
//                                               4 signed ones of w in each lane
//   whole round_of(vec v)                       ties to even
//   vec least(vec a, vec b), most(vec a, vec b) b if a is NaN
//   vec load_bytes(const uint8_t *p)            LANES bytes, as floats
//   void store_bytes(uint8_t *p, whole v)       LANES numbers within [0, 255]

#include "core/kernels/int8_kernels.h"
#include "core/kernels/kernels.h"

#include <string.h>

#include "core/kernels/vector_walk.h"

typedef float vec_unaligned
    __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));
typedef int whole_unaligned
    __attribute__((vector_size(LANES * sizeof(int)), aligned(1), may_alias));

INLINE whole broadcast_quad(const uint8_t *p) {
    int quad;
    memcpy(&quad, p, sizeof quad);
    return quad - (whole){0};
}

INLINE vec load(const float *p) {
    return *(const vec_unaligned *)p;
}

INLINE vec broadcast(float x) {
    return x - (vec){0};
}

// Once for each sum of a tile. The pragmas make registers of the array.
#define EACH_SUM(p, v)                                                                             \
    _Pragma("GCC unroll 8") for (int p = 0; p < pixels; p++)                                       \
        _Pragma("GCC unroll 8") for (int v = 0; v < vectors; v++)

INLINE void finish_sum(const struct int8_grid *g, whole sum, int k, ptrdiff_t y, ptrdiff_t z) {
    vec low = broadcast(g->low), high = broadcast(g->high);
    vec r = __builtin_convertvector(sum, vec) * load(g->scale + k);
    r += load(g->bias + k);
    if (g->z) {
        r += load_bytes(g->z + z + k) * broadcast(g->z_scale);
    }
    r = least(most(r, low), high);
    if (g->y) {
        store_bytes(g->y + y + k, round_of(r));
    } else {
        *(vec_unaligned *)(g->y_real + y + k) = r;
    }
}

INLINE void conv_tile(const struct int8_grid *g, const struct places *at, int pixels, int vectors) {
    whole sum[PIXELS][VECTORS];
    EACH_SUM(p, v) {
        sum[p][v] = (whole){0};
    }
    const int8_t *w = g->w;
    for (int tap = 0; tap < g->n_taps; tap++) {
        const uint8_t *x[PIXELS];
#pragma GCC unroll 8
        for (int p = 0; p < pixels; p++) {
            x[p] = g->x + at->x[p] + g->taps[tap];
        }
        for (ptrdiff_t q = 0; q < g->quads; q++) {
            whole row[VECTORS];
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++, w += LANES * 4) {
                row[v] = *(const whole_unaligned *)w;
            }
#pragma GCC unroll 8
            for (int p = 0; p < pixels; p++) {
                whole input = broadcast_quad(x[p] + q * 4);
#pragma GCC unroll 8
                for (int v = 0; v < vectors; v++) {
                    sum[p][v] = dot4(sum[p][v], input, row[v]);
                }
            }
        }
    }
    EACH_SUM(p, v) {
        finish_sum(g, sum[p][v], v * LANES, at->y[p], at->z[p]);
    }
}

INLINE void conv_of(const struct int8_grid *g, int vectors) {
    const struct conv_grid steps = {.columns = g->columns,
                                    .x_row = g->x_row,
                                    .x_step = g->x_step,
                                    .y_row = g->y_row,
                                    .y_step = g->y_step,
                                    .z_row = g->z_row,
                                    .z_step = g->z_step};
    struct cursor at = {0};
    for (int left = g->rows * g->columns; left > 0; left -= PIXELS) {
        struct places places;
        find_places(&steps, left, &at, &places);
        if (left > PIXELS / 2) {
            conv_tile(g, &places, PIXELS, vectors);
        } else {
            conv_tile(g, &places, PIXELS / 2, vectors);
        }
    }
}

_Static_assert(VECTORS == 3, "one case for each number of vectors");

static void conv(const struct int8_grid *g) {
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

static void quantise(size_t n, const real *x, float factor, float zero, uint8_t *y) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec r = load(x + i) * broadcast(factor) + broadcast(zero);
        store_bytes(y + i, round_of(least(most(r, broadcast(0)), broadcast(255))));
    }
    for (; i < n; i++) {
        y[i] = int8_byte(x[i], factor, zero);
    }
}

const struct int8_kernels INT8_KERNELS = {
    .name = INT8_NAME,
    .lanes = LANES,
    .vectors = VECTORS,
    .largest_weight = LARGEST_WEIGHT,
    .conv = conv,
    .quantise = quantise,
};
