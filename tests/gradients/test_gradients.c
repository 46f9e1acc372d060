// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Every layer's backward pass against central finite differences, in double precision: the core is
// compiled a second time with real = double for this.

#include "core/arch.h"
#include "core/tape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define STEP 1e-5
#define TOLERANCE 2e-7 // relative to the largest gradient of the tensor
#define BATCH 3

// Many shapes for each layer: odd sizes, size 1, a stride over the size.
static const char *const networks[] = {
    "input 1x5x7\nconv 3 3x3",
    "input 2x6x5\nconv 4 3x2 stride 2 pad valid",
    "input 3x4x4\nconv 2 1x1",
    "input 1x1x1\nconv 2 3x3 bias no",
    "input 2x3x3\nconv 2 3x3 stride 5",
    "input 2x9x8\nconv 4 3x3 dilation 2 pad full",
    "input 4x5x6\nconv 6 3x3 groups 2 stride 2x1",
    "input 4x5x5\nconv 4 3x3 groups 4",
    "input 2x17x19\nconv 13 5x5 stride 3 pad 2",
    "input 9x9x10\nconv 8 3x3 bias no\nbatch_norm\nrelu",
    "input 8x8x8\nresidual\nconv 8 3x3\nbatch_norm\nend\nrelu",
    "input 2x6x6\npool max 2x2",
    "input 2x7x5\npool max 3x3 stride 2 pad 1",
    "input 2x7x5\npool average 3x3 stride 2 pad 1",
    "input 1x4x6\npool average 2x3",
    "input 3x5x4\npool global",
    "input 2x3x4\nrelu",
    "input 2x3x4\nleaky_relu 0.1",
    "input 2x3x4\nelu 1.3",
    "input 2x3x4\nsigmoid",
    "input 2x3x4\ntanh",
    "input 3x4x5\nbatch_norm",
    "input 3x1x1\nbatch_norm",
    "input 2x3x4\ndense 5",
    "input 2x3x4\ndropout 0.4",
    "input 5x1x1\nsoftmax",
    "input 2x4x4\nresidual\nconv 2 3x3\ntanh\nend",
    "input 2x4x4\nresidual\nconv 3 3x3 stride 2\nshortcut\nconv 3 1x1 stride 2\nend\ntanh",
    "input 2x4x4\nbranches\nconv 3 1x1\nbranch\nconv 2 3x3\nbranch\npool average 3x3 stride 1 pad "
    "1\nend",
    "input 1x8x8\nconv 4 3x3\nbatch_norm\nrelu\nrepeat 2\nresidual\nconv 4 3x3\nbatch_norm\nrelu\n"
    "conv 4 3x3\nbatch_norm\nend\nrelu\nend\npool global\ndense 3\nsoftmax",
};

static double random_dot(struct tape *tape, const double *dy, size_t len, bool training) {
    tape_forward(tape, BATCH, training, 7);
    const double *y = tape_output(tape);
    double sum = 0;
    for (size_t i = 0; i < len; i++) {
        sum += dy[i] * y[i];
    }
    return sum;
}

// Compares analytic with numeric for every value of x. Kinks (max, ReLU) move no gradient at random
// points.
static void compare(struct tape *tape, double *x, const double *analytic, size_t n,
                    const double *dy, size_t len, bool training, const char *what) {
    double largest = 1e-3;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs(analytic[i]));
    }
    for (size_t i = 0; i < n; i++) {
        double keep = x[i];
        x[i] = keep + STEP;
        double up = random_dot(tape, dy, len, training);
        x[i] = keep - STEP;
        double down = random_dot(tape, dy, len, training);
        x[i] = keep;
        double numeric = (up - down) / (2 * STEP);
        if (fabs(numeric - analytic[i]) > TOLERANCE * largest) {
            fail_msg("%s: value %zu: analytic %.9g, numeric %.9g\n%s",
                     training ? "training" : "inference", i, analytic[i], numeric, what);
        }
    }
}

