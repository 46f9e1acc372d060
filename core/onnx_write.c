// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "onnx.h"

#include "file.h"
#include "log.h"
#include "onnx.pb-c.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOAT_TYPE 1 // TensorProto.DataType
#define OPSET 13
#define IR_VERSION 7

enum attribute_type { ATTR_FLOAT = 1, ATTR_INT = 2, ATTR_INTS = 7 };

// Everything that the message points to lives in one list and is freed together.
struct writer {
    const char *name;
    const struct graph *graph;
    struct block *blocks;
    bool failed;  // without memory
    bool refused; // said why
    Onnx__GraphProto *out;
    const char **tensor; // by node: the name of its output
    bool *is_vector;     // by node: (N, C) rather than (N, C, H, W)
};

struct block {
    struct block *next;
    max_align_t data[];
};

static void *take(struct writer *w, size_t size) {
    struct block *block = calloc(1, sizeof *block + size);
    if (!block) {
        w->failed = true;
        return NULL;
    }
    block->next = w->blocks;
    w->blocks = block;
    return block->data;
}

#define TAKE(w, n, type) ((type *)take(w, (n) * sizeof(type)))

__attribute__((format(printf, 2, 3))) static char *text(struct writer *w, const char *format, ...) {
    char buffer[METADATA_VALUE_LEN];
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    char *copy = take(w, strlen(buffer) + 1);
    return copy ? strcpy(copy, buffer) : NULL;
}

static Onnx__NodeProto *new_node(struct writer *w, const char *op, int index, int n_inputs) {
    Onnx__NodeProto *node = TAKE(w, 1, Onnx__NodeProto);
    char **inputs = TAKE(w, (size_t)n_inputs, char *), **outputs = TAKE(w, 1, char *);
    Onnx__AttributeProto **attributes = TAKE(w, 8, Onnx__AttributeProto *);
    char *name = text(w, "%s%s", w->graph->nodes[index].name, strcmp(op, "Flatten") ? "" : "_flat");
    if (w->failed) {
        return NULL;
    }
    onnx__node_proto__init(node);
    node->op_type = (char *)op;
    node->name = name;
    node->input = inputs;
    node->n_output = 1;
    node->output = outputs;
    node->output[0] = name;
    node->attribute = attributes;
    w->out->node[w->out->n_node++] = node;
    return node;
}

static void add_input(Onnx__NodeProto *node, const char *tensor) {
    node->input[node->n_input++] = (char *)tensor;
}

static Onnx__AttributeProto *new_attribute(struct writer *w, Onnx__NodeProto *node,
                                           const char *name, enum attribute_type type) {
    Onnx__AttributeProto *attribute = TAKE(w, 1, Onnx__AttributeProto);
    if (!attribute) {
        return NULL;
    }
    onnx__attribute_proto__init(attribute);
    attribute->name = (char *)name;
    attribute->has_type = true;
    attribute->type = type;
    node->attribute[node->n_attribute++] = attribute;
    return attribute;
}

static void set_int(struct writer *w, Onnx__NodeProto *node, const char *name, int value) {
    Onnx__AttributeProto *attribute = new_attribute(w, node, name, ATTR_INT);
    if (attribute) {
        attribute->has_i = true;
        attribute->i = value;
    }
}

static void set_float(struct writer *w, Onnx__NodeProto *node, const char *name, double value) {
    Onnx__AttributeProto *attribute = new_attribute(w, node, name, ATTR_FLOAT);
    if (attribute) {
        attribute->has_f = true;
        attribute->f = (float)value;
    }
}

static void set_ints(struct writer *w, Onnx__NodeProto *node, const char *name, int n,
                     const int *values) {
    Onnx__AttributeProto *attribute = new_attribute(w, node, name, ATTR_INTS);
    int64_t *ints = TAKE(w, (size_t)n, int64_t);
    if (!attribute || !ints) {
        return;
    }
    for (int i = 0; i < n; i++) {
        ints[i] = values[i];
    }
    attribute->n_ints = (size_t)n;
    attribute->ints = ints;
}

