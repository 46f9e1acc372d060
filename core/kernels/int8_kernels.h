// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/real.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Convolutions in int8, one small table per instruction set, and a reference in plain C. VNNI sums
// four products of bytes in one instruction; AVX2 needs three, the first of which is exact only for
// weights of at most 64. All tables give bit-identical results for weights that they can take: the
// sums are exact, and each later operation is rounded on its own.
// Source: Jacob et al., Quantization and Training of Neural Networks for Efficient
// Integer-Arithmetic-Only Inference, 2018: activations by eq. (1) r = S (q - Z) as uint8; weights
// symmetric (Z = 0) as int8, S for each output channel; 32-bit sums as in eq. (8); the multiplier
// M of eq. (5) is a float here.

// As conv_grid (kernels.h), for each output (i,j) and channel k of at most vectors * lanes:
//   sum  = sum over taps t and b < 4 * quads of x[taps[t] + b] * w[t][b / 4][k][b % 4]
//   r    = (float)sum * scale[k] + bias[k], plus (float)z[k] * z_scale when z is not NULL
//   y[k] = min(max(r, low), high), rounded to the nearest integer, ties to even;
//          0 <= low <= high <= 255
// or, when y is NULL, y_real[k] = min(max(r, low), high). y may be z. At most INT8_MAX_PRODUCTS
// products in a sum, so that it cannot overflow; r must not be NaN.
#define INT8_MAX_PRODUCTS (INT32_MAX / (255 * 128))

struct int8_grid {
    int rows, columns; // outputs
    int quads;         // of input bytes at each tap
    int vectors;       // of outputs' channels
    int n_taps;
    const ptrdiff_t *taps;
    const uint8_t *x;
    const int8_t *w;           // (n_taps, quads, vectors * lanes, 4)
    const float *scale, *bias; // (vectors * lanes)
    const uint8_t *z;          // or NULL
    uint8_t *y;                // or NULL
    real *y_real;              // then this
    ptrdiff_t x_row, x_step, y_row, y_step, z_row, z_step;
    float z_scale, low, high;
};

struct int8_kernels {
    const char *name;
    int lanes;   // channels in a vector of sums
    int vectors; // most in a grid
    int largest_weight;
    // Any alignment.
    void (*conv)(const struct int8_grid *grid);
    // y = int8_byte(x, factor, zero).  x, y:(n)
    void (*quantise)(size_t n, const real *x, float factor, float zero, uint8_t *y);
};

// x * factor + zero, clamped to [0, 255] and rounded, ties to even; NaN becomes 0.
static inline uint8_t int8_byte(real x, float factor, float zero) {
    float r = (float)x * factor + zero;
    r = r > 0 ? r : 0;
    return (uint8_t)lrintf(r < 255 ? r : 255);
}

extern const struct int8_kernels int8_scalar; // the reference
#ifdef HAVE_KERNELS_X86
extern const struct int8_kernels int8_avx2, int8_avx, int8_avx512;
#endif
