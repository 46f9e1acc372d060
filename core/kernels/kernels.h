// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "../real.h"

#include <stdbool.h>
#include <stddef.h>

// The hot functions, one complete table per instruction set. Everything else in the core is plain C
// that calls through a table. To add an instruction set: a file with its table, a line in cpu.c, a
// line in meson.build.
struct kernels {
    const char *name; // as in --cpu=NAME
    int tile_m, tile_n;

    // c (+)= a b, one tile.  a:(k, tile_m) b:(k, tile_n) both packed and 64-byte aligned;
    // c:(tile_m, tile_n) with row stride ldc, any alignment; accumulate says whether c is added to.
    void (*gemm_tile)(int k, const real *a, const real *b, real *c, ptrdiff_t ldc, bool accumulate);

    // y = x + bias, plus z when not NULL, then max(., 0) when relu is set.  x, z, y:(n); y may be x
    // or z.
    void (*bias_relu)(size_t n, const real *x, real bias, const real *z, bool relu, real *y);

    // y += a x.  x, y:(n)
    void (*axpy)(size_t n, real a, const real *x, real *y);
};

// The largest tile of any table.
#define MAX_TILE (16 * 64)

extern const struct kernels kernels_scalar; // the reference
#ifdef HAVE_KERNELS_X86
extern const struct kernels kernels_avx2, kernels_avx512;
#endif
