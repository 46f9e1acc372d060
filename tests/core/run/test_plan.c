// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Plans and tapes of every kernel table and arithmetic against the layers' own forward passes run
// node by node by the scalar kernels: shapes that NHWC images, fusion and Winograd's algorithm
// find hard, and the shipped model.

#include "core/network/arch.h"
#include "core/kernels/cpu.h"
#include "core/network/layers/layer.h"
#include "core/base/metadata.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"
#include "core/train/tape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define N 2

static const char *const networks[] = {
    "input 1x64x64\nconv 12 3x3\nbatch_norm\nrelu\nconv 24 3x3 stride 2\nbatch_norm\nrelu\n"
    "conv 24 3x3\nbatch_norm\nrelu\npool global\ndense 3",
    "input 2x9x9\nresidual\nconv 2 3x3\nend\nrelu", // an addend of less than a vector
    "input 20x11x13\nresidual\nconv 20 3x3\nbatch_norm\nrelu\nconv 20 3x3\nend\nrelu\nconv 33 3x3",
    "input 16x10x9\nresidual\nconv 16 3x3\nshortcut\nconv 16 1x1\nend\nrelu\nconv 17 3x3 pad full",
    "input 17x12x12\nconv 16 3x3\npool max 2x2\nconv 31 3x3\ntanh\nconv 8 5x5 stride 3\nrelu",
    "input 3x7x5\nbranches\nconv 4 1x1\nbranch\nconv 4 3x3\nrelu\nbranch\nconv 5 5x5\nend\n"
    "conv 6 2x2 pad valid\nsigmoid",
    "input 4x8x8\nconv 8 3x3 groups 4\nrelu\nconv 16 3x3 dilation 2\nbatch_norm\nrelu\ndense 5",
    "input 1x3x3\nconv 1 1x1 stride 5",
    "input 5x9x11\nconv 5 3x3 groups 5\nbatch_norm\nrelu\nconv 19 1x1\nbatch_norm\nrelu\n"
    "conv 19 3x3 groups 19 stride 2\nbatch_norm\nrelu\nconv 24 1x1\nconv 24 5x5 groups 24\nrelu",
    "input 20x11x13\nresidual\nconv 20 3x3\nsigmoid\nconv 20 3x3 groups 20 dilation 2\n"
    "batch_norm\nend\nrelu\nconv 20 5x5 groups 20 stride 2\nconv 40 3x3 groups 20\ndense 3",
    "input 3x8x8\nbranches\nconv 3 3x3 groups 3\nrelu\nbranch\nconv 7 3x3\nend\n"
    "conv 10 2x3 groups 10 stride 1x2 pad valid", // read by one, and channel by channel
    "input 1x21x17\nconv 18 3x3\npool max 3x3 stride 2 pad 1\nbranches\nconv 5 1x1\nelu\nbranch\n"
    "pool average 3x3 stride 1 pad 1\nbranch\nconv 7 3x3\nend\nsigmoid\nconv 20 3x3\npool global",
    "input 18x8x8\nbatch_norm\nrelu\nconv 18 3x3\nbatch_norm\nresidual\nconv 18 3x3\nend\ntanh",
    "input 3x9x8\nconv 9 3x3\nupsample 2\nconv 5 3x3\nupsample 3x2 bilinear\nconv 2 1x1",
    "input 1x16x16\nconv 16 3x3 stride 2\nbatch_norm\nrelu\nname fine\nconv 24 3x3 stride 2\n"
    "batch_norm\nrelu\nname coarse\nconv 5 1x1\noutput\nfrom coarse\nconv 20 1x1\nupsample 2\n"
    "name up\nfrom fine\nconv 20 1x1\nadd up\nrelu\noutput\nconv 5 1x1\noutput",
    "input 3x4x5\nconv 3 3x3\nsoftmax",
};

