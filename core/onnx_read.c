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

#define FLOAT_TYPE 1
#define MAX_INITIALIZERS (MAX_PARAMS * MAX_NODES)

// A name that the graph uses, and the node of ours that makes it.
struct tensor {
    const char *name;
    int node;
};

struct reader {
    const char *name;
    const Onnx__GraphProto *in;
    struct graph *graph;
    struct tensor *tensors;
    int n_tensors;
    const Onnx__NodeProto *node; // being read
};

__attribute__((format(printf, 2, 3))) static bool fail(const struct reader *r, const char *format,
                                                       ...) {
    char what[256], where[96] = "";
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (r->node) {
        snprintf(where, sizeof where, "%.32s (%.32s): ", r->node->op_type ? r->node->op_type : "?",
                 r->node->name && *r->node->name ? r->node->name : "unnamed");
    }
    LOG(ERROR, "%s: not a usable ONNX model: %s%s", r->name, where, what);
    return false;
}

static int find_tensor(const struct reader *r, const char *name) {
    for (int i = r->n_tensors - 1; i >= 0; i--) {
        if (strcmp(r->tensors[i].name, name) == 0) {
            return r->tensors[i].node;
        }
    }
    return -1;
}

static void name_tensor(struct reader *r, const char *name, int node) {
    r->tensors[r->n_tensors++] = (struct tensor){name, node};
}

static const Onnx__AttributeProto *attribute(const struct reader *r, const char *name) {
    for (size_t i = 0; i < r->node->n_attribute; i++) {
        const Onnx__AttributeProto *a = r->node->attribute[i];
        if (a->name && strcmp(a->name, name) == 0) {
            return a;
        }
    }
    return NULL;
}

// Out-of-range integers become -1, which no attribute allows.
static int small_int(int64_t x) {
    return x >= 0 && x <= MAX_CHANNELS ? (int)x : -1;
}

static int get_int(const struct reader *r, const char *name, int fallback) {
    const Onnx__AttributeProto *a = attribute(r, name);
    return a && a->has_i ? small_int(a->i) : fallback;
}

static real get_float(const struct reader *r, const char *name, double fallback) {
    const Onnx__AttributeProto *a = attribute(r, name);
    return (real)(a && a->has_f ? (double)a->f : fallback);
}

// Fills n values, all fallback without the attribute. False if it has another length.
static bool get_ints(const struct reader *r, const char *name, int n, int fallback, int *values) {
    const Onnx__AttributeProto *a = attribute(r, name);
    if (a && a->n_ints != (size_t)n) {
        return fail(r, "%s has %zu numbers instead of %d", name, a->n_ints, n);
    }
    for (int i = 0; i < n; i++) {
        values[i] = a ? small_int(a->ints[i]) : fallback;
    }
    return true;
}

static const Onnx__TensorProto *initializer(const struct reader *r, size_t input) {
    const char *name = input < r->node->n_input ? r->node->input[input] : "";
    for (size_t i = 0; *name && i < r->in->n_initializer; i++) {
        const Onnx__TensorProto *t = r->in->initializer[i];
        if (t->name && strcmp(t->name, name) == 0) {
            return t;
        }
    }
    return NULL;
}

static bool has_input(const struct reader *r, size_t i) {
    return i < r->node->n_input && *r->node->input[i];
}

static bool tensor_len(const Onnx__TensorProto *t, size_t *len) {
    *len = 1;
    for (size_t i = 0; i < t->n_dims; i++) {
        if (t->dims[i] < 1 || (uint64_t)t->dims[i] > MAX_VALUES ||
            *len * (size_t)t->dims[i] > MAX_VALUES) {
            return false;
        }
        *len *= (size_t)t->dims[i];
    }
    return true;
}