static double *copy(const double *from, size_t n) {
    double *to = calloc(n + 1, sizeof *to);
    assert_non_null(to);
    for (size_t i = 0; i < n; i++) {
        to[i] = from[i];
    }
    return to;
}

static void fill_normal(struct rng *rng, double *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        x[i] = rng_normal(rng);
    }
}

static void check_network(const char *text, bool training) {
    struct rng rng;
    rng_init(&rng, 1, 0);
    struct graph *graph = arch_parse("test", text);
    assert_non_null(graph);
    fill_normal(&rng, graph->values, graph->n_values);
    for (int i = 0; i < graph->n_nodes; i++) { // variances are positive
        const struct param *variance = node_param(&graph->nodes[i], "variance");
        for (size_t j = 0; variance && j < variance->len; j++) {
            graph->values[variance->offset + j] = 0.5 + rng_uniform(&rng);
        }
    }
    extern const struct kernels kernels_scalar;
    struct tape *tape = tape_create(graph, BATCH, &kernels_scalar, NULL);
    assert_non_null(tape);
    size_t n_in = BATCH * shape_len(graph_input_shape(graph));
    size_t n_out = BATCH * shape_len(graph_output_shape(graph));
    double *dy = calloc(n_out, sizeof *dy);
    assert_non_null(dy);
    fill_normal(&rng, dy, n_out);
    fill_normal(&rng, tape_input(tape), n_in);
    tape_forward(tape, BATCH, training, 7);
    tape_set_gradient(tape, dy);
    tape_backward(tape, true);
    double *dx = copy(tape_input_gradient(tape), n_in);
    double *dw = copy(tape_gradients(tape), graph->n_values);
    compare(tape, tape_input(tape), dx, n_in, dy, n_out, training, text);
    for (int i = 0; i < graph->n_nodes; i++) {
        for (int p = 0; p < graph->nodes[i].n_params; p++) {
            const struct param *param = &graph->nodes[i].params[p];
            if (param->trained) {
                compare(tape, graph->values + param->offset, dw + param->offset, param->len, dy,
                        n_out, training, text);
            }
        }
    }
    free(dy);
    free(dx);
    free(dw);
    tape_destroy(tape);
    graph_destroy(graph);
}

static void gradients_in_training(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        check_network(networks[i], true);
    }
}

static void gradients_at_inference(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        check_network(networks[i], false);
    }
}

// The fused gradient of softmax and cross-entropy, by the input.
static void cross_entropy_gradient(void **state) {
    (void)state;
    struct graph *graph = arch_parse("test", "input 2x3x3\nconv 4 3x3\ntanh\ndense 3\nsoftmax");
    struct rng rng;
    rng_init(&rng, 2, 0);
    graph_init(graph, &rng);
    extern const struct kernels kernels_scalar;
    struct tape *tape = tape_create(graph, 2, &kernels_scalar, NULL);
    double targets[] = {0.9, 0.05, 0.05, 0, 0.3, 0.7};
    double *x = tape_input(tape);
    fill_normal(&rng, x, 36);
    tape_forward(tape, 2, true, 0);
    tape_cross_entropy(tape, targets);
    tape_backward(tape, true);
    double *dx = copy(tape_input_gradient(tape), 36);
    for (int i = 0; i < 36; i++) {
        double keep = x[i];
        x[i] = keep + STEP;
        tape_forward(tape, 2, true, 0);
        double up = tape_cross_entropy(tape, targets);
        x[i] = keep - STEP;
        tape_forward(tape, 2, true, 0);
        double down = tape_cross_entropy(tape, targets);
        x[i] = keep;
        assert_true(fabs((up - down) / (2 * STEP) - dx[i]) < 1e-8);
    }
    free(dx);
    tape_destroy(tape);
    graph_destroy(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_in_training),
        cmocka_unit_test(gradients_at_inference),
        cmocka_unit_test(cross_entropy_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
