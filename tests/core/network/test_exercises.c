// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The exercises of docs/learn.md, each with a solution and what tells that it is one.

#include "core/base/rng.h"
#include "core/kernels/cpu.h"
#include "core/network/arch.h"
#include "core/train/tape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void fill(real *x, size_t n, uint64_t seed) {
    struct rng rng;
    rng_init(&rng, seed, 0);
    for (size_t i = 0; i < n; i++) {
        x[i] = (real)rng_normal(&rng);
    }
}

static struct tape *tape_of(struct graph *graph) {
    struct tape *tape = tape_create(graph, 1, cpu_kernels(), NULL);
    assert_non_null(tape);
    return tape;
}

// ---- 1: a network that computes |x| ----

// |x| = relu(x) + relu(-x)
static void solve_absolute_value(struct graph *graph) {
    graph_values(graph, 1, "weight")[0] = 1;
    graph_values(graph, 1, "weight")[1] = -1;
    graph_values(graph, 3, "weight")[0] = 1;
    graph_values(graph, 3, "weight")[1] = 1;
}

static void absolute_value(void **state) {
    (void)state;
    struct graph *graph = arch_parse("absolute", "input 1x4x4\nconv 2 1x1\nrelu\nconv 1 1x1\n");
    assert_non_null(graph);
    solve_absolute_value(graph);
    struct tape *tape = tape_of(graph);
    fill(tape_input(tape), 16, 1);
    tape_forward(tape, 1, false, 0);
    for (int i = 0; i < 16; i++) {
        assert_float_equal(tape_output(tape, 0)[i], fabsf(tape_input(tape)[i]), 1e-6);
    }
    tape_destroy(tape);
    graph_destroy(graph);
}

// ---- 2: two 3x3 convolutions without a rectifier between them are one of 5x5 ----

// The second cross-correlates what the first made: c[i + k, j + l] += a[i, j] b[k, l].
static void solve_one_kernel(const real *a, const real *b, real *c) {
    memset(c, 0, 25 * sizeof *c);
    for (int i = 0; i < 9; i++) {
        for (int k = 0; k < 9; k++) {
            c[(i / 3 + k / 3) * 5 + i % 3 + k % 3] += a[i] * b[k];
        }
    }
}

static void one_kernel(void **state) {
    (void)state;
    struct graph *two =
        arch_parse("two", "input 1x8x8\nconv 1 3x3 pad valid\nconv 1 3x3 pad valid");
    struct graph *one = arch_parse("one", "input 1x8x8\nconv 1 5x5 pad valid");
    assert_true(two && one);
    real *a = graph_values(two, 1, "weight"), *b = graph_values(two, 2, "weight");
    fill(a, 9, 1);
    fill(b, 9, 2);
    solve_one_kernel(a, b, graph_values(one, 1, "weight"));
    struct tape *of_two = tape_of(two), *of_one = tape_of(one);
    fill(tape_input(of_two), 64, 3);
    memcpy(tape_input(of_one), tape_input(of_two), 64 * sizeof(real));
    tape_forward(of_two, 1, false, 0);
    tape_forward(of_one, 1, false, 0);
    for (int i = 0; i < 16; i++) {
        assert_float_equal(tape_output(of_one, 0)[i], tape_output(of_two, 0)[i], 1e-4);
    }
    tape_destroy(of_two);
    tape_destroy(of_one);
    graph_destroy(two);
    graph_destroy(one);
}

// ---- 3: the gradient of a convolution by its weights ----

// y[i, j] = sum w[r, s] x[i + r, j + s], so each weight gets the sum of dy times the pixel that it
// met: dw[r, s] = sum dy[i, j] x[i + r, j + s], a cross-correlation, too.
static void solve_weight_gradient(const real *x, int width, const real *dy, int rows, int columns,
                                  real *dw) {
    memset(dw, 0, 9 * sizeof *dw);
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            for (int k = 0; k < 9; k++) {
                dw[k] += dy[i * columns + j] * x[(i + k / 3) * width + j + k % 3];
            }
        }
    }
}

static void weight_gradient(void **state) {
    (void)state;
    struct graph *graph = arch_parse("gradient", "input 1x6x7\nconv 1 3x3 pad valid\n");
    assert_non_null(graph);
    real dy[4 * 5], dw[9];
    fill(graph_values(graph, 1, "weight"), 9, 1);
    fill(dy, 20, 2);
    struct tape *tape = tape_of(graph);
    fill(tape_input(tape), 42, 3);
    tape_forward(tape, 1, false, 0);
    tape_set_gradient(tape, dy);
    tape_backward(tape, false);
    solve_weight_gradient(tape_input(tape), 7, dy, 4, 5, dw);
    for (int k = 0; k < 9; k++) {
        assert_float_equal(dw[k], tape_gradients(tape)[k], 1e-4);
    }
    tape_destroy(tape);
    graph_destroy(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absolute_value),
        cmocka_unit_test(one_kernel),
        cmocka_unit_test(weight_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
