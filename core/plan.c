// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "plan.h"

#include "class_map.h"
#include "fold.h"
#include "layers/conv.h"
#include "layers/layer.h"
#include "log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLAN ((size_t)1 << 29) // reals

struct step {
    int node;   // what is computed ...
    int result; // ... and the last node fused into it, whose output this is
    int addend; // node added to a convolution's result, -1 if none
    bool relu;
    size_t packed;          // convolution: place of its weights in memory
    size_t out, saved, len; // places in memory; len: output of a whole batch
    int last_use;           // the last step that reads the result
};

struct plan {
    struct graph *graph; // folded
    const struct kernels *kernels;
    int max_batch, n_steps;
    struct step *steps;
    int *step_of; // by node: the step that makes its output
    real *memory; // packed weights, then tensors, then scratch
    size_t scratch, len;
};

static size_t round_up(size_t n) {
    return (n + 15) / 16 * 16;
}

static struct shape shape_at(const struct plan *plan, int node) {
    return plan->graph->nodes[node].shape;
}

// Takes an add of two, the other already computed, and a ReLU into the convolution before them.
static void fuse(const struct plan *plan, struct step *step) {
    const struct graph *graph = plan->graph;
    int next = graph_only_reader(graph, step->result);
    if (next >= 0 && graph->nodes[next].op == OP_ADD && graph->nodes[next].n_inputs == 2) {
        const int *inputs = graph->nodes[next].inputs;
        int other = inputs[0] == step->result ? inputs[1] : inputs[0];
        if (other < step->node) {
            step->addend = other;
            step->result = next;
            next = graph_only_reader(graph, next);
        }
    }
    if (next >= 0 && graph->nodes[next].op == OP_ACTIVATION &&
        graph->nodes[next].activation.kind == ACT_RELU) {
        step->relu = true;
        step->result = next;
    }
}

static void make_steps(struct plan *plan) {
    const struct graph *graph = plan->graph;
    for (int i = 0; i < graph->n_nodes; i++) {
        plan->step_of[i] = -1;
    }
    for (int i = 0; i < graph->n_nodes; i++) {
        if (plan->step_of[i] >= 0) {
            continue; // already inside an earlier step
        }
        struct step step = {.node = i, .result = i, .addend = -1};
        if (graph->nodes[i].op == OP_CONV) {
            fuse(plan, &step);
        }
        plan->step_of[i] = plan->step_of[step.result] = plan->n_steps;
        if (step.addend >= 0) { // the add between the two is inside as well
            plan->step_of[graph_only_reader(graph, i)] = plan->n_steps;
        }
        step.len = round_up(shape_len(shape_at(plan, i)) * (size_t)plan->max_batch);
        plan->steps[plan->n_steps++] = step;
    }
}

static void read_at(struct plan *plan, int node, int by) {
    plan->steps[plan->step_of[node]].last_use = by;
}

static void find_lifetimes(struct plan *plan) {
    for (int s = 0; s < plan->n_steps; s++) {
        const struct step *step = &plan->steps[s];
        const struct node *node = &plan->graph->nodes[step->node];
        for (int i = 0; i < node->n_inputs; i++) {
            read_at(plan, node->inputs[i], s);
        }
        if (step->addend >= 0) {
            read_at(plan, step->addend, s);
        }
    }
    plan->steps[plan->n_steps - 1].last_use = plan->n_steps;
    int features = class_map_source(plan->graph);
    if (features >= 0) {
        read_at(plan, features, plan->n_steps);
    }
}

// The lowest place where step s's output overlaps no tensor that is alive meanwhile.
static size_t find_place(const struct plan *plan, int s, size_t base) {
    size_t at = base;
    for (bool moved = true; moved;) {
        moved = false;
        for (int t = 0; t < s; t++) {
            const struct step *other = &plan->steps[t];
            if (other->last_use >= s && at < other->out + other->len &&
                other->out < at + plan->steps[s].len) {
                at = other->out + other->len;
                moved = true;
            }
        }
    }
    return at;
}

static size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}

static struct shape input_shape(const struct plan *plan, const struct node *node) {
    return node->n_inputs ? shape_at(plan, node->inputs[0]) : node->shape;
}

static void lay_out(struct plan *plan) {
    size_t at = 0, end, scratch = 0;
    for (int s = 0; s < plan->n_steps; s++) { // what stays: packed weights, layers' own memory
        struct step *step = &plan->steps[s];
        const struct node *node = &plan->graph->nodes[step->node];
        struct shape in = input_shape(plan, node);
        const struct layer *layer = layers[node->op];
        step->packed = at;
        at += node->op == OP_CONV ? conv_packed_len(node, in, plan->kernels) : 0;
        step->saved = at;
        at += layer->saved_len ? round_up(layer->saved_len(node, &in, plan->max_batch)) : 0;
        if (node->op == OP_CONV) {
            scratch = max_size(scratch, conv_run_scratch_len(node, in, plan->kernels));
        } else if (layer->scratch_len) {
            scratch = max_size(scratch, layer->scratch_len(node, &in, plan->kernels));
        }
    }
    size_t base = end = at;
    for (int s = 0; s < plan->n_steps; s++) {
        plan->steps[s].out = find_place(plan, s, base);
        end = max_size(end, plan->steps[s].out + plan->steps[s].len);
    }
    plan->scratch = end;
    plan->len = end + round_up(scratch);
}

