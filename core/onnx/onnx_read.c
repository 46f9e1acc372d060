// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/onnx/onnx.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/onnx/onnx_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INITIALIZERS (MAX_PARAMS * MAX_NODES)
#define MAX_NODE_INPUTS 64 // each is looked for by name

static const struct {
    const char *op;
    bool (*read)(struct reader *);
    bool folds; // is computed when all its inputs are constant
} operators[] = {
    {"Conv", read_conv, false},
    {"ConvTranspose", read_conv_transpose, false},
    {"MaxPool", read_pool, false},
    {"AveragePool", read_pool, false},
    {"LpPool", read_pool, false},
    {"MaxUnpool", read_unpool, false},
    {"GlobalAveragePool", read_global_pool, false},
    {"GlobalMaxPool", read_global_pool, false},
    {"GlobalLpPool", read_global_pool, false},
    {"Relu", read_activation, false},
    {"LeakyRelu", read_activation, false},
    {"Elu", read_activation, false},
    {"Sigmoid", read_activation, false},
    {"Tanh", read_activation, false},
    {"HardSigmoid", read_activation, false},
    {"Softplus", read_activation, false},
    {"Erf", read_activation, false},
    {"HardSwish", read_hard_swish, false},
    {"Gelu", read_gelu, false},
    {"Clip", read_clip, false},
    {"PRelu", read_prelu, false},
    {"BatchNormalization", read_norm, false},
    {"InstanceNormalization", read_instance_norm, false},
    {"GroupNormalization", read_group_norm, false},
    {"LayerNormalization", read_layer_norm, false},
    {"Gemm", read_gemm, false},
    {"MatMul", read_matmul, false},
    {"Add", read_arithmetic, true},
    {"Sub", read_arithmetic, true},
    {"Mul", read_arithmetic, true},
    {"Div", read_arithmetic, true},
    {"Neg", read_negative, true},
    {"Reciprocal", read_reciprocal, true},
    {"Sum", read_sum, false},
    {"Concat", read_concat, true},
    {"Softmax", read_softmax, false},
    {"LogSoftmax", read_softmax, false},
    {"ArgMax", read_arg_max, false},
    {"Dropout", read_dropout, false},
    {"Identity", read_identity, true},
    {"Cast", read_identity, true},
    {"Flatten", read_flatten, false},
    {"Reshape", read_reshape, true},
    {"Transpose", read_transpose, true},
    {"Squeeze", read_squeeze, true},
    {"Unsqueeze", read_unsqueeze, true},
    {"Sqrt", read_power, true},
    {"Pow", read_power, false},
    {"Gather", NULL, true},
    {"Slice", NULL, true},
    {"ConstantOfShape", NULL, true},
    {"Pad", read_pad, false},
    {"ReduceMean", read_reduce_mean, false},
    {"Constant", read_constant, false},
    {"Shape", read_shape, false},
    {"Resize", read_resize, false},
    {"Upsample", read_resize, false},
};

static bool all_constant(const struct reader *r) {
    bool constant = r->node->n_input > 0;
    for (size_t i = 0; i < r->node->n_input && constant; i++) {
        constant = !reader_has(r, i) || reader_constant(r, i);
    }
    return constant;
}

static bool read_node(struct reader *r) {
    if (!r->node->op_type || r->node->n_output < 1) {
        return reader_fail(r, "a node has no type or no output");
    }
    if (r->node->n_input > MAX_NODE_INPUTS) {
        return reader_fail(r, "it has more than %d inputs", MAX_NODE_INPUTS);
    }
    if (r->node->domain && *r->node->domain && strcmp(r->node->domain, "ai.onnx") != 0) {
        return reader_fail(r, "operators of \"%.32s\" are not known", r->node->domain);
    }
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (strcmp(operators[i].op, r->node->op_type) == 0) {
            bool folds = operators[i].folds && all_constant(r);
            return folds               ? constant_node(r)
                   : operators[i].read ? operators[i].read(r)
                                       : reader_fail(r, "it is only read where it is constant");
        }
    }
    return reader_fail(r, "this operator is not known");
}

