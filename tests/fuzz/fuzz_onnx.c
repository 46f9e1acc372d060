// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// The ONNX reader, and a run of what it accepts if that is small.
#include "../../core/onnx.h"
#include "../../core/plan.h"
#include "fuzz.h"

#include <stdlib.h>

#define MAX_MULTIPLY_ADDS 1000000
#define MAX_RUN_ELEMENTS 65536

static bool is_small(const struct graph *graph) {
    if (graph->n_values > MAX_RUN_ELEMENTS || graph->n_nodes > 200 ||
        graph_multiply_adds(graph) > MAX_MULTIPLY_ADDS) {
        return false;
    }
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct shape s = graph->nodes[i].shape;
        if ((size_t)s.c * s.h * s.w > MAX_RUN_ELEMENTS) {
            return false;
        }
    }
    return true;
}

static void run(const struct graph *graph) {
    const struct shape in = graph_input_shape(graph);
    const struct shape out = graph_output_shape(graph);
    real *x = calloc((size_t)in.c * in.h * in.w, sizeof *x);
    real *y = calloc((size_t)out.c * out.h * out.w, sizeof *y);
    struct plan *plan = plan_create(graph, 1, &kernels_scalar);
    if (x && y && plan) {
        plan_run(plan, x, 1, y);
    }
    plan_destroy(plan);
    free(y);
    free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct metadata metadata;
    struct graph *graph = onnx_parse("fuzz.onnx", bytes, len, &metadata);
    if (graph && is_small(graph)) {
        run(graph);
    }
    graph_destroy(graph);
    return 0;
}
