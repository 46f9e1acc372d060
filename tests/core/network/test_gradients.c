// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Every layer's backward pass against central finite differences, in double precision: the core is
// compiled a second time with real = double for this.

#include "core/network/arch.h"
#include "core/base/log.h"
#include "core/train/tape.h"

#include <math.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
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
    "input 9x6x7\nconv 9 3x3 groups 9 stride 2\nbatch_norm\nrelu\nconv 3 1x1",
    "input 2x9x8\nconv 2 5x3 groups 2 dilation 1x2 pad full bias no",
    "input 2x5x4\nconv 2 2x2 groups 2 stride 3 pad valid",
    "input 10x4x5\nresidual\nconv 10 3x3 groups 10\nbatch_norm\nend\nrelu",
    "input 2x17x19\nconv 13 5x5 stride 3 pad 2",
    "input 9x9x10\nconv 8 3x3 bias no\nbatch_norm\nrelu",
    "input 8x8x8\nresidual\nconv 8 3x3\nbatch_norm\nend\nrelu",
    "input 2x6x6\npool max 2x2",
    "input 2x7x5\npool max 3x3 stride 2 pad 1",
    "input 2x7x5\npool average 3x3 stride 2 pad 1",
    "input 1x4x6\npool average 2x3",
    "input 2x6x4\nconv 3 3x3\npool max 2x2\nname p\nconv 3 1x1\nunpool p\nconv 2 3x3",
    "input 2x7x5\nconv 3 3x3\npool max 3x3 stride 2 pad 1\nname p\ntanh\nunpool p",
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
    "input 2x5x6\nconv 3 3x3 pad 0,2,1,0",
    "input 2x5x4\nconv 3 3x3 border replicate",
    "input 2x5x4\nconv 3 4x3 stride 2 pad full border replicate",
    "input 2x5x4\nconv 3 3x3 dilation 2 pad 1,2,3,0 border reflect",
    "input 1x1x1\nconv 2 3x3 border replicate",
    "input 2x6x5\nconv 3 3x3 tiles 2",
    "input 2x7x8\nconv 2 2x3 stride 2 tiles 3 bias no",
    "input 3x3x4\nconv_transpose 2 3x3 stride 2",
    "input 2x3x1\nconv_transpose 4 2x4 stride 3x2 dilation 2x1 groups 2 pad valid",
    "input 2x3x3\nconv_transpose 2 2x2 stride 3 pad same",
    "input 2x3x3\nconv_transpose 2 3x3 pad 2",
    "input 2x3x4\nrandom_relu",
    "input 2x3x4\nrandom_relu 0.1 0.6",
    "input 3x3x4\nprelu",
    "input 2x3x4\nclip -0.5 0.7",
    "input 2x3x4\nhard_sigmoid",
    "input 2x3x4\nsoftplus",
    "input 2x3x4\nerf",
    "input 2x3x4\nsoftplus\npower 0.5",
    "input 2x3x4\npower 3",
    "input 4x3x2\ngroup_norm 2",
    "input 3x4x3\ngroup_norm 3 epsilon 0.1",
    "input 4x1x1\ngroup_norm 1",
    "input 2x3x4\naffine",
    "input 2x7x5\npool l2 3x3 stride 2 pad 1",
    "input 2x5x5\npool lp 2x3 exponent 3.5 stride 1",
    "input 2x5x5\npool lp 2x2 exponent 1",
    "input 3x6x7\npool stochastic 3x3 stride 2 pad same",
    "input 3x6x7\npool mixed 3x2 stride 2",
    "input 2x7x5\npool average 3x3 stride 2 pad 1 count_padding yes",
    "input 2x7x5\npool spectral 3x4",
    "input 2x6x8\npool spectral 6x4",
    "input 1x1x5\npool spectral 1x2",
    "input 1x4x4\npool spectral 1x1",
    "input 2x3x3\ndense 1\nlogistic",
    "input 2x3x2\nupsample 2",
    "input 2x3x1\nupsample 3x2 bilinear",
    "input 3x2x3\nsoftmax",
    "input 2x8x8\nconv 3 3x3 stride 2\nbatch_norm\nrelu\nname fine\nconv 4 3x3 stride 2\nrelu\n"
    "name coarse\nconv 2 1x1\noutput\nfrom coarse\nconv 3 1x1\nupsample 2\nname up\nfrom fine\n"
    "conv 3 1x1\nadd up\nrelu\noutput\nconcat fine\nconv 2 3x3\noutput",
    "input 3x5x5\nresidual\nbatch_norm\ntanh\nconv 3 3x3\nbatch_norm\ntanh\nconv 3 3x3\nend",
    "input 1x8x8\nconv 4 3x3\nbatch_norm\nrelu\nrepeat 2\nresidual\nconv 4 3x3\nbatch_norm\nrelu\n"
    "conv 4 3x3\nbatch_norm\nend\nrelu\nend\npool global\ndense 3\nsoftmax",
};

