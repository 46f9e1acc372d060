// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/graph.h"

#include "core/network/layers/layer.h"
#include "core/base/log.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct graph *graph_create(void) {
    struct graph *graph = calloc(1, sizeof *graph);
    if (!graph) {
        log_no_memory("a network");
    }
    return graph;
}

void graph_destroy(struct graph *graph) {
    if (graph) {
        free(graph->nodes);
        free(graph->values);
        free(graph);
    }
}

static bool grow(void **items, int *capacity, size_t wanted, size_t item) {
    if (wanted <= (size_t)*capacity) {
        return true;
    }
    size_t more = wanted * 2;
    void *bigger = realloc(*items, more * item);
    if (!bigger) {
        return false;
    }
    *items = bigger;
    *capacity = (int)more;
    return true;
}

static bool grow_values(struct graph *graph, size_t wanted) {
    if (wanted <= graph->values_capacity) {
        return true;
    }
    real *bigger = realloc(graph->values, wanted * 2 * sizeof *bigger);
    if (!bigger) {
        return false;
    }
    graph->values = bigger;
    graph->values_capacity = wanted * 2;
    return true;
}

// Gives the node's parameters their places at the end of graph->values.
static bool place_params(struct graph *graph, struct node *node, char *error) {
    size_t n = graph->n_values;
    for (int i = 0; i < node->n_params; i++) {
        struct param *param = &node->params[i];
        double len = 1;
        for (int d = 0; d < param->n_dims; d++) {
            len *= param->dims[d];
        }
        if (len + (double)n > (double)MAX_VALUES) {
            snprintf(error, GRAPH_ERROR_LEN, "the network would have more than %zu parameters",
                     MAX_VALUES);
            return false;
        }
        param->offset = n;
        param->len = (size_t)len;
        n += param->len;
    }
    if (!grow_values(graph, n)) {
        snprintf(error, GRAPH_ERROR_LEN, "there is no memory for %zu parameters", n);
        return false;
    }
    if (n > graph->n_values) {
        memset(graph->values + graph->n_values, 0, (n - graph->n_values) * sizeof *graph->values);
    }
    graph->n_values = n;
    return true;
}

static bool check_inputs(const struct graph *graph, const struct node *node, char *error) {
    if ((node->op == OP_INPUT) != (graph->n_nodes == 0)) {
        snprintf(error, GRAPH_ERROR_LEN, "a network begins with its one input");
        return false;
    }
    bool two = node->op == OP_MULTIPLY || node->op == OP_UNPOOL;
    bool joins = node->op == OP_ADD || node->op == OP_CONCAT || two;
    int min = node->op == OP_INPUT ? 0 : joins ? 2 : 1;
    int max = joins && !two ? MAX_INPUTS : min;
    if (node->n_inputs < min || node->n_inputs > max) {
        snprintf(error, GRAPH_ERROR_LEN, "%s takes %d to %d inputs, not %d", layers[node->op]->name,
                 min, max, node->n_inputs);
        return false;
    }
    for (int i = 0; i < node->n_inputs; i++) {
        if (node->inputs[i] < 0 || node->inputs[i] >= graph->n_nodes) {
            snprintf(error, GRAPH_ERROR_LEN, "an input comes from a node that is not there yet");
            return false;
        }
    }
    return true;
}

static bool check_size(const struct node *node, char *error) {
    struct shape s = node->shape;
    if (s.c < 1 || s.h < 1 || s.w < 1 || s.c > MAX_CHANNELS || s.h > MAX_CHANNELS ||
        s.w > MAX_CHANNELS || (double)s.c * s.h * s.w > (double)MAX_TENSOR) {
        snprintf(error, GRAPH_ERROR_LEN, "a tensor of %dx%dx%d is outside 1 to %zu elements", s.c,
                 s.h, s.w, MAX_TENSOR);
        return false;
    }
    return true;
}

int graph_add(struct graph *graph, const struct node *wanted, char error[GRAPH_ERROR_LEN]) {
    error[0] = 0;
    if (graph->n_nodes >= MAX_NODES) {
        snprintf(error, GRAPH_ERROR_LEN, "a network has at most %d nodes", MAX_NODES);
        return -1;
    }
    if (!grow((void **)&graph->nodes, &graph->capacity, (size_t)graph->n_nodes + 1,
              sizeof *graph->nodes)) {
        snprintf(error, GRAPH_ERROR_LEN, "there is no memory for another node");
        return -1;
    }
    struct node node = *wanted;
    node.n_params = 0;
    if (!check_inputs(graph, &node, error)) {
        return -1;
    }
    struct shape in[MAX_INPUTS] = {{0}};
    graph_input_shapes(graph, &node, in);
    if (!layers[node.op]->shape(&node, in, error) || !check_size(&node, error) ||
        !place_params(graph, &node, error)) {
        return -1;
    }
    if (!node.name[0]) {
        snprintf(node.name, sizeof node.name, "%s_%d", layers[node.op]->name, graph->n_nodes);
    }
    graph->nodes[graph->n_nodes] = node;
    return graph->n_nodes++;
}