static bool is_initializer(const struct reader *r, const char *name) {
    for (int i = 0; i < r->n_values; i++) {
        if (strcmp(r->values[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

// The one input that is no initialiser: (N, C, H, W) of floats.
static const Onnx__ValueInfoProto *find_input(const struct reader *r) {
    const Onnx__ValueInfoProto *input = NULL;
    for (size_t i = 0; i < r->in->n_input && i < MAX_INITIALIZERS; i++) {
        const Onnx__ValueInfoProto *value = r->in->input[i];
        if (value->name && is_initializer(r, value->name)) {
            continue;
        }
        if (input) {
            reader_fail(r, "it has more than one input");
            return NULL;
        }
        input = value;
    }
    if (!input || !input->name || !input->type ||
        input->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ||
        !input->type->tensor_type->shape || input->type->tensor_type->shape->n_dim != 4) {
        reader_fail(r, "its input is not a picture of four dimensions");
        return NULL;
    }
    return input;
}

// The only reader of the input, when that moves the channels from the last axis to the first.
static const Onnx__NodeProto *channels_last_reader(const struct reader *r, const char *input) {
    static const int64_t perm[] = {0, 3, 1, 2};
    const Onnx__NodeProto *reader = NULL;
    for (size_t i = 0; i < r->in->n_node; i++) {
        const Onnx__NodeProto *node = r->in->node[i];
        for (size_t j = 0; j < node->n_input; j++) {
            if (strcmp(node->input[j], input) == 0) {
                if (reader) {
                    return NULL;
                }
                reader = node;
            }
        }
    }
    bool turns = reader && reader->op_type && strcmp(reader->op_type, "Transpose") == 0 &&
                 reader->n_output == 1 && reader->n_attribute == 1 &&
                 reader->attribute[0]->n_ints == 4 &&
                 memcmp(reader->attribute[0]->ints, perm, sizeof perm) == 0;
    return turns ? reader : NULL;
}

static void name_value(struct reader *r, const char *name, int node) {
    r->values[r->n_values++] = (struct value){.name = name, .node = node, .rank = 4};
}

// An image with channels last, as Keras has it, becomes one with channels first: the transposition
// at the beginning of such a network is omitted; *skipped is its node.
static bool read_input(struct reader *r, const Onnx__NodeProto **skipped) {
    const Onnx__ValueInfoProto *input = find_input(r);
    if (!input) {
        return false;
    }
    int dims[4] = {0};
    for (int i = 0; i < 4; i++) {
        const Onnx__TensorShapeProto__Dimension *d = input->type->tensor_type->shape->dim[i];
        bool known = d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
                     d->dim_value > 0 && d->dim_value <= MAX_CHANNELS;
        dims[i] = known ? (int)d->dim_value : i == 0 ? 0 : -1;
    }
    r->batch = dims[0];
    struct node node = {.op = OP_INPUT, .input = {dims[1], dims[2], dims[3]}};
    *skipped = channels_last_reader(r, input->name);
    if (*skipped) {
        node.input = (struct shape){dims[3], dims[1], dims[2]};
    }
    char error[GRAPH_ERROR_LEN];
    if (graph_add(r->graph, &node, error) < 0) {
        return reader_fail(r, "its input: %s", error);
    }
    name_value(r, *skipped ? (*skipped)->output[0] : input->name, 0);
    return true;
}

static bool read_initializers(struct reader *r) {
    for (size_t i = 0; i < r->in->n_initializer; i++) {
        const Onnx__TensorProto *tensor = r->in->initializer[i];
        struct value value = {.name = tensor->name, .node = -1};
        if (!tensor->name || !*tensor->name) {
            return reader_fail(r, "one of its weights has no name");
        }
        if (!constant_read(r, tensor, &value.constant)) {
            return false;
        }
        r->values[r->n_values++] = value;
    }
    return true;
}

// The node that makes an output, which may lie flat.
static int find_output(struct reader *r, const char *name) {
    Onnx__NodeProto end = ONNX__NODE_PROTO__INIT;
    char *inputs[] = {(char *)name};
    end.op_type = "output";
    end.n_input = 1;
    end.input = inputs;
    r->node = &end;
    int node = -1, rank;
    bool ok = name && *name && reader_picture(r, 0, &node, &rank);
    ok = ok && (node > 0 || reader_fail(r, "no node makes it"));
    r->node = NULL;
    return ok ? node : -1;
}

static bool find_outputs(struct reader *r) {
    char error[GRAPH_ERROR_LEN];
    if (r->in->n_output < 1) {
        return reader_fail(r, "the model has no output");
    }
    for (size_t i = 0; i < r->in->n_output; i++) {
        int node = find_output(r, r->in->output[i]->name);
        if (node < 0) {
            return false;
        }
        bool again = false; // as scores and the largest of them
        for (int j = 0; j < r->graph->n_outputs; j++) {
            again = again || r->graph->outputs[j] == node;
        }
        if (!again && !graph_add_output(r->graph, node, error)) {
            return reader_fail(r, "%s", error);
        }
    }
    return true;
}

// Leaves out what the outputs do not depend on. A single output is then made by the last node, as
// ours is.
static bool prune(struct reader *r) {
    struct graph *used = graph_copy(r->graph);
    if (!used) {
        return reader_fail(r, "it cannot be put in order");
    }
    graph_destroy(r->graph);
    r->graph = used;
    if (used->n_outputs == 1 && used->outputs[0] == used->n_nodes - 1) {
        used->n_outputs = 0;
    }
    return true;
}

// Whatever arithmetic made of the file's weights.
static bool all_finite(const struct reader *r) {
    for (size_t i = 0; i < r->graph->n_values; i++) {
        if (!isfinite(r->graph->values[i])) {
            return reader_fail(r, "a weight is not a finite number");
        }
    }
    return true;
}

static bool read_graph(struct reader *r) {
    if (r->in->n_node > MAX_NODES || r->in->n_initializer > MAX_INITIALIZERS) {
        return reader_fail(r, "it has more than %d nodes or %d weights", MAX_NODES,
                           MAX_INITIALIZERS);
    }
    r->values = calloc(2 * r->in->n_node + r->in->n_initializer + 1, sizeof *r->values);
    r->graph = graph_create();
    const Onnx__NodeProto *skipped;
    if (!r->values) {
        return reader_fail(r, "there is no memory to read it");
    }
    if (!r->graph || !read_initializers(r) || !read_input(r, &skipped)) {
        return false;
    }
    for (size_t i = 0; i < r->in->n_node; i++) {
        r->node = r->in->node[i];
        r->n_before = r->graph->n_nodes;
        if (r->node != skipped && !read_node(r)) {
            return false;
        }
    }
    return find_outputs(r) && prune(r) && all_finite(r);
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

static int opset_of(const Onnx__ModelProto *model) {
    for (size_t i = 0; i < model->n_opset_import; i++) {
        const Onnx__OperatorSetIdProto *opset = model->opset_import[i];
        bool standard = !opset->domain || !*opset->domain || strcmp(opset->domain, "ai.onnx") == 0;
        if (standard && opset->version > 0 && opset->version < 1000) {
            return (int)opset->version;
        }
    }
    return 1;
}

// A few bytes of a hostile file can ask for a hundred times as many in memory.
struct budget {
    size_t left;
    bool spent;
};

static void *take(void *data, size_t size) {
    struct budget *budget = data;
    if (size > budget->left) {
        budget->spent = true;
        return NULL;
    }
    budget->left -= size;
    return malloc(size);
}

static void give(void *data, void *memory) {
    (void)data;
    free(memory);
}

static void finish(struct reader *r) {
    for (int i = 0; i < r->n_values; i++) {
        constant_finish(&r->values[i].constant);
    }
    free(r->values);
    free(r->outside.bytes);
}

static struct graph *parse(const char *name, bool has_folder, const void *bytes, size_t len,
                           struct metadata *metadata) {
    struct budget budget = {.left = 2 * len + ((size_t)16 << 20)};
    ProtobufCAllocator allocator = {take, give, &budget};
    Onnx__ModelProto *model = onnx__model_proto__unpack(&allocator, len, bytes);
    struct reader r = {.name = name, .has_folder = has_folder};
    bool ok = false;
    if (!model || !model->graph) {
        LOG(ERROR, "%s: %s; write it again with smilecam train or your exporter", name,
            budget.spent ? "made of more parts than a model of its size has"
                         : "not an ONNX model, or cut short");
        goto done;
    }
    r.in = model->graph;
    r.opset = opset_of(model);
    ok = read_graph(&r);
    if (ok && metadata) {
        read_metadata(model, metadata);
    }
done:
    finish(&r);
    if (!ok) {
        graph_destroy(r.graph);
    }
    if (model) {
        onnx__model_proto__free_unpacked(model, &allocator);
    }
    return ok ? r.graph : NULL;
}

struct graph *onnx_parse(const char *name, const void *bytes, size_t len,
                         struct metadata *metadata) {
    return parse(name, false, bytes, len, metadata);
}

struct graph *onnx_read(const char *path, struct metadata *metadata) {
    size_t len;
    void *bytes = file_read(path, ONNX_MAX_BYTES, &len);
    struct graph *graph = bytes ? parse(path, true, bytes, len, metadata) : NULL;
    free(bytes);
    return graph;
}