// The floats of an initialiser, which must be exactly len and finite.
static bool copy_floats(const struct reader *r, const Onnx__TensorProto *t, size_t len, real *to) {
    size_t n;
    bool raw = t->has_raw_data;
    if (t->has_data_location && t->data_location != 0) {
        return fail(r,
                    "%.32s lies in another file, which is not read; store the weights in the model",
                    t->name);
    }
    if (!t->has_data_type || t->data_type != FLOAT_TYPE) {
        return fail(r, "%.32s is not of type float", t->name);
    }
    if (!tensor_len(t, &n) || n != len ||
        (raw ? t->raw_data.len / 4 != n || t->raw_data.len % 4 : t->n_float_data != n)) {
        return fail(r, "%.32s does not have the %zu values that it should", t->name, len);
    }
    for (size_t i = 0; i < len; i++) {
        float x;
        memcpy(&x, raw ? (const void *)(t->raw_data.data + 4 * i) : &t->float_data[i], sizeof x);
        if (!isfinite(x)) {
            return fail(r, "%.32s holds a value that is not a finite number", t->name);
        }
        to[i] = (real)x;
    }
    return true;
}

static bool copy_param(struct reader *r, int node, const char *role, size_t input) {
    const struct param *param = node_param(&r->graph->nodes[node], role);
    const Onnx__TensorProto *t = initializer(r, input);
    if (!t) {
        return fail(r, "its %s is missing among the model's weights", role);
    }
    return copy_floats(r, t, param->len, r->graph->values + param->offset);
}

static bool input_node(const struct reader *r, size_t i, int *node) {
    const char *name = i < r->node->n_input ? r->node->input[i] : "";
    *node = find_tensor(r, name);
    return *node >= 0 || fail(r, "its input \"%.48s\" is not made by any node before it", name);
}

// Adds our node, its inputs already filled in, and gives the ONNX node's output its name.
static int add(struct reader *r, struct node *node) {
    char error[GRAPH_ERROR_LEN];
    if (r->node->name) {
        snprintf(node->name, sizeof node->name, "%s", r->node->name);
    }
    int index = graph_add(r->graph, node, error);
    if (index < 0) {
        fail(r, "%s", error);
        return -1;
    }
    name_tensor(r, r->node->output[0], index);
    return index;
}

static int add_simple(struct reader *r, struct node *node) {
    node->n_inputs = 1;
    return input_node(r, 0, &node->inputs[0]) ? add(r, node) : -1;
}

static bool get_window(const struct reader *r, struct window *w) {
    int kernel[2] = {0}, strides[2] = {0}, dilations[2] = {0}, pads[4] = {0};
    const Onnx__AttributeProto *automatic = attribute(r, "auto_pad");
    if (automatic && automatic->has_s &&
        !(automatic->s.len == 6 && memcmp(automatic->s.data, "NOTSET", 6) == 0) &&
        !(automatic->s.len == 5 && memcmp(automatic->s.data, "VALID", 5) == 0)) {
        return fail(r, "automatic padding is not supported; export with explicit pads");
    }
    if (!attribute(r, "kernel_shape")) {
        return fail(r, "kernel_shape is missing");
    }
    if (!get_ints(r, "kernel_shape", 2, 1, kernel) || !get_ints(r, "strides", 2, 1, strides) ||
        !get_ints(r, "dilations", 2, 1, dilations) || !get_ints(r, "pads", 4, 0, pads)) {
        return false;
    }
    *w = (struct window){kernel[0],    kernel[1], strides[0], strides[1], dilations[0],
                         dilations[1], pads[0],   pads[1],    pads[2],    pads[3]};
    return true;
}

