// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Part of vector.h: a tile of a matrix product.

#define TILE_N (TILE_VECTORS * LANES)

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
