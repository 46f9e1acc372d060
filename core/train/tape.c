// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/tape.h"

#include "core/base/aligned_memory.h"
#include "core/network/layers/layer.h"
#include "core/base/log.h"
#include "core/train/tape_private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tape *tape_create(struct graph *graph, int max_batch, const struct kernels *kernels,
                         struct thread_pool *threads) {
    size_t n = (size_t)graph->n_nodes, sums; // each node in both forms, and a conversion
    struct tape *tape = calloc(1, sizeof *tape);
    if (!tape) {
        goto fail;
    }
    *tape = (struct tape){
        .graph = graph, .kernels = kernels, .threads = threads, .max_batch = max_batch};
    tape->steps = calloc(2 * n, sizeof *tape->steps);
    tape->tensors = calloc(2 * n, sizeof *tape->tensors);
    tape->tensor_of = calloc(n, sizeof *tape->tensor_of);
    tape->inside = calloc(n, sizeof *tape->inside);
    if (!tape->steps || !tape->tensors || !tape->tensor_of || !tape->inside) {
        goto fail;
    }
    sums = tape_make_steps(tape);
    tape->memory = aligned_malloc(tape->len * sizeof *tape->memory);
    tape->sums = calloc(sums + 1, sizeof *tape->sums);
    if (!tape->memory || !tape->sums) {
        goto fail;
    }
    memset(tape->memory, 0, tape->len * sizeof *tape->memory);
    return tape;
fail:
    log_no_memory("training on batches of %d; use a smaller batch", max_batch);
    tape_destroy(tape);
    return NULL;
}

void tape_destroy(struct tape *tape) {
    if (tape) {
        free(tape->sums);
        free(tape->memory);
        free(tape->inside);
        free(tape->tensor_of);
        free(tape->tensors);
        free(tape->steps);
        free(tape);
    }
}

static struct tensor *nchw_of(const struct tape *tape, int node) {
    return &tape->tensors[tape->tensor_of[node][NCHW]];
}

real *tape_input(struct tape *tape) {
    return tape->memory + nchw_of(tape, 0)->y;
}

const real *tape_output(const struct tape *tape, int i) {
    return tape->memory + nchw_of(tape, graph_output_at(tape->graph, i))->y;
}

real *tape_gradients(struct tape *tape) {
    return tape->memory + tape->dparams;
}

const real *tape_input_gradient(const struct tape *tape) {
    return tape->memory + nchw_of(tape, 0)->dy;
}

static real *activation(const struct tape *tape, int tensor) {
    return tape->memory + tape->tensors[tensor].y;
}

static real *gradient(const struct tape *tape, int tensor) {
    return tape->memory + tape->tensors[tensor].dy;
}

static void point_at_params(const struct tape *tape, const struct node *node, real **params,
                            real **dparams) {
    for (int p = 0; p < node->n_params; p++) {
        params[p] = tape->graph->values + node->params[p].offset;
        dparams[p] = tape->memory + tape->dparams + node->params[p].offset;
    }
}

static struct pass make_pass(const struct tape *tape, const struct step *step, struct shape *in) {
    const struct node *node = &tape->graph->nodes[step->node];
    graph_input_shapes(tape->graph, node, in);
    struct pass pass = {
        .node = node,
        .in = in,
        .n = tape->n,
        .training = tape->training,
        .kernels = tape->kernels,
        .threads = tape->threads,
        .seed = tape->seed + (uint64_t)step->node,
        .y = activation(tape, step->out),
        .dy = gradient(tape, step->out),
        .saved = tape->memory + step->saved,
        .scratch = tape->memory + tape->scratch,
        .scratch_len = tape->scratch_len,
        .shards = tape->memory + tape->shards,
    };
    for (int i = 0; i < node->n_inputs; i++) {
        pass.x[i] = activation(tape, step->in[i]);
    }
    point_at_params(tape, node, pass.params, pass.dparams);
    return pass;
}

