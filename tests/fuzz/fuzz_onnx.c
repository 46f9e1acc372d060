// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// The ONNX reader, and what a classifier does with what it accepts, if that is small.
#include "core/kernels/cpu.h"
#include "core/run/model_info.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"
#include "core/run/calibration.h"
#include "tests/fuzz/fuzz.h"

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

static void run(const struct graph *graph, struct plan *plan) {
    real *x = calloc(shape_len(graph_input_shape(graph)), sizeof *x);
    real *y = calloc(shape_len(graph_output_shape(graph)), sizeof *y);
    if (x && y && plan) {
        plan_run(plan, x, 1, y);
    }
    plan_destroy(plan);
    free(y);
    free(x);
}

// As classifier.c does.
static void use(struct graph *graph, const struct metadata *metadata) {
    struct model_info info;
    struct ranges ranges = {0};
    run(graph, plan_create(graph, 1, &kernels_scalar));
    if (model_complete(graph) && model_info_read("fuzz.onnx", graph, metadata, &info)) {
        false_alarms_threshold(metadata, 0.05);
    }
    if (ranges_read("fuzz.onnx", graph, metadata, &ranges) && ranges.n > 0) {
        run(graph, plan_create_int8(graph, 1, cpu_kernels(), &int8_scalar, &ranges));
    }
    ranges_finish(&ranges);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static struct metadata metadata;
    struct graph *graph = onnx_parse("fuzz.onnx", bytes, len, &metadata);
    if (graph && is_small(graph)) {
        use(graph, &metadata);
    }
    graph_destroy(graph);
    return 0;
}
