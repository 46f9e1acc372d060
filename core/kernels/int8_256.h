// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// What the tables of 256-bit int8 kernels share: the types and helpers that vector_int8.h asks
// for, except dot4.
#include <immintrin.h>
#include <stdint.h>

#define LANES 8
#define INLINE static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(LANES * sizeof(float))));
typedef int whole __attribute__((vector_size(LANES * sizeof(int))));

INLINE whole round_of(vec v) {
    return (whole)_mm256_cvtps_epi32(v);
}

INLINE vec least(vec a, vec b) {
    return _mm256_min_ps(a, b);
}

INLINE vec most(vec a, vec b) {
    return _mm256_max_ps(a, b);
}

INLINE vec load_bytes(const uint8_t *p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p)));
}

INLINE void store_bytes(uint8_t *p, whole v) {
    __m128i low = _mm256_castsi256_si128((__m256i)v);
    __m128i words = _mm_packus_epi32(low, _mm256_extracti128_si256((__m256i)v, 1));
    _mm_storel_epi64((__m128i *)p, _mm_packus_epi16(words, words));
}
