// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The ONNX operators that move values or give them other axes, and constants.
#include "core/onnx/onnx_reader.h"

#include <string.h>

static bool pass_on(struct reader *r) {
    const struct value *value = reader_input(r, 0);
    return value && (value->node >= 0 || reader_fail(r, "its input is a constant")) &&
           reader_made(r, value->node, value->rank);
}

bool read_identity(struct reader *r) {
    if (strcmp(r->node->op_type, "Cast") == 0 && reader_int(r, "to", 1) != 1) {
        return reader_fail(r, "only casts to float are read");
    }
    return pass_on(r);
}

bool read_dropout(struct reader *r) {
    struct node node = {.op = OP_DROPOUT};
    node.dropout = reader_float(r, "ratio", 0.5);
    int input, rank;
    return (!reader_has(r, 1) || reader_floats(r, 1, "ratio", 1, &node.dropout)) &&
           reader_picture(r, 0, &input, &rank) &&
           reader_made(r, reader_add_after(r, &node, input), rank);
}

static const struct value *picture_value(const struct reader *r) {
    const struct value *value = reader_input(r, 0);
    if (value && value->node < 0) {
        reader_fail(r, "its input is a constant");
        return NULL;
    }
    return value;
}

bool read_flatten(struct reader *r) {
    const struct value *value = picture_value(r);
    const Onnx__AttributeProto *a = reader_attribute(r, "axis");
    if (!value) {
        return false;
    }
    int axis = reader_axis(a && a->has_i ? a->i : 1, value->rank);
    int dims[3];
    reader_dims(r, value, dims);
    int len = dims[0] * dims[1] * dims[2];
    return axis == 1 ? reader_reshaped(r, value, 1, &len)
                     : reader_fail(r, "only axis 1, which keeps the batch, is read");
}

// One of the numbers may be -1, what is left; 0 means the same axis of the input.
static bool wanted_dims(const struct reader *r, const struct value *value, int n,
                        const int64_t *wanted, int *dims) {
    int own[3], open = -1;
    long long len = (long long)shape_len(r->graph->nodes[value->node].shape), known = 1;
    reader_dims(r, value, own);
    for (int i = 0; i < n; i++) {
        int64_t size = i < value->rank - 1 && wanted[i] == 0 ? own[i] : wanted[i];
        if ((size < 1 && size != -1) || size > len || (size == -1 && open >= 0)) {
            return reader_fail(r, "its shape does not fit its input");
        }
        open = size == -1 ? i : open;
        dims[i] = (int)size;
        known *= size == -1 ? 1 : size;
        if (known > len) {
            return reader_fail(r, "its shape does not fit its input");
        }
    }
    if (open >= 0 && len % known == 0) {
        dims[open] = (int)(len / known);
        known = len;
    }
    return known == len || reader_fail(r, "its shape mixes the pictures of a batch");
}

// The batch's axis must stay what it is: 0, the file's batch, 1, or what is left.
bool read_reshape(struct reader *r) {
    const struct value *value = picture_value(r);
    int64_t wanted[2 * ONNX_MAX_RANK];
    int n, dims[3];
    if (!value || !reader_list(r, "shape", 1, wanted, &n)) {
        return false;
    }
    if (n < 1 || n > 4) {
        return reader_fail(r, "a shape of %d axes is not read", n);
    }
    bool open = wanted[0] == -1, keeps = wanted[0] == 0 || wanted[0] == 1 || wanted[0] == r->batch;
    for (int i = 1; i < n && open; i++) {
        open = wanted[i] != -1;
    }
    if (!open && !keeps) {
        return reader_fail(r, "its shape mixes the pictures of a batch");
    }
    return wanted_dims(r, value, n - 1, wanted + 1, dims) && reader_reshaped(r, value, n - 1, dims);
}

