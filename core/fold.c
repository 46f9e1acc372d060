// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "fold.h"

#include "log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int n_readers(const struct graph *graph, int node) {
    int n = 0;
    for (int i = node + 1; i < graph->n_nodes; i++) {
        for (int j = 0; j < graph->nodes[i].n_inputs; j++) {
            n += graph->nodes[i].inputs[j] == node;
        }
    }
    return n;
}

int graph_only_reader(const struct graph *graph, int node) {
    if (n_readers(graph, node) != 1) {
        return -1;
    }
    for (int i = node + 1;; i++) {
        for (int j = 0; j < graph->nodes[i].n_inputs; j++) {
            if (graph->nodes[i].inputs[j] == node) {
                return i;
            }
        }
    }
}

static bool has_weights(enum op op) {
    return op == OP_CONV || op == OP_DENSE;
}

// The batch norm that can be folded into this node, -1 if none.
static int norm_after(const struct graph *graph, int node) {
    int reader = graph_only_reader(graph, node);
    return has_weights(graph->nodes[node].op) && reader >= 0 &&
                   graph->nodes[reader].op == OP_BATCH_NORM
               ? reader
               : -1;
}

static const real *values_of(const struct graph *graph, int node, const char *role) {
    const struct param *param = node_param(&graph->nodes[node], role);
    return param ? graph->values + param->offset : NULL;
}

static void copy_params(const struct graph *from, int old, struct graph *to, int new) {
    for (int p = 0; p < from->nodes[old].n_params; p++) {
        const struct param *param = &from->nodes[old].params[p];
        memcpy(graph_values(to, new, param->role), from->values + param->offset,
               param->len * sizeof *from->values);
    }
}

static void fold_norm(const struct graph *from, int norm, struct graph *to, int new) {
    const struct node *node = &to->nodes[new];
    const real *scale = values_of(from, norm, "scale"), *shift = values_of(from, norm, "shift");
    const real *mean = values_of(from, norm, "mean"), *variance = values_of(from, norm, "variance");
    real *weight = graph_values(to, new, "weight"), *bias = graph_values(to, new, "bias");
    size_t len = node_param(node, "weight")->len / (size_t)node->shape.c;
    for (int k = 0; k < node->shape.c; k++) {
        double factor = (double)scale[k] /
                        sqrt((double)variance[k] + (double)from->nodes[norm].batch_norm.epsilon);
        for (size_t i = 0; i < len; i++) {
            weight[(size_t)k * len + i] *= (real)factor;
        }
        bias[k] = (real)(((double)bias[k] - (double)mean[k]) * factor + (double)shift[k]);
    }
}

// Adds the folded form of one node; map[old] is where its output is found in the new graph.
static bool fold_node(const struct graph *from, int old, struct graph *to, int *map) {
    struct node node = from->nodes[old];
    if (node.op == OP_DROPOUT ||
        (node.op == OP_BATCH_NORM && norm_after(from, node.inputs[0]) == old)) {
        map[old] = map[node.inputs[0]];
        return true;
    }
    for (int i = 0; i < node.n_inputs; i++) {
        node.inputs[i] = map[node.inputs[i]];
    }
    int norm = norm_after(from, old);
    if (node.op == OP_CONV && norm >= 0) {
        node.conv.bias = true;
    }
    char error[GRAPH_ERROR_LEN];
    map[old] = graph_add(to, &node, error);
    if (map[old] < 0) {
        LOG(ERROR, "the network cannot be made ready to run: %s", error);
        return false;
    }
    copy_params(from, old, to, map[old]);
    if (norm >= 0) {
        fold_norm(from, norm, to, map[old]);
    }
    return true;
}

struct graph *fold_graph(const struct graph *graph) {
    int *map = calloc((size_t)graph->n_nodes, sizeof *map);
    struct graph *folded = graph_create();
    bool ok = map && folded;
    for (int i = 0; ok && i < graph->n_nodes; i++) {
        ok = fold_node(graph, i, folded, map);
    }
    free(map);
    if (!ok) {
        graph_destroy(folded);
        return NULL;
    }
    return folded;
}
