// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/onnx/onnx_lower.h"

#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

static int add(struct graph *to, const struct node *node) {
    char error[GRAPH_ERROR_LEN];
    for (int i = 0; i < node->n_inputs; i++) {
        if (node->inputs[i] < 0) {
            return -1;
        }
    }
    int index = graph_add(to, node, error);
    if (index < 0) {
        LOG(ERROR, "the network cannot be made ready to write: %s", error);
    }
    return index;
}

static int add_pool(struct graph *to, const struct node *like, enum pool_kind kind, int input) {
    struct node node = {.op = OP_POOL, .n_inputs = 1, .inputs = {input}, .pool = like->pool};
    node.pool.kind = kind;
    return add(to, &node);
}

// y = scale x + shift, the same for all channels
static int add_affine(struct graph *to, int input, double scale, double shift) {
    int index = add(to, &(struct node){.op = OP_AFFINE, .n_inputs = 1, .inputs = {input}});
    for (int c = 0; index >= 0 && c < to->nodes[index].shape.c; c++) {
        graph_values(to, index, "scale")[c] = (real)scale;
        graph_values(to, index, "shift")[c] = (real)shift;
    }
    return index;
}

static int lower_mixed(struct graph *to, const struct node *node) {
    struct node sum = {.op = OP_ADD, .n_inputs = 2};
    sum.inputs[0] = add_pool(to, node, POOL_MAX, node->inputs[0]);
    sum.inputs[1] = add_pool(to, node, POOL_AVERAGE, node->inputs[0]);
    return add_affine(to, add(to, &sum), 0.5, 0);
}

// So little is added to the divisor that it matters only where nothing is positive.
static int lower_stochastic(struct graph *to, const struct node *node) {
    struct node positive = {.op = OP_ACTIVATION, .n_inputs = 1, .inputs = {node->inputs[0]}};
    positive.activation.kind = ACT_RELU;
    int x = add(to, &positive);
    struct node square = {.op = OP_MULTIPLY, .n_inputs = 2, .inputs = {x, x}};
    struct node quotient = {.op = OP_MULTIPLY, .n_inputs = 2, .divides = true};
    quotient.inputs[0] = add_pool(to, node, POOL_AVERAGE, add(to, &square));
    quotient.inputs[1] = add_affine(to, add_pool(to, node, POOL_AVERAGE, x), 1, 1e-30);
    return add(to, &quotient);
}

// Each group is a channel of an instance norm; the scales follow.
static int lower_group_norm(const struct graph *from, int old, struct graph *to, int input) {
    const struct node *node = &from->nodes[old];
    int groups = node->group_norm.groups;
    struct node norm = *node, rows = {.op = OP_RESHAPE, .n_inputs = 1, .inputs = {input}},
                back = {.op = OP_RESHAPE, .n_inputs = 1, .reshape = node->shape};
    rows.reshape = (struct shape){groups, 1, (int)shape_len(node->shape) / groups};
    norm.name[0] = 0;
    norm.inputs[0] = add(to, &rows);
    back.inputs[0] = add(to, &norm);
    for (int g = 0; back.inputs[0] >= 0 && g < groups; g++) {
        graph_values(to, back.inputs[0], "scale")[g] = 1;
    }
    int scaled = add_affine(to, add(to, &back), 1, 0);
    if (scaled >= 0) {
        graph_copy_values(from, old, to, scaled);
    }
    return scaled;
}

static int lower_node(const struct graph *from, int old, struct graph *to, const int *map) {
    struct node node = from->nodes[old];
    for (int i = 0; i < node.n_inputs; i++) {
        node.inputs[i] = map[node.inputs[i]];
    }
    if (node.op == OP_POOL && node.pool.kind == POOL_MIXED) {
        return lower_mixed(to, &node);
    }
    if (node.op == OP_POOL && node.pool.kind == POOL_STOCHASTIC) {
        return lower_stochastic(to, &node);
    }
    if (node.op == OP_GROUP_NORM && node.group_norm.groups != node.shape.c) {
        return lower_group_norm(from, old, to, node.inputs[0]);
    }
    if (node.op == OP_ACTIVATION && node.activation.kind == ACT_RANDOM_RELU) {
        node.activation.kind = ACT_LEAKY_RELU;
        node.activation.alpha = (node.activation.alpha + node.activation.beta) / 2;
    }
    int new = add(to, &node);
    if (new >= 0) {
        graph_copy_values(from, old, to, new);
    }
    return new;
}

struct graph *onnx_lower(const struct graph *graph) {
    int *map = calloc((size_t)graph->n_nodes, sizeof *map);
    struct graph *lowered = graph_create();
    bool ok = map && lowered;
    if (!map) {
        log_no_memory("writing ONNX");
    }
    for (int i = 0; ok && i < graph->n_nodes; i++) {
        map[i] = lower_node(graph, i, lowered, map);
        ok = map[i] >= 0;
    }
    ok = ok && graph_copy_outputs(graph, map, lowered);
    free(map);
    if (!ok) {
        graph_destroy(lowered);
        return NULL;
    }
    return lowered;
}