static int n_compared;
static double worst; // relative difference so far

static size_t output_len(const struct graph *graph, int k) {
    return BATCH * shape_len(graph->nodes[graph_output_at(graph, k)].shape);
}

// Of all outputs, one after the other, with dy.
static double random_dot(const struct graph *graph, struct tape *tape, const double *dy,
                         bool training) {
    tape_forward(tape, BATCH, training, 7);
    double sum = 0;
    for (int k = 0; k < graph_n_outputs(graph); k++) {
        const double *y = tape_output(tape, k);
        for (size_t i = 0; i < output_len(graph, k); i++) {
            sum += *dy++ * y[i];
        }
    }
    return sum;
}

// Compares analytic with numeric for every value of x. Kinks (max, ReLU) move no gradient at random
// points.
static void compare(const struct graph *graph, struct tape *tape, double *x, const double *analytic,
                    size_t n, const double *dy, bool training, const char *what) {
    double largest = 1e-3;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs(analytic[i]));
    }
    for (size_t i = 0; i < n; i++) {
        double keep = x[i];
        x[i] = keep + STEP;
        double up = random_dot(graph, tape, dy, training);
        x[i] = keep - STEP;
        double down = random_dot(graph, tape, dy, training);
        x[i] = keep;
        double numeric = (up - down) / (2 * STEP);
        n_compared++;
        worst = fmax(worst, fabs(numeric - analytic[i]) / largest);
        if (!(fabs(numeric - analytic[i]) <= TOLERANCE * largest)) {
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

// Compares every gradient of a graph; destroys it.
static void check_graph(struct graph *graph, const char *what, bool training) {
    struct rng rng;
    rng_init(&rng, 1, 0);
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
    size_t n_out = BATCH * graph_outputs_len(graph);
    double *dy = calloc(n_out, sizeof *dy);
    assert_non_null(dy);
    fill_normal(&rng, dy, n_out);
    fill_normal(&rng, tape_input(tape), n_in);
    tape_forward(tape, BATCH, training, 7);
    tape_begin_backward(tape);
    const double *from = dy;
    for (int k = 0; k < graph_n_outputs(graph); k++) {
        memcpy(tape_output_gradient(tape, k), from, output_len(graph, k) * sizeof *from);
        from += output_len(graph, k);
    }
    tape_backward(tape, true);
    double *dx = copy(tape_input_gradient(tape), n_in);
    double *dw = copy(tape_gradients(tape), graph->n_values);
    compare(graph, tape, tape_input(tape), dx, n_in, dy, training, what);
    for (int i = 0; i < graph->n_nodes; i++) {
        for (int p = 0; p < graph->nodes[i].n_params; p++) {
            const struct param *param = &graph->nodes[i].params[p];
            if (param->trained) {
                compare(graph, tape, graph->values + param->offset, dw + param->offset, param->len,
                        dy, training, what);
            }
        }
    }
    free(dy);
    free(dx);
    free(dw);
    tape_destroy(tape);
    graph_destroy(graph);
}

static void check_network(const char *text, bool training) {
    struct graph *graph = arch_parse("test", text);
    assert_non_null(graph);
    check_graph(graph, text, training);
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

// A random line for one layer; some do not fit.
static void random_line(struct rng *rng, char *text, size_t room) {
    static const char *const pools[] = {"max", "average", "l2", "stochastic", "mixed"};
    static const char *const pads[] = {"same", "valid", "1", "0,1,1,0"};
    static const char *const borders[] = {"zeros", "replicate", "reflect"};
    static const char *const others[] = {"batch_norm",
                                         "affine",
                                         "group_norm 1",
                                         "softplus",
                                         "prelu",
                                         "random_relu",
                                         "elu",
                                         "leaky_relu",
                                         "sigmoid",
                                         "tanh",
                                         "clip -1 1",
                                         "hard_sigmoid",
                                         "pool global",
                                         "dense 3",
                                         "dropout 0.3",
                                         "pool spectral 3x2",
                                         "pool spectral 4x5",
                                         "conv 2 3x3 tiles 2",
                                         "conv 3 2x3 stride 2 tiles 3",
                                         "dense 2\nsoftmax",
                                         "dense 1\nlogistic"};
    int sizes[8];
    for (int i = 0; i < 8; i++) {
        sizes[i] = 1 + (int)rng_below(rng, i < 2 ? 9 : 4);
    }
    const char *pad = pads[rng_below(rng, 4)];
    switch (rng_below(rng, 4)) {
    case 0:
        snprintf(text, room, "input 2x%dx%d\npool %s %dx%d stride %dx%d pad %s", sizes[0], sizes[1],
                 pools[rng_below(rng, 5)], sizes[2], sizes[3], sizes[4], sizes[5], pad);
        break;
    case 1:
        snprintf(
            text, room,
            "input 2x%dx%d\nconv %d %dx%d stride %dx%d dilation %dx%d groups %d pad %s border %s",
            sizes[0], sizes[1], 2 * sizes[6], sizes[2], sizes[3], sizes[4], sizes[5],
            1 + sizes[6] / 3, 1 + sizes[7] / 3, 1 + sizes[7] % 2, pad, borders[rng_below(rng, 3)]);
        break;
    case 2:
        snprintf(text, room, "input 1x%dx%d\nconv_transpose 2 %dx%d stride %dx%d", sizes[6],
                 sizes[7], sizes[2], sizes[3], sizes[4], sizes[5]);
        break;
    default:
        snprintf(text, room, "input %dx%dx%d\n%s", sizes[2], sizes[0], sizes[1],
                 others[rng_below(rng, sizeof others / sizeof *others)]);
    }
}

static void gradients_of_random_shapes(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 3, 0);
    log_set_level((enum log_level) - 1);
    int n = 0;
    for (int i = 0; i < 600; i++) {
        char text[160];
        random_line(&rng, text, sizeof text);
        struct graph *graph = arch_parse("random", text);
        if (graph) {
            check_graph(graph, text, i % 2);
            n++;
        }
    }
    log_set_level(LOG_INFO);
    assert_true(n > 350);
}

// Layers that only networks of others have.
static void gradients_without_a_keyword(void **state) {
    (void)state;
    static const struct node nodes[] = {
        {.op = OP_RESHAPE, .reshape = {4, 3, 5}},
        {.op = OP_TRANSPOSE, .axes = {1, 2, 0}},
        {.op = OP_TRANSPOSE, .axes = {0, 2, 1}},
        {.op = OP_MULTIPLY, .n_inputs = 2},
        {.op = OP_LOG_SOFTMAX},
        {.op = OP_MULTIPLY, .n_inputs = 2, .divides = true},
        {.op = OP_PAD, .pad = {BORDER_REPLICATE, 0, 1, 2, 0, 1, 3, 0, 0, 0}},
        {.op = OP_PAD, .pad = {BORDER_CONSTANT, 2.5, 0, 1, 1, 1, 0, 2, 2, 1}},
        {.op = OP_POOL, .pool = {POOL_AVERAGE, {2, 2, 2, 2, 1, 1, 1, 1, 1, 1}, 0, true, 1, 1}},
    };
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        struct graph *graph = arch_parse("test", "input 3x4x5\nclip 0.5 1000");
        char error[GRAPH_ERROR_LEN];
        struct node node = nodes[i];
        node.n_inputs = node.n_inputs ? node.n_inputs : 1;
        node.inputs[0] = 0;
        node.inputs[1] = 1; // never 0, which divides
        if (graph_add(graph, &node, error) < 0) {
            fail_msg("%s", error);
        }
        check_graph(graph, "a layer without a keyword", true);
    }
}

// The fused gradient of softmax and cross-entropy, by the input.
static void check_cross_entropy(const char *text, const double *targets) {
    struct graph *graph = arch_parse("test", text);
    struct rng rng;
    rng_init(&rng, 2, 0);
    graph_init(graph, &rng);
    extern const struct kernels kernels_scalar;
    struct tape *tape = tape_create(graph, 2, &kernels_scalar, NULL);
    double *x = tape_input(tape);
    fill_normal(&rng, x, 36);
    tape_forward(tape, 2, true, 0);
    tape_cross_entropy(tape, NULL, targets);
    tape_backward(tape, true);
    double *dx = copy(tape_input_gradient(tape), 36);
    for (int i = 0; i < 36; i++) {
        double keep = x[i];
        x[i] = keep + STEP;
        tape_forward(tape, 2, true, 0);
        double up = tape_cross_entropy(tape, NULL, targets);
        x[i] = keep - STEP;
        tape_forward(tape, 2, true, 0);
        double down = tape_cross_entropy(tape, NULL, targets);
        x[i] = keep;
        assert_true(fabs((up - down) / (2 * STEP) - dx[i]) < 1e-8);
    }
    free(dx);
    tape_destroy(tape);
    graph_destroy(graph);
}

static void cross_entropy_gradient(void **state) {
    (void)state;
    check_cross_entropy("input 2x3x3\nconv 4 3x3\ntanh\ndense 3\nsoftmax",
                        (double[]){0.9, 0.05, 0.05, 0, 0.3, 0.7});
    check_cross_entropy("input 2x3x3\nconv 4 3x3\ntanh\ndense 1\nlogistic",
                        (double[]){0.9, 0.1, 0, 1});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_in_training),      cmocka_unit_test(gradients_at_inference),
        cmocka_unit_test(gradients_of_random_shapes), cmocka_unit_test(gradients_without_a_keyword),
        cmocka_unit_test(cross_entropy_gradient),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    printf("%d gradients, largest relative difference %.1e\n", n_compared, worst);
    return failed;
}