real *graph_values(const struct graph *graph, int node, const char *role) {
    const struct param *param = node_param(&graph->nodes[node], role);
    return param ? graph->values + param->offset : NULL;
}

void graph_copy_values(const struct graph *from, int old, struct graph *to, int new) {
    for (int p = 0; p < from->nodes[old].n_params; p++) {
        const struct param *param = &from->nodes[old].params[p];
        real *values = graph_values(to, new, param->role);
        assert(values);
        memcpy(values, from->values + param->offset, param->len * sizeof *from->values);
    }
}

static double constant_at_first(const char *role) {
    bool one = strcmp(role, "scale") == 0 || strcmp(role, "variance") == 0;
    return one ? 1 : strcmp(role, "slope") == 0 ? 0.25 : 0;
}

// How many inputs make an output; a gap between pixels is none.
static double fan_in(const struct graph *graph, const struct node *node,
                     const struct param *param) {
    const struct node *before = &graph->nodes[node->inputs[0]];
    double all = (double)param->len / param->dims[0];
    return before->op == OP_PAD ? all / (before->pad.gap_h + 1) / (before->pad.gap_w + 1) : all;
}

static void init_param(struct graph *graph, const struct node *node, const struct param *param,
                       struct rng *rng) {
    real *values = graph->values + param->offset;
    bool weight = strcmp(param->role, "weight") == 0;
    double constant = constant_at_first(param->role);
    double deviation = sqrt(2 / fan_in(graph, node, param));
    for (size_t i = 0; i < param->len; i++) {
        values[i] = (real)(weight ? deviation * rng_normal(rng) : constant);
    }
}

void graph_init(struct graph *graph, struct rng *rng) {
    for (int i = 0; i < graph->n_nodes; i++) {
        for (int p = 0; p < graph->nodes[i].n_params; p++) {
            init_param(graph, &graph->nodes[i], &graph->nodes[i].params[p], rng);
        }
    }
}

// map[i]: 1 for the nodes marked there and what they are made from, 0 for the rest.
static void mark_needed(const struct graph *graph, int last, int *map) {
    for (int i = last; i > 0; i--) {
        for (int j = 0; map[i] && j < graph->nodes[i].n_inputs; j++) {
            map[graph->nodes[i].inputs[j]] = 1;
        }
    }
    map[0] = 1;
}

static bool same_params(const struct node *a, const struct node *b, char *error) {
    for (int p = 0; p < a->n_params; p++) {
        if (a->params[p].len != b->params[p].len) {
            snprintf(error, GRAPH_ERROR_LEN, "%s has weights for another size", a->name);
            return false;
        }
    }
    return true;
}

// Adds the nodes that map marks, for an input of that shape, and makes map say where they went.
// False with a clause in error.
static bool copy_nodes(const struct graph *graph, int n, int *map, struct shape input,
                       struct graph *to, char *error) {
    for (int i = 0; i < n; i++) {
        struct node copy = graph->nodes[i];
        if (!map[i]) {
            continue;
        }
        if (i == 0) {
            copy.input = input;
        }
        for (int j = 0; j < copy.n_inputs; j++) {
            copy.inputs[j] = map[copy.inputs[j]];
        }
        map[i] = graph_add(to, &copy, error);
        if (map[i] < 0 || !same_params(&graph->nodes[i], &to->nodes[map[i]], error)) {
            return false;
        }
        graph_copy_values(graph, i, to, map[i]);
    }
    return true;
}

bool graph_copy_outputs(const struct graph *from, const int *map, struct graph *to) {
    char error[GRAPH_ERROR_LEN];
    for (int i = 0; i < from->n_outputs; i++) {
        if (!graph_add_output(to, map[from->outputs[i]], error)) {
            LOG(ERROR, "the outputs of the network cannot be kept: %s", error);
            return false;
        }
    }
    return true;
}