// Whether moving axes leaves the values in their order: only axes of size 1 move past others.
static bool keeps_order(struct shape shape, const int axes[3]) {
    int sizes[] = {shape.c, shape.h, shape.w}, last = -1;
    for (int i = 0; i < 3; i++) {
        if (sizes[axes[i]] > 1) {
            if (axes[i] < last) {
                return false;
            }
            last = axes[i];
        }
    }
    return true;
}

bool read_transpose(struct reader *r) {
    const Onnx__AttributeProto *perm = reader_attribute(r, "perm");
    int input, rank, sizes[3], axes[3] = {0, 1, 2}, seen = 0;
    if (!reader_picture(r, 0, &input, &rank)) {
        return false;
    }
    if (!perm || perm->n_ints != (size_t)rank || perm->ints[0] != 0) {
        return reader_fail(r, "it moves the batch's axis");
    }
    struct shape shape = r->graph->nodes[input].shape;
    const int own[] = {shape.c, shape.h, shape.w};
    for (int i = 1; i < rank; i++) {
        int axis = reader_axis(perm->ints[i], rank);
        if (axis < 1 || seen & 1 << axis) {
            return reader_fail(r, "its perm does not name each axis once");
        }
        seen |= 1 << axis;
        axes[i - 1] = axis - 1;
        sizes[i - 1] = own[axis - 1];
    }
    if (keeps_order(shape, axes)) {
        return reader_reshaped(r, reader_input(r, 0), rank - 1, sizes);
    }
    return reader_made(r, reader_turn(r, input, axes), rank);
}

bool read_squeeze(struct reader *r) {
    const struct value *value = picture_value(r);
    int64_t axes[2 * ONNX_MAX_RANK];
    int n, dims[3], left[3], n_left = 0;
    if (!value || !reader_list(r, "axes", 1, axes, &n)) {
        return false;
    }
    reader_dims(r, value, dims);
    for (int i = 1; i < value->rank; i++) {
        bool goes = n < 0 && dims[i - 1] == 1;
        for (int j = 0; j < n; j++) {
            goes = goes || reader_axis(axes[j], value->rank) == i;
        }
        if (goes && dims[i - 1] != 1) {
            return reader_fail(r, "axis %d has size %d", i, dims[i - 1]);
        }
        if (!goes) {
            left[n_left++] = dims[i - 1];
        }
    }
    for (int j = 0; j < n; j++) {
        if (reader_axis(axes[j], value->rank) < 1) {
            return reader_fail(r, "it takes the batch's axis away");
        }
    }
    return reader_reshaped(r, value, n_left, left);
}

bool read_unsqueeze(struct reader *r) {
    const struct value *value = picture_value(r);
    int64_t axes[2 * ONNX_MAX_RANK];
    int n, dims[3], more[4 + 2 * ONNX_MAX_RANK], taken = 0;
    if (!value || !reader_list(r, "axes", 1, axes, &n)) {
        return false;
    }
    reader_dims(r, value, dims);
    int rank = value->rank + (n > 0 ? n : 0);
    for (int i = 1; i < rank; i++) {
        bool is_new = false;
        for (int j = 0; j < n; j++) {
            is_new = is_new || reader_axis(axes[j], rank) == i;
        }
        if (!is_new && taken == value->rank - 1) {
            return reader_fail(r, "its axes do not name new ones after the batch's, each once");
        }
        more[i - 1] = is_new ? 1 : dims[taken++];
    }
    return taken == value->rank - 1 ? reader_reshaped(r, value, rank - 1, more)
                                    : reader_fail(r, "its axes name one twice");
}

// Our node joins a few: many are joined a few at a time.
static int join(struct reader *r, struct node *node, int input) {
    if (node->n_inputs == MAX_INPUTS) {
        node->inputs[0] = reader_add(r, node);
        node->n_inputs = 1;
    }
    node->inputs[node->n_inputs++] = input;
    return input < 0 || node->inputs[0] < 0 ? -1 : 0;
}

