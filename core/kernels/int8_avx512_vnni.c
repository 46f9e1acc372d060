// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include <immintrin.h>
#include <stdint.h>

#define INT8_KERNELS int8_avx512
#define INT8_NAME "avx512 vnni"
#define LARGEST_WEIGHT 127
#define LANES 16
#define PIXELS 8
#define VECTORS 3
#define INLINE static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(LANES * sizeof(float))));
typedef int whole __attribute__((vector_size(LANES * sizeof(int))));

INLINE whole dot4(whole sum, whole x, whole w) {
    return (whole)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)x, (__m512i)w);
}

INLINE whole round_of(vec v) {
    return (whole)_mm512_cvtps_epi32(v);
}

INLINE vec least(vec a, vec b) {
    return _mm512_min_ps(a, b);
}

INLINE vec most(vec a, vec b) {
    return _mm512_max_ps(a, b);
}

INLINE vec load_bytes(const uint8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p)));
}

INLINE void store_bytes(uint8_t *p, whole v) {
    _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8((__m512i)v));
}

#include "core/kernels/vector_int8.h"