static void pack_weights(struct plan *plan) {
    for (int s = 0; s < plan->n_steps; s++) {
        const struct node *node = &plan->graph->nodes[plan->steps[s].node];
        if (node->op == OP_CONV) {
            conv_pack(node, input_shape(plan, node), plan->kernels,
                      plan->graph->values + node->params[0].offset,
                      plan->memory + plan->steps[s].packed);
        }
    }
}

struct plan *plan_create(const struct graph *graph, int max_batch, const struct kernels *kernels) {
    struct plan *plan = calloc(1, sizeof *plan);
    if (!plan) {
        goto fail;
    }
    plan->kernels = kernels;
    plan->max_batch = max_batch;
    plan->graph = fold_graph(graph);
    if (!plan->graph) {
        goto fail;
    }
    plan->steps = calloc((size_t)plan->graph->n_nodes, sizeof *plan->steps);
    plan->step_of = calloc((size_t)plan->graph->n_nodes, sizeof *plan->step_of);
    if (!plan->steps || !plan->step_of) {
        goto fail;
    }
    make_steps(plan);
    find_lifetimes(plan);
    lay_out(plan);
    if (plan->len > MAX_PLAN) {
        LOG(ERROR, "this network needs %.1f GB to run, more than the %.1f that are allowed",
            1e-9 * (double)(plan->len * sizeof(real)), 1e-9 * (double)(MAX_PLAN * sizeof(real)));
        plan_destroy(plan);
        return NULL;
    }
    plan->memory = aligned_alloc(64, plan->len * sizeof *plan->memory);
    if (!plan->memory) {
        goto fail;
    }
    memset(plan->memory, 0, plan->len * sizeof *plan->memory);
    pack_weights(plan);
    return plan;
fail:
    LOG(ERROR, "no memory to make a network ready to run");
    plan_destroy(plan);
    return NULL;
}

void plan_destroy(struct plan *plan) {
    if (plan) {
        free(plan->memory);
        free(plan->step_of);
        free(plan->steps);
        graph_destroy(plan->graph);
        free(plan);
    }
}

static real *output_of(const struct plan *plan, int node) {
    return plan->memory + plan->steps[plan->step_of[node]].out;
}

static void run_conv(struct plan *plan, const struct step *step, int n) {
    const struct node *node = &plan->graph->nodes[step->node];
    struct shape in = shape_at(plan, node->inputs[0]);
    size_t x_len = shape_len(in), y_len = shape_len(node->shape);
    for (int i = 0; i < n; i++) {
        struct gemm_finish finish = {
            .bias = node->conv.bias ? plan->graph->values + node->params[1].offset : NULL,
            .addend = step->addend >= 0 ? output_of(plan, step->addend) + (size_t)i * y_len : NULL,
            .relu = step->relu,
        };
        conv_run(node, in, plan->kernels, plan->memory + step->packed, &finish,
                 output_of(plan, node->inputs[0]) + (size_t)i * x_len,
                 plan->memory + step->out + (size_t)i * y_len, plan->memory + plan->scratch);
    }
}

static void run_layer(struct plan *plan, const struct step *step, int n) {
    const struct node *node = &plan->graph->nodes[step->node];
    struct shape in[MAX_INPUTS];
    struct pass pass = {
        .node = node,
        .in = in,
        .n = n,
        .kernels = plan->kernels,
        .y = plan->memory + step->out,
        .saved = plan->memory + step->saved,
        .scratch = plan->memory + plan->scratch,
    };
    for (int i = 0; i < node->n_inputs; i++) {
        in[i] = shape_at(plan, node->inputs[i]);
        pass.x[i] = output_of(plan, node->inputs[i]);
    }
    for (int p = 0; p < node->n_params; p++) {
        pass.params[p] = plan->graph->values + node->params[p].offset;
    }
    layers[node->op]->forward(&pass);
}

void plan_run(struct plan *plan, const real *x, int n, real *y) {
    assert(n >= 1 && n <= plan->max_batch);
    const struct graph *graph = plan->graph;
    memcpy(plan->memory + plan->steps[0].out, x,
           shape_len(shape_at(plan, 0)) * (size_t)n * sizeof *x);
    for (int s = 1; s < plan->n_steps; s++) {
        if (graph->nodes[plan->steps[s].node].op == OP_CONV) {
            run_conv(plan, &plan->steps[s], n);
        } else {
            run_layer(plan, &plan->steps[s], n);
        }
    }
    memcpy(y, output_of(plan, graph->n_nodes - 1),
           shape_len(graph_output_shape(graph)) * (size_t)n * sizeof *y);
}

const struct graph *plan_graph(const struct plan *plan) {
    return plan->graph;
}

const real *plan_class_features(const struct plan *plan) {
    int features = class_map_source(plan->graph);
    return features >= 0 ? output_of(plan, features) : NULL;
}

size_t plan_memory(const struct plan *plan) {
    return (plan->len + plan->graph->n_values) * sizeof *plan->memory;
}