// Appends a tensor of floats to the initialisers and returns its name.
static const char *add_tensor(struct writer *w, char *name, int n_dims, const int *dims,
                              const real *values, size_t len) {
    Onnx__TensorProto *tensor = TAKE(w, 1, Onnx__TensorProto);
    int64_t *sizes = TAKE(w, (size_t)n_dims, int64_t);
    float *floats = TAKE(w, len, float);
    if (w->failed || w->refused) {
        return NULL;
    }
    onnx__tensor_proto__init(tensor);
    for (int i = 0; i < n_dims; i++) {
        sizes[i] = dims[i];
    }
    for (size_t i = 0; i < len; i++) {
        floats[i] = (float)values[i];
        if (!isfinite(floats[i])) {
            LOG(ERROR, "%s holds a value that is not a finite number; the training diverged", name);
            w->refused = true;
            return NULL;
        }
    }
    tensor->name = name;
    tensor->n_dims = (size_t)n_dims;
    tensor->dims = sizes;
    tensor->has_data_type = true;
    tensor->data_type = FLOAT_TYPE;
    tensor->has_raw_data = true;
    tensor->raw_data =
        (ProtobufCBinaryData){len * sizeof *floats, (uint8_t *)floats}; // little-endian
    w->out->initializer[w->out->n_initializer++] = tensor;
    return name;
}

static void add_param(struct writer *w, Onnx__NodeProto *out, const struct node *node,
                      const char *role) {
    const struct param *param = node_param(node, role);
    if (param) {
        add_input(out, add_tensor(w, text(w, "%s.%s", node->name, role), param->n_dims, param->dims,
                                  w->graph->values + param->offset, param->len));
    }
}

static void set_window(struct writer *w, Onnx__NodeProto *out, const struct window *win) {
    set_ints(w, out, "kernel_shape", 2, (int[]){win->kernel_h, win->kernel_w});
    set_ints(w, out, "strides", 2, (int[]){win->stride_h, win->stride_w});
    set_ints(w, out, "pads", 4, (int[]){win->top, win->left, win->bottom, win->right});
}

static void write_conv(struct writer *w, Onnx__NodeProto *out, const struct node *node) {
    set_window(w, out, &node->conv.window);
    set_ints(w, out, "dilations", 2,
             (int[]){node->conv.window.dilation_h, node->conv.window.dilation_w});
    set_int(w, out, "group", node->conv.groups);
    add_param(w, out, node, "weight");
    add_param(w, out, node, "bias");
}

static void write_norm(struct writer *w, Onnx__NodeProto *out, const struct node *node) {
    static const char *const roles[] = {"scale", "shift", "mean", "variance"};
    set_float(w, out, "epsilon", (double)node->batch_norm.epsilon);
    set_float(w, out, "momentum",
              1 - (double)node->batch_norm.momentum); // ONNX weighs the old value
    for (int i = 0; i < 4; i++) {
        add_param(w, out, node, roles[i]);
    }
}

static const char *op_name(const struct node *node) {
    static const char *const activations[N_ACTIVATIONS] = {[ACT_RELU] = "Relu",
                                                           [ACT_LEAKY_RELU] = "LeakyRelu",
                                                           [ACT_ELU] = "Elu",
                                                           [ACT_SIGMOID] = "Sigmoid",
                                                           [ACT_TANH] = "Tanh"};
    switch (node->op) {
    case OP_CONV:
        return "Conv";
    case OP_POOL:
        return node->pool.kind == POOL_MAX ? "MaxPool" : "AveragePool";
    case OP_GLOBAL_POOL:
        return "GlobalAveragePool";
    case OP_ACTIVATION:
        return activations[node->activation.kind];
    case OP_BATCH_NORM:
        return "BatchNormalization";
    case OP_DENSE:
        return "Gemm";
    case OP_DROPOUT:
        return "Dropout";
    case OP_ADD:
        return node->n_inputs == 2 ? "Add" : "Sum";
    case OP_CONCAT:
        return "Concat";
    default:
        return "Softmax";
    }
}

