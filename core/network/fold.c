// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/fold.h"

#include "core/base/log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_affine(enum op op) {
    return op == OP_BATCH_NORM || op == OP_AFFINE;
}

// The batch norm or affine layer folded into the one before it, which began as root; -1 if none.
static int affine_after(const struct graph *graph, int root, int last) {
    enum op op = graph->nodes[root].op;
    int consumer = graph_only_consumer(graph, last);
    bool takes = op == OP_CONV || op == OP_DENSE || op == OP_AFFINE;
    return takes && consumer >= 0 && is_affine(graph->nodes[consumer].op) ? consumer : -1;
}

// The convolution that takes a border of zeros into its own padding, -1 if none.
static int conv_after(const struct graph *graph, int border) {
    const struct pad *p = &graph->nodes[border].pad;
    int consumer = graph->nodes[border].op == OP_PAD ? graph_only_consumer(graph, border) : -1;
    if (consumer < 0 || graph->nodes[consumer].op != OP_CONV || p->border != BORDER_CONSTANT ||
        p->value != 0 || p->front || p->back || p->gap_h || p->gap_w) {
        return -1;
    }
    const struct window *w = &graph->nodes[consumer].conv.window;
    enum { MAX = 1024 };
    bool fits = p->top + w->top <= MAX && p->left + w->left <= MAX &&
                p->bottom + w->bottom <= MAX && p->right + w->right <= MAX;
    return fits ? consumer : -1;
}

// Both kinds are y = (x - mean) * factor + shift.
static void fold_affine(const struct graph *from, int affine, struct graph *to, int new) {
    const struct node *node = &to->nodes[new];
    bool scales = node->op == OP_AFFINE;
    const char *role = scales ? "scale" : "weight";
    const real *scale = graph_values(from, affine, "scale"),
               *shift = graph_values(from, affine, "shift");
    const real *mean = graph_values(from, affine, "mean"),
               *variance = graph_values(from, affine, "variance");
    real *weight = graph_values(to, new, role),
         *bias = graph_values(to, new, scales ? "shift" : "bias");
    size_t len = node_param(node, role)->len / (size_t)node->shape.c;
    for (int k = 0; k < node->shape.c; k++) {
        double epsilon = (double)from->nodes[affine].batch_norm.epsilon;
        double factor = (double)scale[k] / (variance ? sqrt((double)variance[k] + epsilon) : 1);
        for (size_t i = 0; i < len; i++) {
            weight[(size_t)k * len + i] *= (real)factor;
        }
        double centred = (double)bias[k] - (mean ? (double)mean[k] : 0);
        bias[k] = (real)(centred * factor + (double)shift[k]);
    }
}

static void take_border(const struct graph *from, int old, struct node *conv) {
    const struct node *border = &from->nodes[from->nodes[old].inputs[0]];
    if (conv->op == OP_CONV && conv_after(from, from->nodes[old].inputs[0]) == old) {
        conv->conv.window.top += border->pad.top;
        conv->conv.window.left += border->pad.left;
        conv->conv.window.bottom += border->pad.bottom;
        conv->conv.window.right += border->pad.right;
    }
}

// Adds the folded form of one node. map[old]: where its output is in the new graph, -1 before.
static bool fold_node(const struct graph *from, int old, struct graph *to, int *map) {
    struct node node = from->nodes[old];
    if (map[old] >= 0) {
        return true; // folded into an earlier one
    }
    if (node.op == OP_DROPOUT || conv_after(from, old) >= 0) {
        map[old] = map[node.inputs[0]];
        return true;
    }
    for (int i = 0; i < node.n_inputs; i++) {
        node.inputs[i] = map[node.inputs[i]];
    }
    take_border(from, old, &node);
    int affine = affine_after(from, old, old);
    if (node.op == OP_CONV && affine >= 0) {
        node.conv.bias = true;
    }
    char error[GRAPH_ERROR_LEN];
    int new = map[old] = graph_add(to, &node, error);
    if (new < 0) {
        LOG(ERROR, "the network cannot be made ready to run: %s", error);
        return false;
    }
    graph_copy_values(from, old, to, new);
    for (; affine >= 0; affine = affine_after(from, old, affine)) {
        fold_affine(from, affine, to, new);
        map[affine] = new;
    }
    return true;
}

struct graph *fold_graph(const struct graph *graph) {
    int *map = calloc((size_t)graph->n_nodes, sizeof *map);
    struct graph *folded = graph_create();
    bool ok = map && folded;
    if (!map) {
        log_no_memory("the plan of a network");
    }
    for (int i = 0; ok && i < graph->n_nodes; i++) {
        map[i] = -1;
    }
    for (int i = 0; ok && i < graph->n_nodes; i++) {
        ok = fold_node(graph, i, folded, map);
    }
    ok = ok && graph_copy_outputs(graph, map, folded);
    free(map);
    if (!ok) {
        graph_destroy(folded);
        return NULL;
    }
    return folded;
}
