// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/plan_private.h"

#include "core/base/aligned_memory.h"
#include "core/network/class_map.h"
#include "core/network/fold.h"
#include "core/base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLAN ((size_t)1 << 29) // reals

// The lowest place where a tensor overlaps no earlier one that is alive meanwhile.
static size_t find_place(const struct plan *plan, int t, size_t base) {
    const struct tensor *tensor = &plan->tensors[t];
    size_t at = base;
    for (bool moved = true; moved;) {
        moved = false;
        for (int u = 0; u < t; u++) {
            const struct tensor *other = &plan->tensors[u];
            if (other->last_use >= tensor->made && at < other->at + other->len &&
                other->at < at + tensor->len) {
                at = other->at + other->len;
                moved = true;
            }
        }
    }
    return at;
}

// What stays goes first: packed weights, layers' own memory.
static void lay_out(struct plan *plan) {
    size_t at = 0, end, scratch = 0;
    for (int s = 0; s < plan->n_steps; s++) {
        struct step *step = &plan->steps[s];
        const struct node *node = &plan->graph->nodes[step->node];
        const struct layer *layer = layers[node->op];
        struct shape in[MAX_INPUTS] = {{0}};
        graph_input_shapes(plan->graph, node, in);
        step->packed = step->saved = at;
        if (step->kind == STEP_CONV) {
            at += nhwc_conv_packed_len(&step->conv);
            scratch = max_size(scratch, nhwc_conv_scratch_len(&step->conv));
        } else if (step->kind == STEP_INT8_CONV) {
            at += reals_for(int8_conv_packed_len(&step->int8));
        } else if (step->kind == STEP_LAYER) { // the others need none
            at += layer->saved_len ? aligned_round(layer->saved_len(node, in, 1)) : 0;
            scratch = max_size(
                scratch, layer->scratch_len ? layer->scratch_len(node, in, plan->kernels) : 0);
        }
    }
    size_t base = end = at;
    for (int t = 0; t < plan->n_tensors; t++) {
        plan->tensors[t].at = find_place(plan, t, base);
        end = max_size(end, plan->tensors[t].at + plan->tensors[t].len);
    }
    plan->scratch = end;
    plan->kept_at = end + aligned_round(scratch);
    size_t kept = plan->kept >= 0 ? shape_len(shape_at(plan, plan->kept)) : 0;
    plan->len = plan->kept_at + aligned_round(kept * (size_t)plan->max_batch);
}

static void pack_weights(struct plan *plan) {
    for (int s = 0; s < plan->n_steps; s++) {
        const struct step *step = &plan->steps[s];
        const real *weight = graph_values(plan->graph, step->node, "weight"),
                   *bias = graph_values(plan->graph, step->node, "bias");
        if (step->kind == STEP_CONV) {
            nhwc_conv_pack(&step->conv, weight, bias, plan->memory + step->packed);
        } else if (step->kind == STEP_INT8_CONV) {
            int8_conv_pack(&step->int8, weight, bias, plan->memory + step->packed);
        }
    }
}

static bool allocate_steps(struct plan *plan) {
    size_t n = (size_t)plan->graph->n_nodes; // each node in every form
    plan->steps = calloc(N_FORMS * n, sizeof *plan->steps);
    plan->tensors = calloc(N_FORMS * n, sizeof *plan->tensors);
    plan->tensor_of = calloc(n, sizeof *plan->tensor_of);
    plan->inside = calloc(n, sizeof *plan->inside);
    return plan->steps && plan->tensors && plan->tensor_of && plan->inside;
}

// The rest of a plan whose first fields say how it is to be; it is destroyed on failure.
static struct plan *complete(struct plan *plan, const struct graph *graph) {
    plan->graph = fold_graph(graph);
    if (!plan->graph) {
        plan_destroy(plan);
        return NULL;
    }
    if (!allocate_steps(plan)) {
        goto fail;
    }
    plan->kept = class_map_source(plan->graph);
    assert(!plan->ranges || plan->ranges->n == plan->graph->n_nodes);
    plan_make_steps(plan);
    lay_out(plan);
    if (plan->len > MAX_PLAN) {
        LOG(ERROR, "this network needs %.1f GB to run, more than the %.1f that are allowed",
            1e-9 * (double)(plan->len * sizeof(real)), 1e-9 * (double)(MAX_PLAN * sizeof(real)));
        plan_destroy(plan);
        return NULL;
    }
    plan->memory = aligned_malloc(plan->len * sizeof *plan->memory);
    if (!plan->memory) {
        goto fail;
    }
    pack_weights(plan);
    plan->ranges = NULL;
    return plan;
fail:
    log_no_memory("the plan of a network");
    plan_destroy(plan);
    return NULL;
}

static struct plan *create(const struct graph *graph, const struct plan *wishes) {
    struct plan *plan = malloc(sizeof *plan);
    if (!plan) {
        log_no_memory("the plan of a network");
        return NULL;
    }
    *plan = *wishes;
    return complete(plan, graph);
}

struct plan *plan_create(const struct graph *graph, int max_batch, const struct kernels *kernels) {
    return plan_create_as(graph, max_batch, kernels, PLAN_FAST);
}

struct plan *plan_create_as(const struct graph *graph, int max_batch, const struct kernels *kernels,
                            enum plan_arithmetic arithmetic) {
    const struct plan wishes = {
        .max_batch = max_batch, .kernels = kernels, .arithmetic = arithmetic};
    return create(graph, &wishes);
}

struct plan *plan_create_int8(const struct graph *graph, int max_batch,
                              const struct kernels *kernels, const struct int8_kernels *int8,
                              const struct ranges *ranges) {
    assert(kernels->lanes % int8->lanes == 0);
    const struct plan wishes = {.max_batch = max_batch,
                                .kernels = kernels,
                                .int8 = int8,
                                .ranges = ranges,
                                .arithmetic = PLAN_FAST};
    return create(graph, &wishes);
}

void plan_destroy(struct plan *plan) {
    if (plan) {
        free(plan->memory);
        free(plan->inside);
        free(plan->tensor_of);
        free(plan->tensors);
        free(plan->steps);
        graph_destroy(plan->graph);
        free(plan);
    }
}