bool read_concat(struct reader *r) {
    const Onnx__AttributeProto *a = reader_attribute(r, "axis");
    struct node node = {.op = OP_CONCAT};
    int rank = 0, axis = 0;
    for (size_t i = 0; i < r->node->n_input; i++) {
        int input, of_this;
        if (!reader_picture(r, i, &input, &of_this)) {
            return false;
        }
        rank = i == 0 ? of_this : rank;
        axis = reader_axis(a && a->has_i ? a->i : 1, rank);
        if (axis < 1 || of_this != rank) {
            return reader_fail(r, "it joins along the batch's axis, or different numbers of axes");
        }
        if (join(r, &node, reader_to_front(r, input, axis)) < 0) {
            return false;
        }
    }
    if (node.n_inputs < 2) {
        return pass_on(r);
    }
    int made = reader_add(r, &node);
    return reader_made(r, reader_from_front(r, made, axis), rank);
}

static bool read_border(const struct reader *r, enum border *border) {
    bool constant = !reader_attribute(r, "mode") || reader_string_is(r, "mode", "constant");
    bool edge = reader_string_is(r, "mode", "edge");
    *border = constant ? BORDER_CONSTANT : edge ? BORDER_REPLICATE : BORDER_REFLECT;
    return constant || edge || reader_string_is(r, "mode", "reflect") ||
           reader_fail(r, "its mode is none of constant, edge and reflect");
}

bool read_pad(struct reader *r) {
    struct node node = {.op = OP_PAD};
    int64_t pads[2 * ONNX_MAX_RANK];
    int n, input, rank, amounts[8] = {0};
    node.pad.value = reader_float(r, "value", 0);
    if (!read_border(r, &node.pad.border) || !reader_picture(r, 0, &input, &rank) ||
        !reader_list(r, "pads", 1, pads, &n) ||
        (reader_has(r, 2) && !reader_floats(r, 2, "value", 1, &node.pad.value))) {
        return false;
    }
    if (n != 2 * rank || reader_has(r, 3)) {
        return reader_fail(r, "it does not have two pads for each axis");
    }
    bool any = false;
    for (int i = 0; i < n; i++) {
        if (pads[i] < 0 || pads[i] > MAX_CHANNELS || (i % rank == 0 && pads[i])) {
            return reader_fail(r, "a pad is negative, too large, or of the batch");
        }
        amounts[i / rank * 4 + i % rank] = (int)pads[i];
        any = any || pads[i];
    }
    node.pad.front = amounts[1];
    node.pad.top = amounts[2];
    node.pad.left = amounts[3];
    node.pad.back = amounts[5];
    node.pad.bottom = amounts[6];
    node.pad.right = amounts[7];
    return any ? reader_made(r, reader_add_after(r, &node, input), rank) : pass_on(r);
}

// The mean over the axes from one on.
static bool read_row_means(struct reader *r, int input, int rank, int axis, bool keeps) {
    struct value value = {.rank = rank};
    int dims[3], kept = axis - 1, before = 1;
    reader_dims(r, reader_input(r, 0), dims);
    for (int i = 0; i < 3; i++) {
        before *= i < kept ? dims[i] : 1;
        dims[i] = i < kept ? dims[i] : 1;
    }
    struct shape shape = r->graph->nodes[input].shape;
    struct node rows = {.op = OP_RESHAPE, .reshape = {before, 1, (int)shape_len(shape) / before}};
    value.node = reader_add_after(r, &(struct node){.op = OP_GLOBAL_POOL},
                                  reader_add_after(r, &rows, input));
    return value.node >= 0 && reader_reshaped(r, &value, keeps ? rank - 1 : kept, dims);
}

