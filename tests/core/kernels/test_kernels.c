// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Every kernel table that this processor can run, against the scalar reference: random and
// adversarial values, odd sizes, and memory around the result that must stay as it was.

#include "core/kernels/cpu.h"
#include "core/kernels/gemm.h"
#include "core/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define POISON 12345.678f
#define MARGIN 16

static const struct kernels *tables[8];
static int n_tables;

static float *take(size_t n) {
    float *p = aligned_alloc(64, (n * sizeof *p + 127) / 64 * 64);
    assert_non_null(p);
    return p;
}

static float *random_floats(struct rng *rng, size_t n) {
    float *p = take(n);
    for (size_t i = 0; i < n; i++) {
        p[i] = (float)rng_normal(rng);
    }
    return p;
}

static void poison(float *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        p[i] = POISON;
    }
}

static float *poisoned(size_t n) {
    float *p = take(n);
    poison(p, n);
    return p;
}

// Bit for bit: a kernel that loads and stores what it should leave alone may not change it either.
static void expect_margin(const struct kernels *kernels, const char *what, const float *margin) {
    const float untouched = POISON;
    for (size_t i = 0; i < MARGIN; i++) {
        if (memcmp(&margin[i], &untouched, sizeof untouched) != 0) {
            fail_msg("%s: %s wrote %zu values beyond its end", kernels->name, what, i + 1);
        }
    }
}

static void naive_product(int m, int n, int k, const float *a, const float *b, double *c) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int p = 0; p < k; p++) {
                sum += (double)a[i * k + p] * (double)b[p * n + j];
            }
            c[i * n + j] = sum;
        }
    }
}

static void check_product(const struct kernels *kernels, int m, int n, int k, bool accumulate,
                          struct rng *rng) {
    float *a = random_floats(rng, (size_t)(m * k)), *b = random_floats(rng, (size_t)(k * n));
    float *packed = take(gemm_packed_len(kernels, m, k)),
          *scratch = take(gemm_scratch_len(kernels));
    int ldc = n + MARGIN;
    float *c = poisoned((size_t)(m * ldc));
    double *expected = calloc((size_t)(m * n), sizeof *expected);
    naive_product(m, n, k, a, b, expected);
    for (int i = 0; i < m && accumulate; i++) {
        for (int j = 0; j < n; j++) {
            c[i * ldc + j] = 1;
        }
    }
    gemm_pack(kernels, m, k, a, k, 1, packed);
    struct gemm_matrix right = gemm_matrix(b, n, 1);
    struct gemm g = {m, n, k, packed, &right.source, c, ldc, accumulate, NULL};
    gemm_run(kernels, &g, scratch);
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            double wanted = expected[i * n + j] + accumulate;
            double error = fabs((double)c[i * ldc + j] - wanted);
            if (error > 2e-6 * sqrt(k) * 8) {
                fail_msg("%s: %dx%dx%d: c[%d,%d] = %g, not %g", kernels->name, m, n, k, i, j,
                         (double)c[i * ldc + j], wanted);
            }
        }
        expect_margin(kernels, "gemm", c + i * ldc + n);
    }
    free(a);
    free(b);
    free(packed);
    free(scratch);
    free(c);
    free(expected);
}

static void products(void **state) {
    (void)state;
    static const int sizes[] = {1, 2, 5, 6, 7, 11, 12, 13, 16, 31, 32, 33, 64, 191, 193, 257, 300};
    struct rng rng;
    rng_init(&rng, 3, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 150; round++) {
            int m = sizes[rng_below(&rng, 13)], n = sizes[rng_below(&rng, 17)],
                k = sizes[rng_below(&rng, 17)];
            check_product(tables[t], m, n, k, round % 2, &rng);
        }
    }
}

static void bias_relu_agrees(void **state) {
    (void)state;
    static const float odd[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1e-40f, -1e-40f, 3e38f};
    struct rng rng;
    rng_init(&rng, 4, 0);
    for (int t = 0; t < n_tables; t++) {
        for (size_t n = 0; n < 70; n++) {
            float *x = random_floats(&rng, n + 8), *z = random_floats(&rng, n + 8);
            for (size_t i = 0; i < 8 && i < n; i++) {
                x[i] = odd[i];
            }
            for (int mode = 0; mode < 4; mode++) {
                float *y = poisoned(n + MARGIN), *wanted = take(n);
                tables[t]->bias_relu(n, x, 0.25f, mode & 1 ? z : NULL, mode & 2, y);
                kernels_scalar.bias_relu(n, x, 0.25f, mode & 1 ? z : NULL, mode & 2, wanted);
                for (size_t i = 0; i < n; i++) {
                    assert_true(y[i] == wanted[i] || (isnan(y[i]) && isnan(wanted[i])));
                }
                expect_margin(tables[t], "bias_relu", y + n);
                free(y);
                free(wanted);
            }
            free(x);
            free(z);
        }
    }
}

static void axpy_agrees(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 5, 0);
    for (int t = 0; t < n_tables; t++) {
        for (size_t n = 0; n < 70; n++) {
            float *x = random_floats(&rng, n + MARGIN), *y = random_floats(&rng, n + MARGIN);
            float *wanted = take(n);
            memcpy(wanted, y, n * sizeof *y);
            poison(y + n, MARGIN);
            tables[t]->axpy(n, 1.5f, x, y);
            kernels_scalar.axpy(n, 1.5f, x, wanted);
            for (size_t i = 0; i < n; i++) {
                assert_float_equal(y[i], wanted[i], 1e-6);
            }
            expect_margin(tables[t], "axpy", y + n);
            free(x);
            free(y);
            free(wanted);
        }
    }
}

static void forcing(void **state) {
    (void)state;
    assert_true(cpu_force("scalar"));
    assert_ptr_equal(cpu_kernels(), &kernels_scalar);
    assert_false(cpu_force("pentium"));
    assert_true(cpu_force("auto"));
    assert_ptr_equal(cpu_kernels(), tables[0]);
}

int main(void) {
    n_tables = cpu_list(tables, 8);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),
        cmocka_unit_test(bias_relu_agrees),
        cmocka_unit_test(axpy_agrees),
        cmocka_unit_test(forcing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
