// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/kernels/kernels.h"

// Matrix products, blocked for the caches around the tile of a kernel table.
// Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.

// The right-hand matrix: anything that can fill packed panels. A convolution packs panels straight
// from its image, without writing patches to memory first (im2col).
struct gemm_source {
    // Rows [k0, k0+kn) of columns [n0, n0+nn) -> panel:(ceil(nn / tile_n), kn, tile_n), zero beyond
    // nn.
    void (*pack)(const struct gemm_source *source, int tile_n, int k0, int kn, int n0, int nn,
                 real *panel);
};

// A matrix in memory: element (k, n) is data[k * row_stride + n * column_stride].
struct gemm_matrix {
    struct gemm_source source;
    const real *data;
    ptrdiff_t row_stride, column_stride;
};
struct gemm_matrix gemm_matrix(const real *data, ptrdiff_t row_stride, ptrdiff_t column_stride);

// The left-hand matrix is packed once, since weights serve many products.
// a(m, k) = data[m * row_stride + k * column_stride] -> packed: gemm_packed_len reals, 64-byte
// aligned
size_t gemm_packed_len(const struct kernels *kernels, int m, int k);
void gemm_pack(const struct kernels *kernels, int m, int k, const real *data, ptrdiff_t row_stride,
               ptrdiff_t column_stride, real *packed);

// c = a b or c += a b.  c:(m, n) with row stride ldc
// scratch: gemm_scratch_len reals, 64-byte aligned. Allocates nothing; cannot fail.
struct gemm {
    int m, n, k;
    const real *a; // packed
    const struct gemm_source *b;
    real *c;
    ptrdiff_t ldc;
    bool accumulate;
    const real *bias; // (m), added to finished rows; or NULL
};
size_t gemm_scratch_len(const struct kernels *kernels);
void gemm_run(const struct kernels *kernels, const struct gemm *g, real *scratch);