static void write_attributes(struct writer *w, Onnx__NodeProto *out, const struct node *node) {
    switch (node->op) {
    case OP_CONV:
        write_conv(w, out, node);
        break;
    case OP_POOL:
        set_window(w, out, &node->pool.window);
        break;
    case OP_ACTIVATION:
        if (node->activation.kind == ACT_LEAKY_RELU || node->activation.kind == ACT_ELU) {
            set_float(w, out, "alpha", (double)node->activation.alpha);
        }
        break;
    case OP_BATCH_NORM:
        write_norm(w, out, node);
        break;
    case OP_DENSE:
        set_int(w, out, "transB", 1);
        add_param(w, out, node, "weight");
        add_param(w, out, node, "bias");
        break;
    case OP_DROPOUT:
        add_input(out, add_tensor(w, text(w, "%s.ratio", node->name), 0, NULL, &node->dropout, 1));
        break;
    case OP_CONCAT:
    case OP_SOFTMAX:
        set_int(w, out, "axis", 1);
        break;
    default:
        break;
    }
}

// In ONNX a dense layer's output has two axes, (N, C), a convolution's input four.
static bool find_rank(const struct graph *graph, int index, bool *is_vector, const char *name) {
    const struct node *node = &graph->nodes[index];
    bool vector = is_vector[node->inputs[0]];
    for (int i = 1; i < node->n_inputs; i++) {
        if (is_vector[node->inputs[i]] != vector) {
            LOG(ERROR, "%s: %s joins a vector and a picture, which ONNX does not allow", name,
                node->name);
            return false;
        }
    }
    if (vector && (node->op == OP_CONV || node->op == OP_POOL || node->op == OP_GLOBAL_POOL)) {
        LOG(ERROR, "%s: %s reads a dense layer's vector, which ONNX does not allow", name,
            node->name);
        return false;
    }
    is_vector[index] = vector || node->op == OP_DENSE;
    return true;
}

static bool has_form(const struct node *node) {
    switch (node->op) {
    case OP_ACTIVATION:
        return node->activation.kind <= ACT_TANH && node->activation.kind != ACT_RANDOM_RELU;
    case OP_POOL:
        return node->pool.kind <= POOL_AVERAGE && !node->pool.counts_padding;
    case OP_PAD:
    case OP_TILE:
    case OP_SPECTRAL_POOL:
    case OP_PRELU:
    case OP_AFFINE:
    case OP_MULTIPLY:
    case OP_RESHAPE:
    case OP_TRANSPOSE:
        return false;
    default:
        return true;
    }
}

static bool find_ranks(const struct graph *graph, bool *is_vector, const char *name) {
    for (int i = 1; i < graph->n_nodes; i++) {
        if (!has_form(&graph->nodes[i])) {
            LOG(ERROR, "%s: %s has no ONNX form", name, graph->nodes[i].name);
            return false;
        }
        if (!find_rank(graph, i, is_vector, name)) {
            return false;
        }
    }
    return true;
}

bool onnx_can_write(const struct graph *graph, const char *name) {
    bool *is_vector = calloc((size_t)graph->n_nodes, sizeof *is_vector);
    if (!is_vector) {
        LOG(ERROR, "%s: no memory to check the network", name);
        return false;
    }
    bool ok = find_ranks(graph, is_vector, name);
    free(is_vector);
    return ok;
}

static bool write_node(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    const char *input = w->tensor[node->inputs[0]];
    if (node->op == OP_DENSE && !w->is_vector[node->inputs[0]]) {
        Onnx__NodeProto *flat = new_node(w, "Flatten", index, 1);
        if (!flat) {
            return false;
        }
        add_input(flat, input);
        input = flat->output[0];
    }
    Onnx__NodeProto *out = new_node(w, op_name(node), index, MAX_INPUTS + MAX_PARAMS);
    if (!out) {
        return false;
    }
    add_input(out, input);
    for (int i = 1; i < node->n_inputs; i++) {
        add_input(out, w->tensor[node->inputs[i]]);
    }
    write_attributes(w, out, node);
    w->tensor[index] = out->output[0];
    return !w->failed && !w->refused;
}