static struct conv_norm_relu_pass make_conv_norm_relu_pass(const struct tape *tape,
                                                           const struct step *step) {
    struct conv_norm_relu_pass pass = {
        .block = &step->block,
        .n = tape->n,
        .training = tape->training,
        .threads = tape->threads,
        .x = activation(tape, step->in[0]),
        .z = step->addend >= 0 ? activation(tape, step->addend) : NULL,
        .raw = tape->memory + step->raw,
        .out = activation(tape, step->out),
        .dout = gradient(tape, step->out),
        .packed = tape->memory + step->packed,
        .saved = tape->memory + step->saved,
        .scratch = tape->memory + tape->scratch,
        .shards = tape->memory + tape->shards,
        .sums = tape->sums,
    };
    point_at_params(tape, step->block.conv, pass.conv_params, pass.conv_dparams);
    if (step->block.norm) {
        point_at_params(tape, step->block.norm, pass.norm_params, pass.norm_dparams);
    }
    return pass;
}

// A conversion of the batch, sample by sample, forward or backward.
struct conversion {
    const struct nhwc *layout;
    bool to_nchw, add;
    real *nchw, *nhwc;
    size_t nchw_len, nhwc_len;
};

static void convert_sample(void *arg, int i, int worker) {
    (void)worker;
    const struct conversion *c = arg;
    real *nchw = c->nchw + (size_t)i * c->nchw_len;
    real *nhwc = c->nhwc + (size_t)i * c->nhwc_len;
    if (c->to_nchw) {
        nhwc_to_nchw(c->layout, nhwc, c->add, nchw);
    } else {
        nhwc_from_nchw(c->layout, nchw, c->add, nhwc);
    }
}

static void convert_forward(const struct tape *tape, const struct step *step) {
    bool to_nchw = tape->tensors[step->out].form == NCHW;
    int nchw = to_nchw ? step->out : step->in[0], nhwc = to_nchw ? step->in[0] : step->out;
    struct conversion c = {&tape->tensors[nhwc].layout,
                           to_nchw,
                           false,
                           activation(tape, nchw),
                           activation(tape, nhwc),
                           tape->tensors[nchw].len,
                           tape->tensors[nhwc].len};
    thread_pool_run(tape->threads, tape->n, convert_sample, &c);
}

static void convert_backward(const struct tape *tape, const struct step *step) {
    struct tensor *in = &tape->tensors[step->in[0]];
    bool to_nchw = in->form == NCHW;
    int nchw = to_nchw ? step->in[0] : step->out, nhwc = to_nchw ? step->out : step->in[0];
    struct conversion c = {&tape->tensors[nhwc].d_layout,
                           to_nchw,
                           in->written,
                           gradient(tape, nchw),
                           gradient(tape, nhwc),
                           tape->tensors[nchw].d_len,
                           tape->tensors[nhwc].d_len};
    thread_pool_run(tape->threads, tape->n, convert_sample, &c);
    in->written = true;
}

static void pack_step(void *arg, int s, int worker) {
    (void)worker;
    const struct tape *tape = arg;
    if (tape->steps[s].kind == STEP_CONV_NORM_RELU) {
        struct conv_norm_relu_pass pass = make_conv_norm_relu_pass(tape, &tape->steps[s]);
        conv_norm_relu_pack(&pass);
    }
}

static void run_forward(struct tape *tape, const struct step *step) {
    struct shape in[MAX_INPUTS];
    struct pass pass;
    struct conv_norm_relu_pass block;
    switch (step->kind) {
    case STEP_LAYER:
        pass = make_pass(tape, step, in);
        layers[pass.node->op]->forward(&pass);
        break;
    case STEP_CONV_NORM_RELU:
        block = make_conv_norm_relu_pass(tape, step);
        conv_norm_relu_forward(&block);
        break;
    case STEP_CONVERT:
        convert_forward(tape, step);
        break;
    }
}

void tape_forward(struct tape *tape, int n, bool training, uint64_t seed) {
    assert(n >= 1 && n <= tape->max_batch);
    tape->n = n;
    tape->training = training;
    tape->seed = seed;
    thread_pool_run(tape->threads, tape->n_steps, pack_step, tape);
    for (int s = 1; s < tape->n_steps; s++) {
        run_forward(tape, &tape->steps[s]);
    }
}

static void clear_gradients(struct tape *tape) {
    memset(tape->memory + tape->dparams, 0, tape->graph->n_values * sizeof *tape->memory);
    for (int t = 0; t < tape->n_tensors; t++) {
        tape->tensors[t].written = false;
    }
}

