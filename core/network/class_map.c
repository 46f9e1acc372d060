// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/class_map.h"

#include "core/base/log.h"

#include <stdlib.h>

// What lies between the feature maps and the softmax, by node; -1 where there is none.
struct ending {
    int source, dense;
    bool logistic; // a zero is put before the dense layer's one value
};

static int skip_reshapes(const struct graph *graph, int node) {
    while (graph->nodes[node].op == OP_RESHAPE || graph->nodes[node].op == OP_DROPOUT) {
        node = graph->nodes[node].inputs[0];
    }
    return node;
}

static bool is_zero_in_front(const struct node *node) {
    const struct pad *p = &node->pad;
    return node->op == OP_PAD && p->border == BORDER_CONSTANT && p->value == 0 && p->front == 1 &&
           node->shape.c == 2 && node->shape.h == 1 && node->shape.w == 1;
}

// A dense layer, or the 1x1 convolution of a single pixel, which is the same.
static bool is_dense(const struct node *node) {
    const struct window *w = &node->conv.window;
    return node->op == OP_DENSE ||
           (node->op == OP_CONV && node->conv.groups == 1 && w->kernel_h == 1 && w->kernel_w == 1 &&
            w->top == 0 && w->left == 0 && node->shape.h == 1 && node->shape.w == 1);
}

static struct ending ending_find(const struct graph *graph) {
    struct ending ending = {-1, -1, false};
    int at = graph_output(graph);
    if (graph->nodes[at].op != OP_SOFTMAX) {
        return ending;
    }
    at = skip_reshapes(graph, graph->nodes[at].inputs[0]);
    if (is_zero_in_front(&graph->nodes[at])) {
        ending.logistic = true;
        at = skip_reshapes(graph, graph->nodes[at].inputs[0]);
    }
    if (is_dense(&graph->nodes[at])) {
        ending.dense = at;
        at = skip_reshapes(graph, graph->nodes[at].inputs[0]);
    }
    if (graph->nodes[at].op == OP_GLOBAL_POOL) {
        ending.source = graph->nodes[at].inputs[0];
    }
    return ending;
}

int class_map_source(const struct graph *graph) {
    return ending_find(graph).source;
}

// One logit's weights and bias; row -1 is the zero before a logistic unit.
static void add_logit(const struct graph *graph, const struct ending *ending, int row, real factor,
                      real *weights, real *bias) {
    int channels = graph->nodes[ending->source].shape.c;
    if (row < 0) {
        return;
    }
    if (ending->dense < 0) {
        weights[row] += factor;
        return;
    }
    const struct node *dense = &graph->nodes[ending->dense];
    const struct param *b = node_param(dense, "bias");
    const real *w = graph->values + node_param(dense, "weight")->offset + (size_t)row * channels;
    for (int c = 0; c < channels; c++) {
        weights[c] += factor * w[c];
    }
    *bias += b ? factor * graph->values[b->offset + (size_t)row] : 0;
}

bool class_map_init(struct class_map *map, const struct graph *folded) {
    struct ending ending = ending_find(folded);
    *map = (struct class_map){.source = ending.source};
    if (ending.source < 0) {
        return true;
    }
    if (!receptive_field_find(folded, ending.source, &map->field)) {
        return false;
    }
    map->f = folded->nodes[ending.source].shape;
    map->n_labels = graph_output_shape(folded).c;
    map->weights = calloc((size_t)map->n_labels * (size_t)map->f.c, sizeof *map->weights);
    map->bias = calloc((size_t)map->n_labels, sizeof *map->bias);
    if (!map->weights || !map->bias) {
        log_no_memory("class activation maps");
        class_map_finish(map);
        return false;
    }
    for (int label = 0; label < map->n_labels; label++) {
        for (int k = 0; k < map->n_labels; k++) {
            real factor = k == label ? 1 : (real)-1 / (real)(map->n_labels - 1);
            add_logit(folded, &ending, ending.logistic ? k - 1 : k, factor,
                      map->weights + label * map->f.c, map->bias + label);
        }
    }
    return true;
}

void class_map_finish(struct class_map *map) {
    free(map->weights);
    free(map->bias);
    *map = (struct class_map){.source = -1};
}

void class_map_compute(const struct class_map *map, const real *f, int label, real *out) {
    int area = map->f.h * map->f.w;
    const real *w = map->weights + label * map->f.c;
    for (int p = 0; p < area; p++) {
        out[p] = map->bias[label];
    }
    for (int c = 0; c < map->f.c; c++, f += area) {
        for (int p = 0; p < area; p++) {
            out[p] += w[c] * f[p];
        }
    }
}