static struct graph *random_graph(const char *text) {
    struct graph *graph = arch_parse("test", text);
    assert_non_null(graph);
    struct rng rng;
    rng_init(&rng, 21, 0);
    graph_init(graph, &rng);
    for (int i = 0; i < graph->n_nodes; i++) { // running statistics as after training
        for (int p = 0; graph->nodes[i].op == OP_BATCH_NORM && p < graph->nodes[i].n_params; p++) {
            const struct param *param = &graph->nodes[i].params[p];
            for (size_t j = 0; j < param->len; j++) {
                graph->values[param->offset + j] = (real)(0.5 + rng_uniform(&rng));
            }
        }
    }
    return graph;
}

static real *take(size_t n) {
    real *p = aligned_alloc(64, (n * sizeof *p + 64) / 64 * 64);
    assert_non_null(p);
    return p;
}

static real *random_input(const struct graph *graph) {
    size_t len = N * shape_len(graph_input_shape(graph));
    real *x = take(len);
    struct rng rng;
    rng_init(&rng, 22, 0);
    for (size_t i = 0; i < len; i++) {
        x[i] = (real)rng_normal(&rng);
    }
    return x;
}

static real *zeros(size_t n) {
    real *p = take(n);
    memset(p, 0, n * sizeof *p);
    return p;
}

// Every node by its layer's forward pass; returns the outputs of each sample, as plan_run does.
static real *reference(const struct graph *graph, const real *x) {
    real **y = calloc((size_t)graph->n_nodes, sizeof *y);
    assert_non_null(y);
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];
        const struct layer *layer = layers[node->op];
        struct shape in[MAX_INPUTS] = {{0}};
        struct pass pass = {.node = node, .in = in, .n = N, .kernels = &kernels_scalar};
        for (int j = 0; j < node->n_inputs; j++) {
            in[j] = graph->nodes[node->inputs[j]].shape;
            pass.x[j] = y[node->inputs[j]];
        }
        for (int p = 0; p < node->n_params; p++) {
            pass.params[p] = graph->values + node->params[p].offset;
        }
        y[i] = pass.y = take(N * shape_len(node->shape));
        pass.saved = zeros(layer->saved_len ? layer->saved_len(node, in, N) : 0);
        pass.scratch =
            zeros(layer->scratch_len ? layer->scratch_len(node, in, &kernels_scalar) : 0);
        if (i == 0) {
            memcpy(pass.y, x, N * shape_len(node->shape) * sizeof *x);
        }
        layer->forward(&pass);
        free(pass.saved);
        free(pass.scratch);
    }
    size_t all = graph_outputs_len(graph), at = 0;
    real *outputs = take(N * all);
    for (int k = 0; k < graph_n_outputs(graph); k++) {
        int node = graph_output_at(graph, k);
        size_t len = shape_len(graph->nodes[node].shape);
        for (int n = 0; n < N; n++) {
            memcpy(outputs + (size_t)n * all + at, y[node] + (size_t)n * len,
                   len * sizeof *y[node]);
        }
        at += len;
    }
    for (int i = 0; i < graph->n_nodes; i++) {
        free(y[i]);
    }
    free(y);
    return outputs;
}

static void expect(const char *what, const struct kernels *kernels, const real *y,
                   const real *wanted, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double size = fabs((double)wanted[i]);
        most = size > most ? size : most;
    }
    for (size_t i = 0; i < n; i++) {
        if (!(fabs((double)y[i] - (double)wanted[i]) <= 2e-5 * most)) {
            fail_msg("%s kernels: output %zu is %g, not %g\n%s", kernels->name, i, (double)y[i],
                     (double)wanted[i], what);
        }
    }
}

static void expect_tape(const char *what, const struct kernels *kernels, const struct graph *graph,
                        const struct tape *tape, const real *wanted) {
    for (int k = 0; k < graph_n_outputs(graph); k++) {
        size_t len = shape_len(graph->nodes[graph_output_at(graph, k)].shape);
        for (size_t n = 0; n < N; n++) {
            expect(what, kernels, tape_output(tape, k) + n * len,
                   wanted + n * graph_outputs_len(graph), len);
        }
        wanted += len;
    }
}

