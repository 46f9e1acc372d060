// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/tape_private.h"

#include "core/base/aligned_memory.h"
#include "core/nhwc/consumers.h"
#include "core/network/layers/layer.h"
#include "core/base/min_max.h"

static size_t take(struct tape *tape, size_t len) {
    size_t at = tape->len;
    tape->len += aligned_round(len);
    return at;
}

static int add_tensor(struct tape *tape, int node, enum form form, bool converted) {
    struct tensor *tensor = &tape->tensors[tape->n_tensors];
    struct shape shape = tape->graph->nodes[node].shape;
    *tensor = (struct tensor){.form = form, .len = shape_len(shape), .d_len = shape_len(shape)};
    if (form == NHWC) {
        tensor->layout = nhwc_of(shape, nhwc_border_for(tape->graph, node), tape->kernels);
        tensor->d_layout = nhwc_of(shape, 0, tape->kernels);
        if (converted && nhwc_narrow_for(tape->graph, node, tape->kernels)) {
            tensor->layout.pitch = shape.c;
        }
        tensor->len = nhwc_len(&tensor->layout);
        tensor->d_len = nhwc_len(&tensor->d_layout);
    }
    tensor->y = take(tape, tensor->len * (size_t)tape->max_batch);
    tensor->dy = take(tape, tensor->d_len * (size_t)tape->max_batch);
    tape->tensor_of[node][form] = tape->n_tensors;
    return tape->n_tensors++;
}

// The node's result in the wanted form, converted first if need be.
static int input_tensor(struct tape *tape, int node, enum form form) {
    if (tape->tensor_of[node][form] < 0) {
        int from = tape->tensor_of[node][1 - form], to = add_tensor(tape, node, form, true);
        tape->steps[tape->n_steps++] = (struct step){
            .kind = STEP_CONVERT, .node = node, .in = {from}, .out = to, .addend = -1};
    }
    return tape->tensor_of[node][form];
}

// Takes the batch norm, the addition of something already computed and the ReLU that follow into a
// convolution's step. Returns the last node taken in.
static int fuse(struct tape *tape, struct step *step) {
    const struct graph *graph = tape->graph;
    int result = step->node, next = graph_only_consumer(graph, result);
    if (next >= 0 && graph->nodes[next].op == OP_BATCH_NORM) {
        tape->inside[next] = true;
        step->norm = result = next;
        next = graph_only_consumer(graph, next);
    }
    if (next >= 0 && graph->nodes[next].op == OP_ADD && graph->nodes[next].n_inputs == 2) {
        const int *inputs = graph->nodes[next].inputs;
        int other = inputs[0] == result ? inputs[1] : inputs[0];
        if (other < step->node) {
            step->addend = input_tensor(tape, other, NHWC);
            tape->inside[next] = true;
            result = next;
            next = graph_only_consumer(graph, next);
        }
    }
    if (next >= 0 && graph->nodes[next].op == OP_ACTIVATION &&
        graph->nodes[next].activation.kind == ACT_RELU) {
        step->block.relu = tape->inside[next] = true;
        result = next;
    }
    return result;
}

static void want(struct tape *tape, size_t scratch, size_t shards, size_t *max_shards) {
    tape->scratch_len = max_size(tape->scratch_len, aligned_round(scratch));
    *max_shards = max_size(*max_shards, shards);
}

static void make_conv_norm_relu_step(struct tape *tape, int i, size_t *shards, size_t *sums) {
    const struct node *node = &tape->graph->nodes[i];
    struct step step = {.kind = STEP_CONV_NORM_RELU, .node = i, .norm = -1, .addend = -1};
    struct conv_norm_relu *block = &step.block;
    int result = fuse(tape, &step);
    step.in[0] = input_tensor(tape, node->inputs[0], NHWC);
    step.out = add_tensor(tape, result, NHWC, false);
    const struct tensor *in = &tape->tensors[step.in[0]], *out = &tape->tensors[step.out];
    block->conv = node;
    block->norm = step.norm >= 0 ? &tape->graph->nodes[step.norm] : NULL;
    block->kernels = tape->kernels;
    block->x = in->layout;
    block->dx = in->d_layout;
    block->raw = nhwc_of(node->shape, 0, tape->kernels);
    block->out = out->layout;
    block->dout = out->d_layout;
    if (step.addend >= 0) {
        block->z = tape->tensors[step.addend].layout;
        block->dz = tape->tensors[step.addend].d_layout;
    }
    conv_norm_relu_init(block);
    step.raw = take(tape, block->norm ? nhwc_len(&block->raw) * (size_t)tape->max_batch : 0);
    step.saved = take(tape, conv_norm_relu_saved_len(block));
    step.packed = take(tape, conv_norm_relu_packed_len(block));
    want(tape, conv_norm_relu_scratch_len(block), conv_norm_relu_shard_len(block), shards);
    *sums = max_size(*sums, conv_norm_relu_sums_len(block));
    tape->steps[tape->n_steps++] = step;
}

static void make_layer_step(struct tape *tape, int i, size_t *shards) {
    const struct node *node = &tape->graph->nodes[i];
    const struct layer *layer = layers[node->op];
    struct step step = {.kind = STEP_LAYER, .node = i, .addend = -1};
    struct shape in[MAX_INPUTS];
    graph_input_shapes(tape->graph, node, in);
    for (int j = 0; j < node->n_inputs; j++) {
        step.in[j] = input_tensor(tape, node->inputs[j], NCHW);
    }
    step.out = add_tensor(tape, i, NCHW, false);
    step.saved = take(tape, layer->saved_len ? layer->saved_len(node, in, tape->max_batch) : 0);
    want(tape, layer->scratch_len ? layer->scratch_len(node, in, tape->kernels) : 0,
         layer->shard_len ? layer->shard_len(node, in) : 0, shards);
    tape->steps[tape->n_steps++] = step;
}

size_t tape_make_steps(struct tape *tape) {
    const struct graph *graph = tape->graph;
    size_t shards = 0, sums = 0;
    for (int i = 0; i < graph->n_nodes; i++) {
        tape->tensor_of[i][NCHW] = tape->tensor_of[i][NHWC] = -1;
    }
    for (int i = 0; i < graph->n_nodes; i++) {
        if (tape->inside[i]) {
            continue;
        }
        if (nhwc_conv_supports(&graph->nodes[i])) {
            make_conv_norm_relu_step(tape, i, &shards, &sums);
        } else {
            make_layer_step(tape, i, &shards);
        }
    }
    for (int i = 0; i < graph_n_outputs(graph); i++) {
        input_tensor(tape, graph_output_at(graph, i), NCHW);
    }
    tape->dparams = take(tape, graph->n_values);
    tape->scratch = take(tape, tape->scratch_len * (size_t)thread_pool_size(tape->threads));
    tape->shards = take(tape, shards * N_SHARDS);
    return sums;
}
