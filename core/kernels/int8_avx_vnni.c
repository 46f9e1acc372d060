// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/kernels/int8_256.h"

#define INT8_KERNELS int8_avx
#define INT8_NAME "avx vnni"
#define LARGEST_WEIGHT 127
#define PIXELS 4
#define VECTORS 3

INLINE whole dot4(whole sum, whole x, whole w) {
    return (whole)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)x, (__m256i)w);
}

#include "core/kernels/vector_int8.h"