// Over height and width, wherever the exporter keeps them: axes 2 and 3, or 1 and 2 before channels
// that come last; or over the last axes, as in a layer norm that was taken apart.
bool read_reduce_mean(struct reader *r) {
    int64_t axes[2 * ONNX_MAX_RANK];
    int n, input, rank, seen = 0;
    bool keeps = reader_int(r, "keepdims", 1) != 0;
    if (!reader_list(r, "axes", 1, axes, &n) || !reader_picture(r, 0, &input, &rank)) {
        return false;
    }
    for (int i = 0; i < n; i++) {
        int axis = reader_axis(axes[i], rank);
        seen |= axis >= 0 ? 1 << axis : 1;
    }
    bool last = rank == 4 && seen == 6, first = rank == 4 && seen == 12;
    int axis = 1;
    while (axis < rank && !(seen & 1 << axis)) {
        axis++;
    }
    if (!last && !first && axis < rank && seen == (1 << rank) - (1 << axis)) {
        return read_row_means(r, input, rank, axis, keeps);
    }
    if (!first && !last) {
        return reader_fail(r, "only a mean over height and width, or over the last axes, is read");
    }
    struct node pool = {.op = OP_GLOBAL_POOL};
    int made = reader_add_after(r, &pool, reader_to_front(r, input, last ? 3 : 1));
    if (!last || !keeps || made < 0) {
        return reader_made(r, made, keeps ? 4 : 2);
    }
    struct value value = {.node = made, .rank = 4};
    return reader_reshaped(r, &value, 3, (int[]){1, 1, r->graph->nodes[made].shape.c});
}

bool read_constant(struct reader *r) {
    const Onnx__AttributeProto *a = r->node->n_attribute == 1 ? r->node->attribute[0] : NULL;
    const char *name = a && a->name ? a->name : "";
    struct constant c = {0};
    if (a && strcmp(name, "value") == 0 && a->t) {
        return constant_read(r, a->t, &c) && reader_made_constant(r, c);
    }
    bool floats = strncmp(name, "value_float", 11) == 0, ints = strncmp(name, "value_int", 9) == 0;
    size_t listed = !a ? 0 : floats ? a->n_floats : a->n_ints, len = listed ? listed : 1;
    bool many = listed > 0;
    if (!a || (!floats && !ints) || len > MAX_CHANNELS) {
        return reader_fail(r, "its value is neither a tensor nor a number");
    }
    Onnx__TensorProto tensor = ONNX__TENSOR_PROTO__INIT;
    int64_t dims[] = {(int64_t)len};
    tensor.n_dims = many;
    tensor.dims = dims;
    tensor.has_data_type = true;
    tensor.data_type = floats ? 1 : 7;
    tensor.n_float_data = floats ? len : 0;
    tensor.float_data = many ? a->floats : &((Onnx__AttributeProto *)a)->f;
    tensor.n_int64_data = ints ? len : 0;
    tensor.int64_data = many ? a->ints : &((Onnx__AttributeProto *)a)->i;
    return constant_read(r, &tensor, &c) && reader_made_constant(r, c);
}

// The batch's size, which our networks leave open, is written as 0: a reshape reads that as "as it
// is".
// The axis that an attribute counts, from the end if negative, and no further than the ends.
static int axis_within(const struct reader *r, const char *name, int fallback, int rank) {
    const Onnx__AttributeProto *a = reader_attribute(r, name);
    int64_t axis = a && a->has_i ? a->i + (a->i < 0 ? rank : 0) : fallback;
    return (int)(axis < 0 ? 0 : axis > rank ? rank : axis);
}

bool read_shape(struct reader *r) {
    const struct value *value = picture_value(r);
    struct constant c;
    int dims[4] = {0};
    if (!value) {
        return false;
    }
    reader_dims(r, value, dims + 1);
    int start = axis_within(r, "start", 0, value->rank),
        len = axis_within(r, "end", value->rank, value->rank) - start;
    len = len > 0 ? len : 0;
    if (!constant_create(r, 1, &len, false, &c)) {
        return false;
    }
    for (int i = 0; i < len; i++) {
        c.ints[i] = dims[start + i];
    }
    return reader_made_constant(r, c);
}