static bool read_conv(struct reader *r) {
    struct node node = {.op = OP_CONV};
    const Onnx__TensorProto *weight = initializer(r, 1);
    if (!weight || weight->n_dims != 4) {
        return fail(r, "its weights are missing or do not have four dimensions");
    }
    node.conv.filters = small_int(weight->dims[0]);
    node.conv.groups = get_int(r, "group", 1);
    node.conv.bias = has_input(r, 2);
    if (!get_window(r, &node.conv.window)) {
        return false;
    }
    if (weight->dims[2] != node.conv.window.kernel_h ||
        weight->dims[3] != node.conv.window.kernel_w) {
        return fail(r, "kernel_shape and weights do not agree");
    }
    int index = add_simple(r, &node);
    return index >= 0 && copy_param(r, index, "weight", 1) &&
           (!node.conv.bias || copy_param(r, index, "bias", 2));
}

static bool read_pool(struct reader *r) {
    struct node node = {.op = OP_POOL};
    node.pool.kind = strcmp(r->node->op_type, "MaxPool") == 0 ? POOL_MAX : POOL_AVERAGE;
    struct window *w = &node.pool.window;
    if (!get_window(r, w)) {
        return false;
    }
    bool padded = w->top || w->left || w->bottom || w->right;
    if (get_int(r, "ceil_mode", 0) || (padded && get_int(r, "count_include_pad", 0))) {
        return fail(r, "ceil_mode and count_include_pad are not supported");
    }
    return add_simple(r, &node) >= 0;
}

static bool read_global_pool(struct reader *r) {
    return add_simple(r, &(struct node){.op = OP_GLOBAL_POOL}) >= 0;
}

static bool read_activation(struct reader *r) {
    static const char *const names[N_ACTIVATIONS] = {[ACT_RELU] = "Relu",
                                                     [ACT_LEAKY_RELU] = "LeakyRelu",
                                                     [ACT_ELU] = "Elu",
                                                     [ACT_SIGMOID] = "Sigmoid",
                                                     [ACT_TANH] = "Tanh"};
    struct node node = {.op = OP_ACTIVATION};
    int kind = 0;
    while (!names[kind] || strcmp(names[kind], r->node->op_type) != 0) {
        kind++;
    }
    node.activation.kind = (enum activation)kind;
    node.activation.alpha = get_float(r, "alpha", kind == ACT_LEAKY_RELU ? 0.01 : 1);
    return add_simple(r, &node) >= 0;
}

static bool read_norm(struct reader *r) {
    static const char *const roles[] = {"scale", "shift", "mean", "variance"};
    struct node node = {.op = OP_BATCH_NORM};
    node.batch_norm.epsilon = get_float(r, "epsilon", 1e-5);
    node.batch_norm.momentum = 1 - get_float(r, "momentum", 0.9);
    int index = add_simple(r, &node);
    for (int i = 0; index >= 0 && i < 4; i++) {
        if (!copy_param(r, index, roles[i], (size_t)i + 1)) {
            return false;
        }
    }
    const real *variance = index >= 0 ? graph_values(r->graph, index, "variance") : NULL;
    for (int c = 0; variance && c < r->graph->nodes[index].shape.c; c++) {
        if (variance[c] < 0) {
            return fail(r, "a variance is negative");
        }
    }
    return index >= 0;
}

static bool read_gemm(struct reader *r) {
    struct node node = {.op = OP_DENSE};
    const Onnx__TensorProto *weight = initializer(r, 1);
    if (!weight || weight->n_dims != 2) {
        return fail(r, "its weights are missing or do not have two dimensions");
    }
    if (get_int(r, "transB", 0) != 1 || get_int(r, "transA", 0) != 0 ||
        get_float(r, "alpha", 1) != 1 || get_float(r, "beta", 1) != 1) {
        return fail(r, "only x * W' + b is supported (transA 0, transB 1, alpha and beta 1)");
    }
    node.units = small_int(weight->dims[0]);
    int index = add_simple(r, &node);
    return index >= 0 && copy_param(r, index, "weight", 1) &&
           (!has_input(r, 2) || copy_param(r, index, "bias", 2));
}

