// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/kernels/gemm.h"

#include "core/base/aligned_memory.h"
#include "core/base/min_max.h"

#include <string.h>

// A block of b is at most BLOCK_K x BLOCK_N, to stay in the second-level cache.
#define BLOCK_K 256
#define BLOCK_N 192

static int tiles(int n, int tile) {
    return (n + tile - 1) / tile;
}

static int block_n(const struct kernels *kernels) {
    return BLOCK_N / kernels->tile_n * kernels->tile_n;
}

size_t gemm_packed_len(const struct kernels *kernels, int m, int k) {
    size_t len = (size_t)tiles(m, kernels->tile_m) * (size_t)kernels->tile_m * (size_t)k;
    return aligned_round(len);
}

size_t gemm_scratch_len(const struct kernels *kernels) {
    (void)kernels;
    return BLOCK_K * BLOCK_N + MAX_TILE;
}

void gemm_pack(const struct kernels *kernels, int m, int k, const real *data, ptrdiff_t row_stride,
               ptrdiff_t column_stride, real *packed) {
    int tile = kernels->tile_m;
    for (int m0 = 0; m0 < m; m0 += tile, packed += (ptrdiff_t)tile * k) {
        int rows = min_int(tile, m - m0);
        for (int p = 0; p < k; p++) {
            const real *column = data + m0 * row_stride + p * column_stride;
            for (int i = 0; i < tile; i++) {
                packed[p * tile + i] = i < rows ? column[i * row_stride] : 0;
            }
        }
    }
}

static void pack_matrix(const struct gemm_source *source, int tile_n, int k0, int kn, int n0,
                        int nn, real *panel) {
    const struct gemm_matrix *b = (const struct gemm_matrix *)source;
    for (int j0 = 0; j0 < nn; j0 += tile_n) {
        int width = min_int(tile_n, nn - j0);
        const real *from = b->data + k0 * b->row_stride + (n0 + j0) * b->column_stride;
        for (int p = 0; p < kn; p++, from += b->row_stride, panel += tile_n) {
            for (int j = 0; j < width; j++) {
                panel[j] = from[j * b->column_stride];
            }
            for (int j = width; j < tile_n; j++) {
                panel[j] = 0;
            }
        }
    }
}

struct gemm_matrix gemm_matrix(const real *data, ptrdiff_t row_stride, ptrdiff_t column_stride) {
    return (struct gemm_matrix){{pack_matrix}, data, row_stride, column_stride};
}

// A tile at the right or lower edge of c goes by way of a whole tile in memory.
static void edge_tile(const struct kernels *kernels, int k, const real *a, const real *b, real *c,
                      ptrdiff_t ldc, int rows, int columns, bool accumulate, real *tile) {
    kernels->gemm_tile(k, a, b, tile, kernels->tile_n, false);
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            real sum = tile[i * kernels->tile_n + j];
            c[i * ldc + j] = accumulate ? c[i * ldc + j] + sum : sum;
        }
    }
}

// One block of b, already packed in panel, times all of a.
static void multiply_block(const struct kernels *kernels, const struct gemm *g, int k0, int kn,
                           int n0, int nn, const real *panel, real *tile) {
    int tm = kernels->tile_m, tn = kernels->tile_n;
    bool accumulate = g->accumulate || k0 > 0;
    for (int j0 = 0; j0 < nn; j0 += tn) {
        const real *b = panel + (ptrdiff_t)j0 * kn;
        for (int m0 = 0; m0 < g->m; m0 += tm) {
            const real *a = g->a + (ptrdiff_t)m0 * g->k + (ptrdiff_t)k0 * tm;
            real *c = g->c + m0 * g->ldc + n0 + j0;
            int rows = min_int(tm, g->m - m0), columns = min_int(tn, nn - j0);
            if (rows == tm && columns == tn) {
                kernels->gemm_tile(kn, a, b, c, g->ldc, accumulate);
            } else {
                edge_tile(kernels, kn, a, b, c, g->ldc, rows, columns, accumulate, tile);
            }
        }
    }
}

static void add_bias(const struct kernels *kernels, const struct gemm *g, int n0, int nn) {
    for (int m = 0; m < g->m; m++) {
        real *c = g->c + m * g->ldc + n0;
        kernels->bias_relu((size_t)nn, c, g->bias[m], NULL, false, c);
    }
}

void gemm_run(const struct kernels *kernels, const struct gemm *g, real *scratch) {
    real *tile = scratch, *panel = scratch + MAX_TILE;
    int step = block_n(kernels);
    for (int n0 = 0; n0 < g->n; n0 += step) {
        int nn = min_int(step, g->n - n0);
        for (int k0 = 0; k0 < g->k; k0 += BLOCK_K) {
            int kn = min_int(BLOCK_K, g->k - k0);
            g->b->pack(g->b, kernels->tile_n, k0, kn, n0, nn, panel);
            multiply_block(kernels, g, k0, kn, n0, nn, panel, tile);
        }
        if (g->bias) {
            add_bias(kernels, g, n0, nn);
        }
    }
}
