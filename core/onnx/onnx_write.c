// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/onnx/onnx.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/onnx/onnx_lower.h"
#include "core/onnx/onnx_writer.h"

#include <math.h>

#define OPSET 13
#define IR_VERSION 7

// ONNX nodes that one node becomes at most, and tensors besides its parameters.
#define MORE_NODES (MAX_INPUTS + 3)

static bool covers(const struct window *w, struct shape picture) {
    return w->stride_h == w->kernel_h && w->stride_w == w->kernel_w && !w->top && !w->left &&
           !w->bottom && !w->right && picture.h % w->kernel_h == 0 && picture.w % w->kernel_w == 0;
}

// Why ONNX cannot express a node; NULL if it can.
static const char *objection(const struct graph *graph, int index) {
    const struct node *node = &graph->nodes[index];
    if (node->op == OP_TILE) {
        return "ONNX has no tiled convolution";
    }
    if (writer_has_gaps(node) && writer_conv_of_gaps(graph, index) < 0) {
        return "ONNX has no gaps between pixels but those of a transposed convolution";
    }
    if (node->op == OP_UNPOOL && !covers(&node->pool.window, node->shape)) {
        return "ONNX's MaxUnpool is only clear for windows side by side that cover the picture";
    }
    if (node->op == OP_POOL && node->pool.kind == POOL_LP &&
        node->pool.exponent != rint((double)node->pool.exponent)) {
        return "ONNX has only whole exponents for Lp pools";
    }
    return NULL;
}

bool onnx_can_write(const struct graph *graph, const char *name) {
    for (int i = 1; i < graph->n_nodes; i++) {
        const char *reason = objection(graph, i);
        if (reason) {
            LOG(ERROR, "%s: %s cannot be written: %s", name, graph->nodes[i].name, reason);
            return false;
        }
    }
    return true;
}

// In ONNX the output of a dense layer has two axes, (N, C), an image four.
static bool makes_vector(const struct graph *graph, int index, const bool *is_vector) {
    const struct node *node = &graph->nodes[index];
    bool vectors = true;
    for (int i = 0; i < node->n_inputs; i++) {
        vectors = vectors && is_vector[node->inputs[i]];
    }
    switch (node->op) {
    case OP_DENSE:
        return true;
    case OP_RESHAPE:
        return node->shape.h == 1 && node->shape.w == 1;
    case OP_PAD:
        return vectors && node->shape.h == 1 && node->shape.w == 1;
    case OP_INPUT:
    case OP_CONV:
    case OP_POOL:
    case OP_UNPOOL:
    case OP_GLOBAL_POOL:
    case OP_SPECTRAL_POOL:
    case OP_GROUP_NORM:
    case OP_TRANSPOSE:
    case OP_RESIZE:
        return false;
    default:
        return vectors;
    }
}

static bool write_node(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    if (writer_has_gaps(node)) { // written with the convolution after it
        w->tensor[index] = w->tensor[node->inputs[0]];
        return true;
    }
    Onnx__NodeProto *out = writer_layer(w, index);
    w->tensor[index] = out ? out->output[0] : NULL;
    return !w->m.failed && !w->m.refused;
}

static bool write_graph(struct writer *w) {
    const struct graph *graph = w->graph;
    size_t n = (size_t)graph->n_nodes;
    Onnx__GraphProto *to = w->m.out;
    to->name = "smilecam";
    message_begin(&w->m, MORE_NODES * n, (MAX_PARAMS + MORE_NODES) * n);
    to->input = MESSAGE_TAKE(&w->m, 1, Onnx__ValueInfoProto *);
    to->output = MESSAGE_TAKE(&w->m, MAX_OUTPUTS, Onnx__ValueInfoProto *);
    w->tensor = MESSAGE_TAKE(&w->m, n, const char *);
    w->is_vector = MESSAGE_TAKE(&w->m, n, bool);
    if (w->m.failed) {
        return false;
    }
    w->tensor[0] = "input";
    for (int i = 1; i < graph->n_nodes; i++) {
        w->is_vector[i] = makes_vector(graph, i, w->is_vector);
        if (!write_node(w, i)) {
            return false;
        }
    }
    struct shape in = graph_input_shape(graph);
    to->n_input = 1;
    to->input[0] = message_value(&w->m, "input", 3, (int[]){in.c, in.h, in.w});
    for (int i = 0; i < graph_n_outputs(graph); i++) {
        int node = graph_output_at(graph, i);
        struct shape out = graph->nodes[node].shape;
        to->output[to->n_output++] = message_value(
            &w->m, w->tensor[node], w->is_vector[node] ? 1 : 3, (int[]){out.c, out.h, out.w});
    }
    return !w->m.failed;
}

static bool write_metadata(struct message *m, Onnx__ModelProto *model,
                           const struct metadata *metadata) {
    model->metadata_props = MESSAGE_TAKE(m, METADATA_MAX, Onnx__StringStringEntryProto *);
    for (int i = 0; !m->failed && i < metadata->n; i++) {
        Onnx__StringStringEntryProto *entry = MESSAGE_TAKE(m, 1, Onnx__StringStringEntryProto);
        if (!entry) {
            break;
        }
        onnx__string_string_entry_proto__init(entry);
        entry->key = (char *)metadata->entries[i].key;
        entry->value = (char *)metadata->entries[i].value;
        model->metadata_props[model->n_metadata_props++] = entry;
    }
    return !m->failed;
}

static bool save(struct message *m, const Onnx__ModelProto *model, const char *path) {
    size_t len = onnx__model_proto__get_packed_size(model);
    uint8_t *bytes = message_take(m, len);
    if (!bytes) {
        return false;
    }
    onnx__model_proto__pack(model, bytes);
    return file_write(path, bytes, len);
}

bool onnx_write(const struct graph *graph, const struct metadata *metadata, const char *path) {
    Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
    Onnx__GraphProto out = ONNX__GRAPH_PROTO__INIT;
    Onnx__OperatorSetIdProto opset = ONNX__OPERATOR_SET_ID_PROTO__INIT, *opsets = &opset;
    if (!onnx_can_write(graph, path)) {
        return false;
    }
    struct graph *lowered = onnx_lower(graph);
    if (!lowered) {
        return false;
    }
    struct writer w = {.m.out = &out, .graph = lowered};
    opset.domain = "";
    opset.has_version = true;
    opset.version = OPSET;
    model.has_ir_version = true;
    model.ir_version = IR_VERSION;
    model.producer_name = "smilecam";
    model.n_opset_import = 1;
    model.opset_import = &opsets;
    model.graph = &out;
    bool ok = write_graph(&w) && write_metadata(&w.m, &model, metadata) && save(&w.m, &model, path);
    if (w.m.failed) {
        log_no_memory("writing the model %s", path);
    }
    message_finish(&w.m);
    graph_destroy(lowered);
    return ok;
}
