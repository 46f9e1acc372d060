// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/kernels/int8_256.h"

// vpmaddubsw adds two products in 16 bits and saturates: 2 * 255 * 64 still fits.
#define INT8_KERNELS int8_avx2
#define INT8_NAME "avx2"
#define LARGEST_WEIGHT 64
#define PIXELS 4
#define VECTORS 3

INLINE whole dot4(whole sum, whole x, whole w) {
    __m256i pairs = _mm256_maddubs_epi16((__m256i)x, (__m256i)w);
    return sum + (whole)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

#include "core/kernels/vector_int8.h"
