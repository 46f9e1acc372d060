// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/onnx/onnx_reader.h"

#include "core/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool reader_fail(const struct reader *r, const char *format, ...) {
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

const Onnx__AttributeProto *reader_attribute(const struct reader *r, const char *name) {
    for (size_t i = 0; i < r->node->n_attribute; i++) {
        const Onnx__AttributeProto *a = r->node->attribute[i];
        if (a->name && strcmp(a->name, name) == 0) {
            return a;
        }
    }
    return NULL;
}

static int small_int(int64_t x) {
    return x >= 0 && x <= MAX_CHANNELS ? (int)x : -1;
}

int reader_int(const struct reader *r, const char *name, int fallback) {
    const Onnx__AttributeProto *a = reader_attribute(r, name);
    return a && a->has_i ? small_int(a->i) : fallback;
}

real reader_float(const struct reader *r, const char *name, double fallback) {
    const Onnx__AttributeProto *a = reader_attribute(r, name);
    return (real)(a && a->has_f ? (double)a->f : fallback);
}

bool reader_string_is(const struct reader *r, const char *name, const char *value) {
    const Onnx__AttributeProto *a = reader_attribute(r, name);
    return a && a->has_s && a->s.len == strlen(value) && memcmp(a->s.data, value, a->s.len) == 0;
}

bool reader_ints(const struct reader *r, const char *name, int n, int fallback, int *values) {
    const Onnx__AttributeProto *a = reader_attribute(r, name);
    if (a && a->n_ints != (size_t)n) {
        return reader_fail(r, "%s has %zu numbers instead of %d", name, a->n_ints, n);
    }
    for (int i = 0; i < n; i++) {
        values[i] = a ? small_int(a->ints[i]) : fallback;
    }
    return true;
}

bool reader_has(const struct reader *r, size_t i) {
    return i < r->node->n_input && *r->node->input[i];
}

static struct value *find_value(const struct reader *r, size_t input) {
    const char *name = reader_has(r, input) ? r->node->input[input] : NULL;
    for (int i = r->n_values - 1; name && i >= 0; i--) {
        if (strcmp(r->values[i].name, name) == 0) {
            return &r->values[i];
        }
    }
    return NULL;
}

struct value *reader_input(const struct reader *r, size_t input) {
    struct value *value = find_value(r, input);
    if (!value) {
        reader_fail(r, "its input \"%.48s\" is not made by any node before it",
                    input < r->node->n_input ? r->node->input[input] : "");
    }
    if (value && value->places && strcmp(r->node->op_type, "MaxUnpool") != 0) {
        reader_fail(r, "the places of maxima are only read by MaxUnpool");
        return NULL;
    }
    return value;
}

const struct constant *reader_constant(const struct reader *r, size_t input) {
    const struct value *value = find_value(r, input);
    return value && value->node < 0 ? &value->constant : NULL;
}

bool reader_list(const struct reader *r, const char *name, size_t input, int64_t *list, int *n) {
    const Onnx__AttributeProto *a = reader_attribute(r, name);
    const struct constant *c = reader_constant(r, input);
    *n = -1;
    if (!a && !reader_has(r, input)) {
        return true;
    }
    if (!a && (!c || !c->ints)) {
        return reader_fail(r, "its %s are not constant integers", name);
    }
    size_t len = a ? a->n_ints : c->len;
    if (len > 2 * ONNX_MAX_RANK) {
        return reader_fail(r, "its %s are more than %d numbers", name, 2 * ONNX_MAX_RANK);
    }
    *n = (int)len;
    if (len > 0) {
        memcpy(list, a ? a->ints : c->ints, len * sizeof *list);
    }
    return true;
}

int reader_axis(int64_t axis, int rank) {
    axis += axis < 0 ? rank : 0;
    return axis >= 0 && axis < rank ? (int)axis : -1;
}

bool reader_floats(const struct reader *r, size_t input, const char *what, size_t len, real *to) {
    const struct constant *c = reader_constant(r, input);
    if (!c) {
        return reader_fail(r, "its %s is missing among the model's weights", what);
    }
    if (!c->floats || c->len != len) {
        return reader_fail(r, "its %s does not have the %zu floats that it should", what, len);
    }
    for (size_t i = 0; i < len; i++) {
        to[i] = (real)c->floats[i];
    }
    return true;
}

