// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "kernels.h"

// The reference: what the other tables are tested against.

#define TILE_M 4
#define TILE_N 8

static void gemm_tile(int k, const real *a, const real *b, real *c, ptrdiff_t ldc,
                      bool accumulate) {
    real sum[TILE_M][TILE_N] = {{0}};
    for (int p = 0; p < k; p++, a += TILE_M, b += TILE_N) {
        for (int i = 0; i < TILE_M; i++) {
            for (int j = 0; j < TILE_N; j++) {
                sum[i][j] += a[i] * b[j];
            }
        }
    }
    for (int i = 0; i < TILE_M; i++) {
        for (int j = 0; j < TILE_N; j++) {
            c[i * ldc + j] = accumulate ? c[i * ldc + j] + sum[i][j] : sum[i][j];
        }
    }
}

static void bias_relu(size_t n, const real *x, real bias, const real *z, bool relu, real *y) {
    for (size_t i = 0; i < n; i++) {
        real v = x[i] + bias + (z ? z[i] : 0);
        y[i] = relu && v < 0 ? 0 : v;
    }
}

static void axpy(size_t n, real a, const real *x, real *y) {
    for (size_t i = 0; i < n; i++) {
        y[i] += a * x[i];
    }
}

const struct kernels kernels_scalar = {
    .name = "scalar",
    .tile_m = TILE_M,
    .tile_n = TILE_N,
    .gemm_tile = gemm_tile,
    .bias_relu = bias_relu,
    .axpy = axpy,
};