// Where the caller is going to write the gradient of a node's result.
static real *begin_at(struct tape *tape, int node) {
    struct tensor *tensor = nchw_of(tape, node);
    tensor->written = true;
    return tape->memory + tensor->dy;
}

double tape_cross_entropy(struct tape *tape, const real *predicted, const real *targets) {
    const struct graph *graph = tape->graph;
    const struct node *last = &graph->nodes[graph_output(graph)];
    assert(last->op == OP_SOFTMAX);
    const real *p = predicted ? predicted : tape_output(tape, 0);
    clear_gradients(tape);
    real *dlogits = begin_at(tape, last->inputs[0]);
    int pixels = tape->n * last->shape.h * last->shape.w;
    double loss = 0;
    for (int i = 0; i < pixels * last->shape.c; i++) {
        double likelihood = (double)p[i] < 1e-30 ? 1e-30 : (double)p[i]; // NaN stays NaN
        loss -= (double)targets[i] * log(likelihood);
        dlogits[i] = (p[i] - targets[i]) / (real)pixels;
    }
    return loss / pixels;
}

void tape_begin_backward(struct tape *tape) {
    clear_gradients(tape);
    for (int i = 0; i < graph_n_outputs(tape->graph); i++) {
        begin_at(tape, graph_output_at(tape->graph, i));
    }
}

real *tape_output_gradient(struct tape *tape, int i) {
    return tape->memory + nchw_of(tape, graph_output_at(tape->graph, i))->dy;
}

void tape_set_gradient(struct tape *tape, const real *dy) {
    size_t len = shape_len(graph_output_shape(tape->graph)) * (size_t)tape->n;
    tape_begin_backward(tape);
    memcpy(tape_output_gradient(tape, 0), dy, len * sizeof *dy);
}

// Layers add to their inputs' gradients, so the first one finds zeros.
static real *cleared_gradient(struct tape *tape, int t) {
    struct tensor *tensor = &tape->tensors[t];
    if (!tensor->written) {
        memset(tape->memory + tensor->dy, 0,
               tensor->d_len * (size_t)tape->n * sizeof *tape->memory);
        tensor->written = true;
    }
    return tape->memory + tensor->dy;
}

static void layer_backward(struct tape *tape, const struct step *step, bool to_input) {
    struct shape in[MAX_INPUTS];
    struct pass pass = make_pass(tape, step, in);
    for (int i = 0; i < pass.node->n_inputs; i++) {
        bool wanted = to_input || pass.node->inputs[i] != 0;
        pass.dx[i] = wanted ? cleared_gradient(tape, step->in[i]) : NULL;
    }
    layers[pass.node->op]->backward(&pass);
}

static void conv_norm_relu_step_backward(struct tape *tape, const struct step *step,
                                         bool to_input) {
    struct conv_norm_relu_pass pass = make_conv_norm_relu_pass(tape, step);
    struct tensor *in = &tape->tensors[step->in[0]];
    if (step->addend >= 0) { // before x, which may be the same
        pass.dz = gradient(tape, step->addend);
        pass.add_dz = tape->tensors[step->addend].written;
        tape->tensors[step->addend].written = true;
    }
    if (to_input || step->block.conv->inputs[0] != 0) {
        pass.dx = gradient(tape, step->in[0]);
        pass.add_dx = in->written;
        in->written = true;
    }
    conv_norm_relu_backward(&pass);
}

void tape_backward(struct tape *tape, bool to_input) {
    for (int s = tape->n_steps - 1; s > 0; s--) {
        const struct step *step = &tape->steps[s];
        if (!tape->tensors[step->out].written) {
            continue; // the loss does not depend on it
        }
        switch (step->kind) {
        case STEP_LAYER:
            layer_backward(tape, step, to_input);
            break;
        case STEP_CONV_NORM_RELU:
            conv_norm_relu_step_backward(tape, step, to_input);
            break;
        case STEP_CONVERT:
            convert_backward(tape, step);
            break;
        }
    }
    if (to_input) {
        cleared_gradient(tape, tape->tensor_of[0][NCHW]); // when it depends on no input
    }
}
