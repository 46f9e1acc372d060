// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/bench/peak.h"

#include "tests/bench/clock.h"

#include <string.h>

#define ROUNDS 10000
#define CHAINS 10 // latency times units, on every processor of interest

// Best of many short runs; the empty assembly keeps the sums alive.
#define DEFINE_PEAK(name, lanes, attribute)                                                        \
    attribute static double name(void) {                                                           \
        typedef float vec __attribute__((vector_size(lanes * sizeof(float))));                     \
        double best = 0;                                                                           \
        for (int run = 0; run < 300; run++) {                                                      \
            vec a = (vec){0} + 1.0001f, b = (vec){0} + 0.5f;                                       \
            vec s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a;    \
            double began = clock_s();                                                              \
            for (int i = 0; i < ROUNDS; i++) {                                                     \
                s0 = s0 * a + b, s1 = s1 * a + b, s2 = s2 * a + b, s3 = s3 * a + b;                \
                s4 = s4 * a + b, s5 = s5 * a + b, s6 = s6 * a + b, s7 = s7 * a + b;                \
                s8 = s8 * a + b, s9 = s9 * a + b;                                                  \
                KEEP(s0, s1, s2, s3, s4);                                                          \
                KEEP(s5, s6, s7, s8, s9);                                                          \
            }                                                                                      \
            double rate = 2.0 * lanes * CHAINS * ROUNDS / (clock_s() - began);                     \
            best = rate > best ? rate : best;                                                      \
        }                                                                                          \
        return best;                                                                               \
    }

#if defined __x86_64__
#define KEEP(a, b, c, d, e) __asm__ volatile("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e))
DEFINE_PEAK(peak_avx512, 16, __attribute__((target("avx512f,fma"))))
DEFINE_PEAK(peak_avx2, 8, __attribute__((target("avx2,fma"))))
#elif defined __aarch64__
#define KEEP(a, b, c, d, e) __asm__ volatile("" : "+w"(a), "+w"(b), "+w"(c), "+w"(d), "+w"(e))
DEFINE_PEAK(peak_neon, 4, )
#endif

double peak_flops(const char *kernels) {
#if defined __x86_64__
    if (strcmp(kernels, "avx512") == 0) {
        return peak_avx512();
    }
    if (strcmp(kernels, "avx2") == 0) {
        return peak_avx2();
    }
#elif defined __aarch64__
    if (strcmp(kernels, "neon") == 0) {
        return peak_neon();
    }
#endif
    return 0;
}
