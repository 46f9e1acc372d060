// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// A complete table of vector kernels, written once in the compilers' vector types (GCC and clang).
// The file that includes this is compiled for one instruction set and defines
//   KERNELS         the table's name            KERNELS_NAME  its name for --cpu
//   LANES           floats in a vector          TILE_M        rows of a tile
//   TILE_VECTORS    vectors in a row of a tile
// so that TILE_M * TILE_VECTORS accumulators, TILE_VECTORS of b and one of a fit the registers.

#include "kernels.h"

#define TILE_N (TILE_VECTORS * LANES)

typedef float vec __attribute__((vector_size(LANES * sizeof(float))));
typedef int bits __attribute__((vector_size(LANES * sizeof(int))));
typedef float vec_unaligned
    __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));

static inline vec load(const float *p) {
    return *(const vec_unaligned *)p;
}

static inline void store(float *p, vec v) {
    *(vec_unaligned *)p = v;
}

static inline vec broadcast(float x) {
    return x - (vec){0};
}

static inline vec relu_of(vec v) {
    return (vec)((bits)v & ~(v < 0));
} // NaN stays NaN

static void gemm_tile(int k, const real *a, const real *b, real *c, ptrdiff_t ldc,
                      bool accumulate) {
    vec sum[TILE_M][TILE_VECTORS] = {{{0}}};
    for (int p = 0; p < k; p++, a += TILE_M, b += TILE_N) {
        vec row[TILE_VECTORS];
        for (int j = 0; j < TILE_VECTORS; j++) {
            row[j] = load(b + j * LANES);
        }
#pragma GCC unroll 16
        for (int i = 0; i < TILE_M; i++) {
            vec column = broadcast(a[i]);
            for (int j = 0; j < TILE_VECTORS; j++) {
                sum[i][j] += column * row[j];
            }
        }
    }
#pragma GCC unroll 16
    for (int i = 0; i < TILE_M; i++) {
        for (int j = 0; j < TILE_VECTORS; j++) {
            float *to = c + i * ldc + j * LANES;
            store(to, accumulate ? load(to) + sum[i][j] : sum[i][j]);
        }
    }
}

static void bias_relu(size_t n, const real *x, real bias, const real *z, bool relu, real *y) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec v = load(x + i) + broadcast(bias);
        if (z) {
            v += load(z + i);
        }
        store(y + i, relu ? relu_of(v) : v);
    }
    for (; i < n; i++) {
        real v = x[i] + bias + (z ? z[i] : 0);
        y[i] = relu && v < 0 ? 0 : v;
    }
}

static void axpy(size_t n, real a, const real *x, real *y) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        store(y + i, load(y + i) + broadcast(a) * load(x + i));
    }
    for (; i < n; i++) {
        y[i] += a * x[i];
    }
}

const struct kernels KERNELS = {
    .name = KERNELS_NAME,
    .tile_m = TILE_M,
    .tile_n = TILE_N,
    .gemm_tile = gemm_tile,
    .bias_relu = bias_relu,
    .axpy = axpy,
};