static bool read_join(struct reader *r) {
    struct node node = {.op = strcmp(r->node->op_type, "Concat") == 0 ? OP_CONCAT : OP_ADD};
    if (r->node->n_input > MAX_INPUTS) {
        return fail(r, "it has more than %d inputs", MAX_INPUTS);
    }
    if (node.op == OP_CONCAT && get_int(r, "axis", -1) != 1) {
        return fail(r, "only the channel axis (1) is supported");
    }
    for (size_t i = 0; i < r->node->n_input; i++) {
        if (!input_node(r, i, &node.inputs[node.n_inputs++])) {
            return false;
        }
    }
    return add(r, &node) >= 0;
}

static bool read_softmax(struct reader *r) {
    const Onnx__AttributeProto *axis = attribute(r, "axis");
    if (axis && axis->has_i && axis->i != 1 && axis->i != -1) {
        return fail(r, "only the channel axis is supported");
    }
    return add_simple(r, &(struct node){.op = OP_SOFTMAX}) >= 0;
}

static bool read_dropout(struct reader *r) {
    struct node node = {.op = OP_DROPOUT, .dropout = (real)0.5};
    const Onnx__TensorProto *ratio = initializer(r, 1);
    if (has_input(r, 1) && !ratio) {
        return fail(r, "its ratio is missing among the model's weights");
    }
    return (!ratio || copy_floats(r, ratio, 1, &node.dropout)) && add_simple(r, &node) >= 0;
}

// Passes its input on: identity, and flattening, which our dense layer does itself.
static bool read_alias(struct reader *r) {
    int node;
    if (strcmp(r->node->op_type, "Flatten") == 0 && get_int(r, "axis", 1) != 1) {
        return fail(r, "only axis 1 is supported");
    }
    if (!input_node(r, 0, &node)) {
        return false;
    }
    name_tensor(r, r->node->output[0], node);
    return true;
}

static const struct {
    const char *op;
    bool (*read)(struct reader *);
} operators[] = {
    {"Conv", read_conv},        {"MaxPool", read_pool},
    {"AveragePool", read_pool}, {"GlobalAveragePool", read_global_pool},
    {"Relu", read_activation},  {"LeakyRelu", read_activation},
    {"Elu", read_activation},   {"Sigmoid", read_activation},
    {"Tanh", read_activation},  {"BatchNormalization", read_norm},
    {"Gemm", read_gemm},        {"Add", read_join},
    {"Sum", read_join},         {"Concat", read_join},
    {"Softmax", read_softmax},  {"Dropout", read_dropout},
    {"Identity", read_alias},   {"Flatten", read_alias},
};

static bool read_node(struct reader *r) {
    if (!r->node->op_type || r->node->n_output < 1 || r->node->n_input < 1) {
        return fail(r, "a node has no type, no input or no output");
    }
    if (r->node->domain && *r->node->domain && strcmp(r->node->domain, "ai.onnx") != 0) {
        return fail(r, "operators of \"%.32s\" are not known", r->node->domain);
    }
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (strcmp(operators[i].op, r->node->op_type) == 0) {
            return operators[i].read(r);
        }
    }
    return fail(r, "this operator is not known");
}

// The one input that is no initialiser: (N, C, H, W) of floats.
static bool read_input(struct reader *r) {
    const Onnx__ValueInfoProto *input = NULL;
    for (size_t i = 0; i < r->in->n_input && i < MAX_INITIALIZERS; i++) {
        const Onnx__ValueInfoProto *value = r->in->input[i];
        bool weight = false;
        for (size_t j = 0; value->name && j < r->in->n_initializer && !weight; j++) {
            weight = r->in->initializer[j]->name &&
                     strcmp(r->in->initializer[j]->name, value->name) == 0;
        }
        if (!weight && input) {
            return fail(r, "it has more than one input");
        }
        input = weight ? input : value;
    }
    if (!input || !input->name || !input->type ||
        input->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ||
        !input->type->tensor_type->shape || input->type->tensor_type->shape->n_dim != 4) {
        return fail(r, "its input is not a picture of four dimensions");
    }
    int dims[4] = {0};
    for (int i = 1; i < 4; i++) {
        const Onnx__TensorShapeProto__Dimension *d = input->type->tensor_type->shape->dim[i];
        dims[i] = d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
                      ? small_int(d->dim_value)
                      : -1;
    }
    struct node node = {.op = OP_INPUT, .input = {dims[1], dims[2], dims[3]}};
    char error[GRAPH_ERROR_LEN];
    if (graph_add(r->graph, &node, error) < 0) {
        return fail(r, "its input: %s", error);
    }
    name_tensor(r, input->name, 0);
    return true;
}

