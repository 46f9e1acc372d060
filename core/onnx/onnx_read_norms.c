// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The ONNX operators that normalise.
#include "core/onnx/onnx_reader.h"

#include <string.h>

bool read_norm(struct reader *r) {
    static const char *const roles[] = {"scale", "shift", "mean", "variance"};
    struct node node = {.op = OP_BATCH_NORM};
    int input, rank;
    node.batch_norm.epsilon = reader_float(r, "epsilon", 1e-5);
    node.batch_norm.momentum = 1 - reader_float(r, "momentum", 0.9);
    if (!reader_picture(r, 0, &input, &rank)) {
        return false;
    }
    int made = reader_add_after(r, &node, input);
    for (int i = 0; made >= 0 && i < 4; i++) {
        const struct param *param = node_param(&r->graph->nodes[made], roles[i]);
        if (!reader_floats(r, (size_t)i + 1, roles[i], param->len,
                           r->graph->values + param->offset)) {
            return false;
        }
    }
    const real *variance = made >= 0 ? graph_values(r->graph, made, "variance") : NULL;
    for (int c = 0; variance && c < r->graph->nodes[made].shape.c; c++) {
        if (variance[c] < 0) {
            return reader_fail(r, "a variance is negative");
        }
    }
    return reader_made(r, made, rank);
}

static void fill_ones(struct reader *r, int node) {
    const struct param *scale = node_param(&r->graph->nodes[node], "scale");
    for (size_t i = 0; i < scale->len; i++) {
        r->graph->values[scale->offset + i] = 1;
    }
}

// scale and shift, the inputs 1 and 2, by channel, or by group in files before opset 21. The shift
// may be left out.
static bool read_scales(struct reader *r, int node, int groups) {
    static const char *const roles[] = {"scale", "shift"};
    int channels = r->graph->nodes[node].shape.c;
    for (size_t i = 0; i < 2; i++) {
        real *to = graph_values(r->graph, node, roles[i]);
        const struct constant *c = reader_constant(r, i + 1);
        int n = c && c->len == (size_t)groups ? groups : channels;
        if (i == 1 && !reader_has(r, 2)) {
            continue;
        }
        if (!reader_floats(r, i + 1, roles[i], (size_t)n, to)) {
            return false;
        }
        for (int k = channels - 1; n < channels && k >= 0; k--) {
            to[k] = to[k / (channels / n)];
        }
    }
    return true;
}

static bool read_groups(struct reader *r, int input, int rank, int groups) {
    struct node node = {.op = OP_GROUP_NORM, .group_norm.groups = groups};
    node.group_norm.epsilon = reader_float(r, "epsilon", 1e-5);
    int made = reader_add_after(r, &node, input);
    return made >= 0 && read_scales(r, made, groups) && reader_made(r, made, rank);
}

bool read_instance_norm(struct reader *r) {
    int input, rank;
    return reader_picture(r, 0, &input, &rank) &&
           read_groups(r, input, rank, r->graph->nodes[input].shape.c);
}

bool read_group_norm(struct reader *r) {
    int input, rank;
    return reader_picture(r, 0, &input, &rank) &&
           read_groups(r, input, rank, reader_int(r, "num_groups", 0));
}

// Over the axes from one on: a group norm of (before, 1, after) values, the scales varying along
// the last axis.
bool read_layer_norm(struct reader *r) {
    const Onnx__AttributeProto *a = reader_attribute(r, "axis");
    int input, rank, dims[3], before = 1;
    if (!reader_picture(r, 0, &input, &rank)) {
        return false;
    }
    int axis = reader_axis(a && a->has_i ? a->i : -1, rank);
    struct shape shape = r->graph->nodes[input].shape;
    if (axis < 1) {
        return reader_fail(r, "it normalises over the batch");
    }
    reader_dims(r, reader_input(r, 0), dims);
    for (int i = 1; i < axis; i++) {
        before *= dims[i - 1];
    }
    struct node rows = {.op = OP_RESHAPE, .reshape = {before, 1, (int)shape_len(shape) / before}};
    struct node norm = {.op = OP_GROUP_NORM, .group_norm.groups = before};
    struct node scale = {.op = OP_AFFINE}, back = {.op = OP_RESHAPE, .reshape = shape};
    norm.group_norm.epsilon = reader_float(r, "epsilon", 1e-5);
    int made = reader_add_after(r, &norm, reader_add_after(r, &rows, input));
    if (made < 0) {
        return false;
    }
    fill_ones(r, made);
    made = reader_add_after(r, &scale, reader_to_front(r, made, 3));
    return made >= 0 && read_scales(r, made, r->graph->nodes[made].shape.c) &&
           reader_made(r, reader_add_after(r, &back, reader_from_front(r, made, 3)), rank);
}
