// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tape.h"

#include "layers/layer.h"
#include "log.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct place {
    size_t y, dy, saved; // offsets into memory
};

struct tape {
    struct graph *graph;
    const struct kernels *kernels;
    struct team *team;
    int max_batch, n;
    bool training;
    uint64_t seed;
    int last_gradient; // the last node that has a gradient: the softmax's input after a
                       // cross-entropy
    struct place *places;
    real *memory; // one allocation: activations, gradients, saved, gradients of the parameters,
                  // scratch
    size_t gradients, dparams, scratch, parts, len;
    size_t scratch_len; // per worker
};

static size_t round_up(size_t n) {
    return (n + 15) / 16 * 16;
}

static void input_shapes(const struct graph *graph, const struct node *node, struct shape *in) {
    for (int i = 0; i < node->n_inputs; i++) {
        in[i] = graph->nodes[node->inputs[i]].shape;
    }
}

static size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}

// Lays everything out in one block: all activations and saved, then all gradients (cleared
// together).
static void lay_out(struct tape *tape) {
    const struct graph *graph = tape->graph;
    size_t batch = (size_t)tape->max_batch, parts = 0;
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct node *node = &graph->nodes[i];
        const struct layer *layer = layers[node->op];
        struct shape in[MAX_INPUTS];
        input_shapes(graph, node, in);
        tape->places[i].y = tape->len;
        tape->len += round_up(shape_len(node->shape) * batch);
        tape->places[i].saved = tape->len;
        tape->len += layer->saved_len ? round_up(layer->saved_len(node, in, tape->max_batch)) : 0;
        if (layer->scratch_len) {
            tape->scratch_len =
                max_size(tape->scratch_len, round_up(layer->scratch_len(node, in, tape->kernels)));
        }
        parts = max_size(parts, layer->parts_len ? layer->parts_len(node, in) : 0);
    }
    tape->gradients = tape->len;
    for (int i = 0; i < graph->n_nodes; i++) {
        tape->places[i].dy = tape->len;
        tape->len += round_up(shape_len(graph->nodes[i].shape) * batch);
    }
    tape->dparams = tape->len;
    tape->len += round_up(graph->n_values);
    tape->scratch = tape->len;
    tape->len += tape->scratch_len * (size_t)team_size(tape->team);
    tape->parts = tape->len;
    tape->len += round_up(parts * N_PARTS);
}

struct tape *tape_create(struct graph *graph, int max_batch, const struct kernels *kernels,
                         struct team *team) {
    struct tape *tape = calloc(1, sizeof *tape);
    if (!tape) {
        goto fail;
    }
    *tape = (struct tape){.graph = graph, .kernels = kernels, .team = team, .max_batch = max_batch};
    tape->places = calloc((size_t)graph->n_nodes, sizeof *tape->places);
    if (!tape->places) {
        goto fail;
    }
    lay_out(tape);
    tape->memory = aligned_alloc(64, round_up(tape->len) * sizeof *tape->memory);
    if (!tape->memory) {
        goto fail;
    }
    memset(tape->memory, 0, tape->len * sizeof *tape->memory);
    return tape;
fail:
    LOG(ERROR, "no memory to train on batches of %d; use a smaller batch", max_batch);
    tape_destroy(tape);
    return NULL;
}

void tape_destroy(struct tape *tape) {
    if (tape) {
        free(tape->memory);
        free(tape->places);
        free(tape);
    }
}

real *tape_input(struct tape *tape) {
    return tape->memory + tape->places[0].y;
}

const real *tape_activation(const struct tape *tape, int node) {
    return tape->memory + tape->places[node].y;
}

const real *tape_output(const struct tape *tape) {
    return tape_activation(tape, tape->graph->n_nodes - 1);
}

real *tape_gradients(struct tape *tape) {
    return tape->memory + tape->dparams;
}

const real *tape_input_gradient(const struct tape *tape) {
    return tape->memory + tape->places[0].dy;
}

static struct pass make_pass(struct tape *tape, int index, struct shape *in) {
    const struct node *node = &tape->graph->nodes[index];
    input_shapes(tape->graph, node, in);
    struct pass pass = {
        .node = node,
        .in = in,
        .n = tape->n,
        .training = tape->training,
        .kernels = tape->kernels,
        .team = tape->team,
        .seed = tape->seed + (uint64_t)index,
        .y = tape->memory + tape->places[index].y,
        .dy = tape->memory + tape->places[index].dy,
        .saved = tape->memory + tape->places[index].saved,
        .scratch = tape->memory + tape->scratch,
        .scratch_len = tape->scratch_len,
        .parts = tape->memory + tape->parts,
    };
    for (int i = 0; i < node->n_inputs; i++) {
        pass.x[i] = tape->memory + tape->places[node->inputs[i]].y;
        pass.dx[i] = tape->memory + tape->places[node->inputs[i]].dy;
    }
    for (int p = 0; p < node->n_params; p++) {
        pass.params[p] = tape->graph->values + node->params[p].offset;
        pass.dparams[p] = tape->memory + tape->dparams + node->params[p].offset;
    }
    return pass;
}

void tape_forward(struct tape *tape, int n, bool training, uint64_t seed) {
    assert(n >= 1 && n <= tape->max_batch);
    tape->n = n;
    tape->training = training;
    tape->seed = seed;
    for (int i = 1; i < tape->graph->n_nodes; i++) {
        struct shape in[MAX_INPUTS];
        struct pass pass = make_pass(tape, i, in);
        layers[pass.node->op]->forward(&pass);
    }
}

static void clear_gradients(struct tape *tape) {
    memset(tape->memory + tape->gradients, 0,
           (tape->dparams - tape->gradients + tape->graph->n_values) * sizeof *tape->memory);
}

double tape_cross_entropy(struct tape *tape, const real *targets) {
    const struct graph *graph = tape->graph;
    const struct node *last = &graph->nodes[graph->n_nodes - 1];
    assert(last->op == OP_SOFTMAX);
    clear_gradients(tape);
    tape->last_gradient = last->inputs[0];
    const real *p = tape_output(tape);
    real *dlogits = tape->memory + tape->places[tape->last_gradient].dy;
    double loss = 0;
    for (int i = 0; i < tape->n * last->shape.c; i++) {
        double likelihood = (double)p[i] < 1e-30 ? 1e-30 : (double)p[i]; // NaN stays NaN
        loss -= (double)targets[i] * log(likelihood);
        dlogits[i] = (p[i] - targets[i]) / (real)tape->n;
    }
    return loss / tape->n;
}

void tape_set_gradient(struct tape *tape, const real *dy) {
    clear_gradients(tape);
    tape->last_gradient = tape->graph->n_nodes - 1;
    size_t len = shape_len(graph_output_shape(tape->graph)) * (size_t)tape->n;
    memcpy(tape->memory + tape->places[tape->last_gradient].dy, dy, len * sizeof *dy);
}

void tape_backward(struct tape *tape, bool to_input) {
    for (int i = tape->last_gradient; i > 0; i--) {
        struct shape in[MAX_INPUTS];
        struct pass pass = make_pass(tape, i, in);
        for (int j = 0; j < pass.node->n_inputs; j++) {
            pass.dx[j] = pass.node->inputs[j] == 0 && !to_input ? NULL : pass.dx[j];
        }
        layers[pass.node->op]->backward(&pass);
    }
}