// Our graphs end with their output; an ONNX output may be any tensor.
static bool check_output(const struct reader *r) {
    int output = r->in->n_output == 1 && r->in->output[0]->name
                     ? find_tensor(r, r->in->output[0]->name)
                     : -1;
    if (output < 0) {
        return fail(r, "it does not have exactly one output that a node makes");
    }
    return (output == r->graph->n_nodes - 1 && output > 0) ||
           fail(r, "its output is not what its last node makes");
}

static bool read_graph(struct reader *r) {
    if (r->in->n_node > MAX_NODES || r->in->n_initializer > MAX_INITIALIZERS) {
        return fail(r, "it has more than %d nodes or %d weights", MAX_NODES, MAX_INITIALIZERS);
    }
    r->tensors = calloc(r->in->n_node + 1, sizeof *r->tensors);
    r->graph = graph_create();
    if (!r->tensors || !r->graph || !read_input(r)) {
        return false;
    }
    for (size_t i = 0; i < r->in->n_node; i++) {
        r->node = r->in->node[i];
        if (!read_node(r)) {
            return false;
        }
    }
    r->node = NULL;
    return check_output(r);
}

static void read_metadata(const Onnx__ModelProto *model, struct metadata *metadata) {
    metadata->n = 0;
    for (size_t i = 0; i < model->n_metadata_props && metadata->n < METADATA_MAX; i++) {
        const Onnx__StringStringEntryProto *entry = model->metadata_props[i];
        if (entry->key && entry->value) {
            metadata_set(metadata, entry->key, entry->value);
        }
    }
}

// A few bytes of a hostile file can ask for a hundred times as many in memory.
struct budget {
    size_t left;
};

static void *take(void *data, size_t size) {
    struct budget *budget = data;
    if (size > budget->left) {
        return NULL;
    }
    budget->left -= size;
    return malloc(size);
}

static void give(void *data, void *memory) {
    (void)data;
    free(memory);
}

struct graph *onnx_parse(const char *name, const void *bytes, size_t len,
                         struct metadata *metadata) {
    struct budget budget = {2 * len + ((size_t)16 << 20)};
    ProtobufCAllocator allocator = {take, give, &budget};
    Onnx__ModelProto *model = onnx__model_proto__unpack(&allocator, len, bytes);
    struct reader r = {.name = name};
    bool ok = false;
    if (!model || !model->graph) {
        LOG(ERROR,
            "%s: not an ONNX model, or cut short; write it anew with smilecam train or your "
            "exporter",
            name);
        goto done;
    }
    r.in = model->graph;
    ok = read_graph(&r);
    if (ok && metadata) {
        read_metadata(model, metadata);
    }
done:
    free(r.tensors);
    if (!ok) {
        graph_destroy(r.graph);
    }
    if (model) {
        onnx__model_proto__free_unpacked(model, &allocator);
    }
    return ok ? r.graph : NULL;
}

struct graph *onnx_read(const char *path, struct metadata *metadata) {
    size_t len;
    void *bytes = file_read(path, ONNX_MAX_BYTES, &len);
    struct graph *graph = bytes ? onnx_parse(path, bytes, len, metadata) : NULL;
    free(bytes);
    return graph;
}