struct graph *graph_resized(const struct graph *graph, int height, int width) {
    int n = graph->n_nodes, *map = calloc((size_t)n, sizeof *map);
    char error[GRAPH_ERROR_LEN] = "there is no memory";
    struct graph *resized = map ? graph_create() : NULL;
    struct shape input = {graph_input_shape(graph).c, height, width};
    for (int i = 0; map && i < graph_n_outputs(graph); i++) {
        map[graph_output_at(graph, i)] = 1;
    }
    bool ok = resized;
    if (ok) {
        mark_needed(graph, n - 1, map);
        ok = copy_nodes(graph, n, map, input, resized, error) &&
             graph_copy_outputs(graph, map, resized);
    }
    free(map);
    if (!ok) {
        LOG(ERROR, "the network does not take images of %dx%d: %s", width, height, error);
        graph_destroy(resized);
        return NULL;
    }
    return resized;
}

struct graph *graph_copy(const struct graph *graph) {
    struct shape in = graph_input_shape(graph);
    return graph_resized(graph, in.h, in.w);
}

struct graph graph_with_values(const struct graph *graph, real *values) {
    struct graph other = *graph;
    other.values = values;
    return other;
}

bool graph_add_output(struct graph *graph, int node, char error[GRAPH_ERROR_LEN]) {
    if (graph->n_outputs == MAX_OUTPUTS) {
        snprintf(error, GRAPH_ERROR_LEN, "a network has at most %d outputs", MAX_OUTPUTS);
        return false;
    }
    for (int i = 0; i < graph->n_outputs; i++) {
        if (graph->outputs[i] == node) {
            snprintf(error, GRAPH_ERROR_LEN, "%s is an output already", graph->nodes[node].name);
            return false;
        }
    }
    graph->outputs[graph->n_outputs++] = node;
    return true;
}

int graph_n_outputs(const struct graph *graph) {
    return graph->n_outputs > 0 ? graph->n_outputs : 1;
}

int graph_output_at(const struct graph *graph, int i) {
    return graph->n_outputs > 0 ? graph->outputs[i] : graph->n_nodes - 1;
}

int graph_output(const struct graph *graph) {
    return graph_output_at(graph, 0);
}

bool graph_is_output(const struct graph *graph, int node) {
    for (int i = 0; i < graph_n_outputs(graph); i++) {
        if (graph_output_at(graph, i) == node) {
            return true;
        }
    }
    return false;
}

struct shape graph_input_shape(const struct graph *graph) {
    return graph->nodes[0].shape;
}

struct shape graph_output_shape(const struct graph *graph) {
    return graph->nodes[graph_output(graph)].shape;
}

size_t graph_outputs_len(const struct graph *graph) {
    size_t len = 0;
    for (int i = 0; i < graph_n_outputs(graph); i++) {
        len += shape_len(graph->nodes[graph_output_at(graph, i)].shape);
    }
    return len;
}

void graph_input_shapes(const struct graph *graph, const struct node *node,
                        struct shape in[MAX_INPUTS]) {
    for (int i = 0; i < node->n_inputs; i++) {
        in[i] = graph->nodes[node->inputs[i]].shape;
    }
}

int graph_only_consumer(const struct graph *graph, int node) {
    int n = 0, consumer = -1;
    for (int i = node + 1; i < graph->n_nodes; i++) {
        for (int j = 0; j < graph->nodes[i].n_inputs; j++) {
            if (graph->nodes[i].inputs[j] == node) {
                n++;
                consumer = i;
            }
        }
    }
    return n == 1 && !graph_is_output(graph, node) ? consumer : -1;
}

size_t graph_n_trained(const struct graph *graph) {
    size_t n = 0;
    for (int i = 0; i < graph->n_nodes; i++) {
        for (int p = 0; p < graph->nodes[i].n_params; p++) {
            n += graph->nodes[i].params[p].trained ? graph->nodes[i].params[p].len : 0;
        }
    }
    return n;
}

long long node_multiply_adds(const struct graph *graph, int index) {
    const struct node *node = &graph->nodes[index];
    const struct param *weight = node_param(node, "weight");
    struct shape out = node->shape;
    if (weight) {
        return (long long)weight->len * out.h * out.w;
    }
    if (node->op == OP_POOL) {
        const struct window *w = &node->pool.window;
        return (long long)shape_len(out) * w->kernel_h * w->kernel_w;
    }
    if (node->op == OP_SPECTRAL_POOL) {
        struct shape in = graph->nodes[node->inputs[0]].shape;
        return (long long)out.c * out.h * in.w * (in.h + out.w);
    }
    return 0;
}

long long graph_multiply_adds(const struct graph *graph) {
    long long sum = 0;
    for (int i = 0; i < graph->n_nodes; i++) {
        sum += node_multiply_adds(graph, i);
    }
    return sum;
}