bool reader_picture(struct reader *r, size_t input, int *node, int *rank) {
    struct value *value = reader_input(r, input);
    if (!value) {
        return false;
    }
    if (value->node < 0) {
        return reader_fail(r, "its input \"%.48s\" is a constant", value->name);
    }
    struct shape shape = r->graph->nodes[value->node].shape;
    if (value->rank <= 2 && (shape.h > 1 || shape.w > 1)) {
        struct node flat = {.op = OP_RESHAPE, .reshape = {(int)shape_len(shape), 1, 1}};
        value->node = reader_add_after(r, &flat, value->node);
    }
    *node = value->node;
    *rank = value->rank;
    return *node >= 0;
}

void reader_dims(const struct reader *r, const struct value *value, int dims[3]) {
    struct shape shape = r->graph->nodes[value->node].shape;
    dims[0] = value->rank <= 2 ? (int)shape_len(shape) : shape.c;
    dims[1] = value->rank <= 2 ? 1 : shape.h;
    dims[2] = value->rank <= 2 ? 1 : shape.w;
}

int reader_add(struct reader *r, struct node *node) {
    char error[GRAPH_ERROR_LEN];
    int index = graph_add(r->graph, node, error);
    if (index < 0) {
        reader_fail(r, "%s", error);
    }
    return index;
}

int reader_add_after(struct reader *r, struct node *node, int input) {
    if (input < 0) {
        return -1;
    }
    node->n_inputs = 1;
    node->inputs[0] = input;
    return reader_add(r, node);
}

// The last node that a node of the file became has its name.
bool reader_made(struct reader *r, int node, int rank) {
    if (node < 0) {
        return false;
    }
    if (r->node->name && *r->node->name && node >= r->n_before && node == r->graph->n_nodes - 1) {
        snprintf(r->graph->nodes[node].name, NODE_NAME_LEN, "%s", r->node->name);
    }
    r->values[r->n_values++] =
        (struct value){.name = r->node->output[0], .node = node, .rank = rank};
    return true;
}

bool reader_made_constant(struct reader *r, struct constant constant) {
    r->values[r->n_values++] =
        (struct value){.name = r->node->output[0], .node = -1, .constant = constant};
    return true;
}

bool reader_reshaped(struct reader *r, const struct value *value, int n, const int *dims) {
    if (n > 3) {
        return reader_fail(r, "a tensor of %d axes is not read", n + 1);
    }
    struct shape was = r->graph->nodes[value->node].shape;
    struct node node = {.op = OP_RESHAPE, .reshape = {1, 1, 1}};
    int *sizes[] = {&node.reshape.c, &node.reshape.h, &node.reshape.w};
    for (int i = 0; i < n; i++) {
        *sizes[i] = dims[i];
    }
    bool same = node.reshape.c == was.c && node.reshape.h == was.h && node.reshape.w == was.w;
    if (same || n <= 1) {
        return reader_made(r, value->node, n + 1);
    }
    return reader_made(r, reader_add_after(r, &node, value->node), n + 1);
}

int reader_turn(struct reader *r, int input, const int axes[3]) {
    if (input < 0) {
        return -1;
    }
    const struct node *before = &r->graph->nodes[input];
    bool undoes = before->op == OP_TRANSPOSE;
    for (int i = 0; i < 3 && undoes; i++) {
        undoes = before->axes[axes[i]] == i;
    }
    if (undoes) {
        return before->inputs[0];
    }
    struct node node = {.op = OP_TRANSPOSE, .axes = {axes[0], axes[1], axes[2]}};
    return reader_add_after(r, &node, input);
}

int reader_to_front(struct reader *r, int node, int axis) {
    return axis == 1   ? node
           : axis == 2 ? reader_turn(r, node, (int[]){1, 0, 2})
                       : reader_turn(r, node, (int[]){2, 0, 1});
}

int reader_from_front(struct reader *r, int node, int axis) {
    return axis == 1   ? node
           : axis == 2 ? reader_turn(r, node, (int[]){1, 0, 2})
                       : reader_turn(r, node, (int[]){1, 2, 0});
}