// A graph input or output: (N, dims...) of floats.
static Onnx__ValueInfoProto *new_value(struct writer *w, const char *name, int n_dims,
                                       const int *dims) {
    Onnx__ValueInfoProto *value = TAKE(w, 1, Onnx__ValueInfoProto);
    Onnx__TypeProto *type = TAKE(w, 1, Onnx__TypeProto);
    Onnx__TypeProto__Tensor *tensor = TAKE(w, 1, Onnx__TypeProto__Tensor);
    Onnx__TensorShapeProto *shape = TAKE(w, 1, Onnx__TensorShapeProto);
    Onnx__TensorShapeProto__Dimension **list =
        TAKE(w, (size_t)n_dims + 1, Onnx__TensorShapeProto__Dimension *);
    Onnx__TensorShapeProto__Dimension *sizes =
        TAKE(w, (size_t)n_dims + 1, Onnx__TensorShapeProto__Dimension);
    if (w->failed) {
        return NULL;
    }
    onnx__value_info_proto__init(value);
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(tensor);
    onnx__tensor_shape_proto__init(shape);
    for (int i = 0; i <= n_dims; i++) {
        list[i] = &sizes[i];
        onnx__tensor_shape_proto__dimension__init(list[i]);
        list[i]->value_case = i ? ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
                                : ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
        if (i == 0) {
            list[i]->dim_param = "N";
        } else {
            list[i]->dim_value = dims[i - 1];
        }
    }
    shape->n_dim = (size_t)n_dims + 1;
    shape->dim = list;
    tensor->has_elem_type = true;
    tensor->elem_type = FLOAT_TYPE;
    tensor->shape = shape;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = tensor;
    value->name = (char *)name;
    value->type = type;
    return value;
}

static bool write_graph(struct writer *w) {
    const struct graph *graph = w->graph;
    size_t n = (size_t)graph->n_nodes;
    w->out->name = "smilecam";
    w->out->node = TAKE(w, 2 * n, Onnx__NodeProto *);
    w->out->initializer = TAKE(w, MAX_PARAMS * n, Onnx__TensorProto *);
    w->out->input = TAKE(w, 1, Onnx__ValueInfoProto *);
    w->out->output = TAKE(w, 1, Onnx__ValueInfoProto *);
    w->tensor = TAKE(w, n, const char *);
    w->is_vector = TAKE(w, n, bool);
    if (w->failed || !find_ranks(graph, w->is_vector, w->name)) {
        return false;
    }
    w->tensor[0] = "input";
    for (int i = 1; i < graph->n_nodes; i++) {
        if (!write_node(w, i)) {
            return false;
        }
    }
    struct shape in = graph_input_shape(graph), out = graph_output_shape(graph);
    int rank = w->is_vector[graph->n_nodes - 1] ? 1 : 3;
    w->out->n_input = w->out->n_output = 1;
    w->out->input[0] = new_value(w, "input", 3, (int[]){in.c, in.h, in.w});
    w->out->output[0] =
        new_value(w, w->tensor[graph->n_nodes - 1], rank, (int[]){out.c, out.h, out.w});
    return !w->failed;
}

static bool write_metadata(struct writer *w, Onnx__ModelProto *model,
                           const struct metadata *metadata) {
    model->metadata_props = TAKE(w, METADATA_MAX, Onnx__StringStringEntryProto *);
    for (int i = 0; !w->failed && i < metadata->n; i++) {
        Onnx__StringStringEntryProto *entry = TAKE(w, 1, Onnx__StringStringEntryProto);
        if (!entry) {
            break;
        }
        onnx__string_string_entry_proto__init(entry);
        entry->key = (char *)metadata->entries[i].key;
        entry->value = (char *)metadata->entries[i].value;
        model->metadata_props[model->n_metadata_props++] = entry;
    }
    return !w->failed;
}

static bool save(struct writer *w, const Onnx__ModelProto *model, const char *path) {
    size_t len = onnx__model_proto__get_packed_size(model);
    uint8_t *bytes = take(w, len);
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
    struct writer w = {.name = path, .graph = graph, .out = &out};
    opset.domain = "";
    opset.has_version = true;
    opset.version = OPSET;
    model.has_ir_version = true;
    model.ir_version = IR_VERSION;
    model.producer_name = "smilecam";
    model.n_opset_import = 1;
    model.opset_import = &opsets;
    model.graph = &out;
    bool ok = write_graph(&w) && write_metadata(&w, &model, metadata) && save(&w, &model, path);
    if (w.failed) {
        LOG(ERROR, "%s: no memory to write the model", path);
    }
    for (struct block *block = w.blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    return ok;
}
