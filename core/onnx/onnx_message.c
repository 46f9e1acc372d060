// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/onnx/onnx_message.h"

#include "core/base/log.h"
#include "core/base/metadata.h"
#include "core/onnx/onnx.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPE_FLOAT = 1, TYPE_INT64 = 7 }; // TensorProto.DataType

enum attribute_type { ATTR_FLOAT = 1, ATTR_INT = 2, ATTR_STRING = 3, ATTR_INTS = 7 };

struct message_block {
    struct message_block *next;
    max_align_t data[];
};

void *message_take(struct message *m, size_t size) {
    struct message_block *block = calloc(1, sizeof *block + size);
    if (!block) {
        m->failed = true;
        return NULL;
    }
    block->next = m->blocks;
    m->blocks = block;
    return block->data;
}

void message_finish(struct message *m) {
    for (struct message_block *block = m->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    m->blocks = NULL;
}

char *message_text(struct message *m, const char *format, ...) {
    char buffer[METADATA_VALUE_LEN];
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    char *copy = message_take(m, strlen(buffer) + 1);
    return copy ? strcpy(copy, buffer) : NULL;
}

void message_begin(struct message *m, size_t n_nodes, size_t n_tensors) {
    m->out->node = MESSAGE_TAKE(m, n_nodes, Onnx__NodeProto *);
    m->out->initializer = MESSAGE_TAKE(m, n_tensors, Onnx__TensorProto *);
}

static bool is_taken(const struct message *m, const char *name) {
    bool taken = strcmp(name, "input") == 0;
    for (size_t i = 0; i < m->out->n_node && !taken; i++) {
        for (size_t j = 0; j < m->out->node[i]->n_output && !taken; j++) { // the first is the name
            taken = strcmp(m->out->node[i]->output[j], name) == 0;
        }
    }
    for (size_t i = 0; i < m->out->n_initializer && !taken; i++) {
        taken = strcmp(m->out->initializer[i]->name, name) == 0;
    }
    return taken;
}

static char *unique_name(struct message *m, const char *wanted) {
    char *name = message_text(m, "%s", wanted);
    for (int i = 2; name && is_taken(m, name); i++) {
        name = message_text(m, "%s_%d", wanted, i);
    }
    return name;
}

Onnx__NodeProto *message_node(struct message *m, const char *op, const char *name) {
    Onnx__NodeProto *node = MESSAGE_TAKE(m, 1, Onnx__NodeProto);
    char **inputs = MESSAGE_TAKE(m, MESSAGE_MAX_INPUTS, char *);
    char **outputs = MESSAGE_TAKE(m, 2, char *);
    Onnx__AttributeProto **attributes = MESSAGE_TAKE(m, 8, Onnx__AttributeProto *);
    char *unique = unique_name(m, name);
    if (m->failed) {
        return NULL;
    }
    onnx__node_proto__init(node);
    node->op_type = (char *)op;
    node->name = unique;
    node->input = inputs;
    node->n_output = 1;
    node->output = outputs;
    node->output[0] = unique;
    node->attribute = attributes;
    m->out->node[m->out->n_node++] = node;
    return node;
}

const char *message_second_output(struct message *m, Onnx__NodeProto *node) {
    char *name = node ? message_text(m, "%s_indices", node->name) : NULL;
    char *unique = name ? unique_name(m, name) : NULL;
    if (unique) {
        node->output[node->n_output++] = unique;
    }
    return unique;
}

void message_input(Onnx__NodeProto *node, const char *tensor) {
    if (node) {
        node->input[node->n_input++] = (char *)tensor;
    }
}

static Onnx__AttributeProto *new_attribute(struct message *m, Onnx__NodeProto *node,
                                           const char *name, enum attribute_type type) {
    Onnx__AttributeProto *attribute = node ? MESSAGE_TAKE(m, 1, Onnx__AttributeProto) : NULL;
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

void message_int(struct message *m, Onnx__NodeProto *node, const char *name, int value) {
    Onnx__AttributeProto *attribute = new_attribute(m, node, name, ATTR_INT);
    if (attribute) {
        attribute->has_i = true;
        attribute->i = value;
    }
}

void message_float(struct message *m, Onnx__NodeProto *node, const char *name, double value) {
    Onnx__AttributeProto *attribute = new_attribute(m, node, name, ATTR_FLOAT);
    if (attribute) {
        attribute->has_f = true;
        attribute->f = (float)value;
    }
}

void message_string(struct message *m, Onnx__NodeProto *node, const char *name, const char *value) {
    Onnx__AttributeProto *attribute = new_attribute(m, node, name, ATTR_STRING);
    if (attribute) {
        attribute->has_s = true;
        attribute->s = (ProtobufCBinaryData){strlen(value), (uint8_t *)value};
    }
}

void message_ints(struct message *m, Onnx__NodeProto *node, const char *name, int n,
                  const int *values) {
    Onnx__AttributeProto *attribute = new_attribute(m, node, name, ATTR_INTS);
    int64_t *ints = MESSAGE_TAKE(m, (size_t)n, int64_t);
    if (!attribute || !ints) {
        return;
    }
    for (int i = 0; i < n; i++) {
        ints[i] = values[i];
    }
    attribute->n_ints = (size_t)n;
    attribute->ints = ints;
}

// raw is little-endian.
static void add_tensor(struct message *m, Onnx__NodeProto *node, const char *role, int type,
                       int n_dims, const int *dims, void *raw, size_t size) {
    Onnx__TensorProto *tensor = MESSAGE_TAKE(m, 1, Onnx__TensorProto);
    int64_t *sizes = MESSAGE_TAKE(m, (size_t)n_dims, int64_t);
    char *name = message_text(m, "%s.%s", node->name, role);
    if (!tensor || !sizes || !name) {
        return;
    }
    onnx__tensor_proto__init(tensor);
    for (int i = 0; i < n_dims; i++) {
        sizes[i] = dims[i];
    }
    tensor->name = name;
    tensor->n_dims = (size_t)n_dims;
    tensor->dims = sizes;
    tensor->has_data_type = true;
    tensor->data_type = type;
    tensor->has_raw_data = true;
    tensor->raw_data = (ProtobufCBinaryData){size, raw};
    m->out->initializer[m->out->n_initializer++] = tensor;
    message_input(node, name);
}

void message_floats(struct message *m, Onnx__NodeProto *node, const char *role, int n_dims,
                    const int *dims, const real *values, size_t len) {
    float *floats = node ? MESSAGE_TAKE(m, len, float) : NULL;
    for (size_t i = 0; floats && i < len; i++) {
        floats[i] = (float)values[i];
        if (!isfinite(floats[i])) {
            LOG(ERROR, "%s.%s holds a value that is not a finite number; the training diverged",
                node->name, role);
            m->refused = true;
            return;
        }
    }
    if (floats) {
        add_tensor(m, node, role, TYPE_FLOAT, n_dims, dims, floats, len * sizeof *floats);
    }
}

void message_list(struct message *m, Onnx__NodeProto *node, const char *role, int n,
                  const int *values) {
    int64_t *ints = node ? MESSAGE_TAKE(m, (size_t)n, int64_t) : NULL;
    for (int i = 0; ints && i < n; i++) {
        ints[i] = values[i];
    }
    if (ints) {
        add_tensor(m, node, role, TYPE_INT64, 1, &n, ints, (size_t)n * sizeof *ints);
    }
}

Onnx__ValueInfoProto *message_value(struct message *m, const char *name, int n_dims,
                                    const int *dims) {
    Onnx__ValueInfoProto *value = MESSAGE_TAKE(m, 1, Onnx__ValueInfoProto);
    Onnx__TypeProto *type = MESSAGE_TAKE(m, 1, Onnx__TypeProto);
    Onnx__TypeProto__Tensor *tensor = MESSAGE_TAKE(m, 1, Onnx__TypeProto__Tensor);
    Onnx__TensorShapeProto *shape = MESSAGE_TAKE(m, 1, Onnx__TensorShapeProto);
    Onnx__TensorShapeProto__Dimension **list =
        MESSAGE_TAKE(m, (size_t)n_dims + 1, Onnx__TensorShapeProto__Dimension *);
    Onnx__TensorShapeProto__Dimension *sizes =
        MESSAGE_TAKE(m, (size_t)n_dims + 1, Onnx__TensorShapeProto__Dimension);
    if (m->failed) {
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
    tensor->elem_type = TYPE_FLOAT;
    tensor->shape = shape;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = tensor;
    value->name = (char *)name;
    value->type = type;
    return value;
}

const char *onnx_protobuf_version(void) {
    return protobuf_c_version();
}