// The gradients of a training step, by the parameters, then by the input.
static real *gradients(struct graph *graph, const struct kernels *kernels, const real *x) {
    size_t n_in = N * shape_len(graph_input_shape(graph));
    size_t n_out = N * graph_outputs_len(graph);
    struct tape *tape = tape_create(graph, N, kernels, NULL);
    assert_non_null(tape);
    real *dy = take(n_out), *d = take(graph->n_values + n_in);
    struct rng rng;
    rng_init(&rng, 23, 0);
    for (size_t i = 0; i < n_out; i++) {
        dy[i] = (real)rng_normal(&rng);
    }
    for (int again = 0; again < 2; again++) { // the second time memory is used
        memcpy(tape_input(tape), x, n_in * sizeof *x);
        tape_forward(tape, N, true, 0);
        tape_begin_backward(tape);
        const real *from = dy;
        for (int k = 0; k < graph_n_outputs(graph); k++) {
            size_t len = N * shape_len(graph->nodes[graph_output_at(graph, k)].shape);
            memcpy(tape_output_gradient(tape, k), from, len * sizeof *from);
            from += len;
        }
        tape_backward(tape, true);
    }
    memcpy(d, tape_gradients(tape), graph->n_values * sizeof *d);
    memcpy(d + graph->n_values, tape_input_gradient(tape), n_in * sizeof *d);
    tape_destroy(tape);
    free(dy);
    return d;
}

// Every table's against the scalar one's, which test_gradients checks. The running statistics
// change, but no gradient depends on them.
static void check_gradients(struct graph *graph, const char *what) {
    const struct kernels *tables[8];
    int n_tables = cpu_list(tables, 8);
    size_t n_in = N * shape_len(graph_input_shape(graph));
    real *x = random_input(graph), *wanted = gradients(graph, &kernels_scalar, x);
    for (int t = 0; t < n_tables; t++) {
        real *d = gradients(graph, tables[t], x);
        for (int i = 0; i < graph->n_nodes; i++) {
            for (int p = 0; p < graph->nodes[i].n_params; p++) {
                const struct param *param = &graph->nodes[i].params[p];
                if (param->trained) {
                    expect(what, tables[t], d + param->offset, wanted + param->offset, param->len);
                }
            }
        }
        expect(what, tables[t], d + graph->n_values, wanted + graph->n_values, n_in);
        free(d);
    }
    free(x);
    free(wanted);
}

static void check_graph(struct graph *graph, const char *what) {
    const struct kernels *tables[8];
    int n_tables = cpu_list(tables, 8);
    size_t n = N * graph_outputs_len(graph);
    real *x = random_input(graph), *wanted = reference(graph, x), *y = take(n);
    for (int t = 0; t < n_tables; t++) {
        for (int arithmetic = PLAN_FAST; arithmetic <= PLAN_DIRECT; arithmetic++) {
            struct plan *plan =
                plan_create_as(graph, N, tables[t], (enum plan_arithmetic)arithmetic);
            assert_non_null(plan);
            for (int again = 0; again < 2; again++) { // the second run finds used memory
                plan_run(plan, x, N, y);
                expect(what, tables[t], y, wanted, n);
            }
            plan_destroy(plan);
        }
        struct tape *tape = tape_create(graph, N, tables[t], NULL);
        assert_non_null(tape);
        memcpy(tape_input(tape), x, N * shape_len(graph_input_shape(graph)) * sizeof *x);
        tape_forward(tape, N, false, 0);
        expect_tape(what, tables[t], graph, tape, wanted);
        tape_destroy(tape);
    }
    free(x);
    free(wanted);
    free(y);
    graph_destroy(graph);
}

static void awkward_networks(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        check_graph(random_graph(networks[i]), networks[i]);
    }
}

static void gradients_of_networks(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        struct graph *graph = random_graph(networks[i]);
        check_gradients(graph, networks[i]);
        graph_destroy(graph);
    }
}

static void shipped_model(void **state) {
    (void)state;
    struct metadata metadata = {0};
    struct graph *graph = onnx_read(SHIPPED_MODEL, &metadata);
    assert_non_null(graph);
    check_graph(graph, SHIPPED_MODEL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(awkward_networks),
        cmocka_unit_test(gradients_of_networks),
        cmocka_unit_test(shipped_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
