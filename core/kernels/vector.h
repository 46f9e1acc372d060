// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// A complete table of vector kernels, written once in the compilers' vector types (GCC and clang).
// The file that includes this is compiled for one instruction set and defines
//   KERNELS         the table's name            KERNELS_NAME  its name for --cpu
//   LANES           floats in a vector
//   TILE_M          rows of a matrix tile       TILE_VECTORS  vectors in a row of it
//   PIXELS          of a convolution's tile     VECTORS       of its outputs
// so that TILE_M * TILE_VECTORS accumulators, TILE_VECTORS of b and one of a fit the registers, and
// PIXELS * VECTORS accumulators, VECTORS of weights and one input.

#include "core/kernels/kernels.h"

#define INLINE static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(LANES * sizeof(float))));
typedef int bits __attribute__((vector_size(LANES * sizeof(int))));
typedef float vec_unaligned
    __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));

INLINE vec load(const float *p) {
    return *(const vec_unaligned *)p;
}

INLINE void store(float *p, vec v) {
    *(vec_unaligned *)p = v;
}

INLINE vec broadcast(float x) {
    return x - (vec){0};
}

INLINE vec relu_of(vec v) {
    return (vec)((bits)v & ~(v < 0));
} // NaN stays NaN

#include "core/kernels/vector_gemm.h"

#include "core/kernels/vector_conv.h"

#include "core/kernels/vector_depthwise.h"

#include "core/kernels/vector_winograd.h"

#include "core/kernels/vector_channels.h"

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
    .lanes = LANES,
    .pixels = PIXELS,
    .vectors = VECTORS,
    .gemm_tile = gemm_tile,
    .conv = conv,
    .grad_tile = grad_tile,
    .depthwise = depthwise,
    .depthwise_grad = depthwise_grad,
    .winograd_in = winograd_in,
    .winograd_out = winograd_out,
    .pool = pool,
    .channel_sums = channel_sums,
    .scale_shift = scale_shift,
    .norm_back = norm_back,
    .relu_back = relu_back,
    .bias_relu = bias_relu,
    .axpy = axpy,
};
