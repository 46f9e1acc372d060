// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/deconvolution.h"

#include "core/base/aligned_memory.h"
#include "core/base/log.h"
#include "core/base/min_max.h"
#include "core/network/layers/layer.h"

#include <stdlib.h>
#include <string.h>

// Places in memory of a node's result, the signal that returns to it, and what its layer saves.
struct place {
    size_t y, dy, saved;
    bool reached; // by the signal
};

struct deconvolution {
    const struct graph *graph;
    const struct kernels *kernels;
    struct place *places; // by node
    real *memory;
    size_t scratch, shards, dparams, scratch_len, len;
};

static size_t take(struct deconvolution *d, size_t len) {
    size_t at = d->len;
    d->len += aligned_round(len);
    return at;
}

static void lay_out(struct deconvolution *d) {
    size_t shards = 0;
    for (int i = 0; i < d->graph->n_nodes; i++) {
        const struct node *node = &d->graph->nodes[i];
        const struct layer *layer = layers[node->op];
        struct shape in[MAX_INPUTS] = {{0}};
        graph_input_shapes(d->graph, node, in);
        d->places[i].y = take(d, shape_len(node->shape));
        d->places[i].dy = take(d, shape_len(node->shape));
        d->places[i].saved = take(d, layer->saved_len ? layer->saved_len(node, in, 1) : 0);
        size_t scratch = layer->scratch_len ? layer->scratch_len(node, in, d->kernels) : 0;
        d->scratch_len = max_size(d->scratch_len, aligned_round(scratch));
        shards = max_size(shards, layer->shard_len ? layer->shard_len(node, in) : 0);
    }
    d->scratch = take(d, d->scratch_len);
    d->shards = take(d, shards * N_SHARDS);
    d->dparams = take(d, d->graph->n_values); // not looked at
}

// in:(MAX_INPUTS) is filled in
static struct pass pass_of(const struct deconvolution *d, int i, struct shape *in) {
    const struct node *node = &d->graph->nodes[i];
    graph_input_shapes(d->graph, node, in);
    struct pass pass = {.node = node,
                        .in = in,
                        .n = 1,
                        .kernels = d->kernels,
                        .y = d->memory + d->places[i].y,
                        .dy = d->memory + d->places[i].dy,
                        .saved = d->memory + d->places[i].saved,
                        .scratch = d->memory + d->scratch,
                        .scratch_len = d->scratch_len,
                        .shards = d->memory + d->shards};
    for (int j = 0; j < node->n_inputs; j++) {
        pass.x[j] = d->memory + d->places[node->inputs[j]].y;
        pass.dx[j] = d->memory + d->places[node->inputs[j]].dy;
    }
    for (int p = 0; p < node->n_params; p++) {
        pass.params[p] = d->graph->values + node->params[p].offset;
        pass.dparams[p] = d->memory + d->dparams + node->params[p].offset;
    }
    return pass;
}

struct deconvolution *deconvolution_create(const struct graph *graph, const real *input,
                                           const struct kernels *kernels) {
    struct deconvolution *d = calloc(1, sizeof *d);
    if (!d) {
        goto fail;
    }
    *d = (struct deconvolution){.graph = graph, .kernels = kernels};
    d->places = calloc((size_t)graph->n_nodes, sizeof *d->places);
    if (!d->places) {
        goto fail;
    }
    lay_out(d);
    d->memory = aligned_malloc(d->len * sizeof *d->memory);
    if (!d->memory) {
        goto fail;
    }
    memset(d->memory, 0, d->len * sizeof *d->memory);
    memcpy(d->memory + d->places[0].y, input, shape_len(graph_input_shape(graph)) * sizeof *input);
    for (int i = 1; i < graph->n_nodes; i++) {
        struct shape in[MAX_INPUTS];
        struct pass pass = pass_of(d, i, in);
        layers[pass.node->op]->forward(&pass);
    }
    return d;
fail:
    log_no_memory("a look inside the network");
    deconvolution_destroy(d);
    return NULL;
}

void deconvolution_destroy(struct deconvolution *d) {
    if (d) {
        free(d->memory);
        free(d->places);
        free(d);
    }
}

const real *deconvolution_features(const struct deconvolution *d, int layer) {
    return d->memory + d->places[layer].y;
}

static bool rectifies(const struct node *node) {
    enum activation kind = node->activation.kind;
    return node->op == OP_PRELU ||
           (node->op == OP_ACTIVATION && kind != ACT_SIGMOID && kind != ACT_TANH &&
            kind != ACT_HARD_SIGMOID && kind != ACT_ERF && kind != ACT_POWER);
}

static void pass_back(struct deconvolution *d, int i) {
    struct shape in[MAX_INPUTS];
    struct pass pass = pass_of(d, i, in);
    for (int j = 0; j < pass.node->n_inputs; j++) {
        d->places[pass.node->inputs[j]].reached = true;
    }
    if (!rectifies(pass.node)) {
        layers[pass.node->op]->backward(&pass);
        return;
    }
    for (size_t p = 0; p < shape_len(pass.node->shape); p++) {
        pass.dx[0][p] += pass.dy[p] > 0 ? pass.dy[p] : 0;
    }
}

const real *deconvolution_run(struct deconvolution *d, int layer, int channel) {
    struct shape shape = d->graph->nodes[layer].shape;
    size_t area = (size_t)shape.h * (size_t)shape.w, from = (size_t)channel * area, most = from;
    const real *y = d->memory + d->places[layer].y;
    for (int i = 0; i <= layer; i++) {
        size_t len = shape_len(d->graph->nodes[i].shape);
        memset(d->memory + d->places[i].dy, 0, len * sizeof *d->memory);
        d->places[i].reached = i == layer;
    }
    for (size_t p = from; p < from + area; p++) {
        most = y[p] > y[most] ? p : most;
    }
    for (size_t p = from; y[most] <= 0 && p < from + area; p++) {
        most = y[p] < y[most] ? p : most;
    }
    d->memory[d->places[layer].dy + most] = y[most];
    for (int i = layer; i > 0; i--) {
        if (d->places[i].reached) {
            pass_back(d, i);
        }
    }
    return d->memory + d->places[0].dy;
}
