// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The ONNX operators that compute element by element or multiply by constants.
#include "core/network/layers/spectral.h"
#include "core/base/min_max.h"
#include "core/onnx/onnx_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The axis along which a constant varies when it is broadcast to a tensor: 1 when nowhere. False
// (logged) when that is more than one axis, or the batch's.
static bool axis_of(const struct reader *r, const struct constant *c, int rank, struct shape shape,
                    int *axis) {
    int sizes[] = {1, shape.c, shape.h, shape.w};
    *axis = 0;
    for (int i = 0; i < c->n_dims; i++) {
        int at = rank - c->n_dims + i;
        if (c->dims[i] == 1) {
            continue;
        }
        if (*axis || at < 1 || at > 3 || c->dims[i] != sizes[at]) {
            return reader_fail(r, "its constant is more than a number for each channel");
        }
        *axis = at;
    }
    *axis = *axis ? *axis : 1;
    return c->floats || reader_fail(r, "its constant is not of floats");
}

static float element(const struct constant *c, int i) {
    return c->floats[c->len == 1 ? 0 : i];
}

// A layer with parameters by channel, along whatever axis the constant varies.
static int add_along(struct reader *r, struct node *node, int input, int axis) {
    return reader_add_after(r, node, reader_to_front(r, input, axis));
}

// What x op c is: scale * x + shift; and c op x when turned.
static void affine_of(char op, bool turned, double c, real *scale, real *shift) {
    bool adds = op == 'A' || op == 'S';
    double sign = op == 'S' ? -1 : 1;
    *scale = (real)(adds ? (turned ? sign : 1) : op == 'M' ? c : 1 / c);
    *shift = (real)(adds ? (turned ? c : sign * c) : 0);
}

// The same for all channels.
static int add_scaled(struct reader *r, int x, real scale, real shift) {
    int made = reader_add_after(r, &(struct node){.op = OP_AFFINE}, x);
    for (int c = 0; made >= 0 && c < r->graph->nodes[made].shape.c; c++) {
        graph_values(r->graph, made, "scale")[c] = scale;
        graph_values(r->graph, made, "shift")[c] = shift;
    }
    return made;
}

bool read_negative(struct reader *r) {
    int x, rank;
    return reader_picture(r, 0, &x, &rank) && reader_made(r, add_scaled(r, x, -1, 0), rank);
}

bool read_reciprocal(struct reader *r) {
    struct node node = {.op = OP_MULTIPLY, .n_inputs = 2, .divides = true};
    int rank;
    if (!reader_picture(r, 0, &node.inputs[1], &rank)) {
        return false;
    }
    node.inputs[0] = add_scaled(r, node.inputs[1], 0, 1);
    return node.inputs[0] >= 0 && reader_made(r, reader_add(r, &node), rank);
}

// A quotient of a constant is the quotient of a tensor that is constant.
static bool read_affine(struct reader *r, size_t input, size_t constant) {
    const struct constant *c = reader_constant(r, constant);
    char op = *r->node->op_type;
    bool turned = constant == 0, divides = op == 'D' && turned;
    int x, rank, axis;
    if (!reader_picture(r, input, &x, &rank) ||
        !axis_of(r, c, rank, r->graph->nodes[x].shape, &axis)) {
        return false;
    }
    int made = add_along(r, &(struct node){.op = OP_AFFINE}, x, axis);
    if (made < 0) {
        return false;
    }
    real *scale = graph_values(r->graph, made, "scale"),
         *shift = graph_values(r->graph, made, "shift");
    for (int i = 0; i < r->graph->nodes[made].shape.c; i++) {
        double value = (double)element(c, i);
        affine_of(op, turned, value, &scale[i], &shift[i]);
        scale[i] = divides ? 0 : scale[i];
        shift[i] = divides ? (real)value : shift[i];
        if (!isfinite(scale[i])) {
            return reader_fail(r, "it divides by zero");
        }
    }
    made = reader_from_front(r, made, axis);
    if (divides && made >= 0) {
        struct node quotient = {
            .op = OP_MULTIPLY, .n_inputs = 2, .inputs = {made, x}, .divides = true};
        made = reader_add(r, &quotient);
    }
    return reader_made(r, made, rank);
}

// Repeats a tensor along the axes where it has size 1 and the other has more.
static int broadcast(struct reader *r, int node, struct shape to) {
    struct shape from = r->graph->nodes[node].shape;
    struct node pad = {.op = OP_PAD, .pad.border = BORDER_REPLICATE};
    pad.pad.back = from.c == 1 ? to.c - 1 : 0;
    pad.pad.bottom = from.h == 1 ? to.h - 1 : 0;
    pad.pad.right = from.w == 1 ? to.w - 1 : 0;
    bool same = !pad.pad.back && !pad.pad.bottom && !pad.pad.right;
    return same ? node : reader_add_after(r, &pad, node);
}

static bool read_binary(struct reader *r) {
    int a, b, rank_a, rank_b;
    if (!reader_picture(r, 0, &a, &rank_a) || !reader_picture(r, 1, &b, &rank_b)) {
        return false;
    }
    if (rank_a != rank_b) {
        return reader_fail(r, "its inputs have %d and %d axes", rank_a, rank_b);
    }
    struct shape of_a = r->graph->nodes[a].shape, of_b = r->graph->nodes[b].shape;
    struct shape all = {max_int(of_a.c, of_b.c), max_int(of_a.h, of_b.h), max_int(of_a.w, of_b.w)};
    a = broadcast(r, a, all);
    b = a < 0 ? -1 : broadcast(r, b, all);
    char op = *r->node->op_type;
    if (op == 'S' && b >= 0) {
        b = add_scaled(r, b, -1, 0);
    }
    struct node node = {
        .op = op == 'A' || op == 'S' ? OP_ADD : OP_MULTIPLY, .n_inputs = 2, .inputs = {a, b}};
    node.divides = op == 'D';
    return b >= 0 && reader_made(r, reader_add(r, &node), rank_a);
}

bool read_arithmetic(struct reader *r) {
    if (r->node->n_input != 2) {
        return reader_fail(r, "it does not have two inputs");
    }
    for (size_t i = 0; i < 2; i++) {
        if (reader_constant(r, i)) {
            return read_affine(r, 1 - i, i);
        }
    }
    return read_binary(r);
}

bool read_sum(struct reader *r) {
    struct node node = {.op = OP_ADD};
    int rank = 0;
    if (r->node->n_input > MAX_INPUTS || r->node->n_input < 1) {
        return reader_fail(r, "it does not have 1 to %d inputs", MAX_INPUTS);
    }
    if (r->node->n_input == 1) {
        return read_identity(r);
    }
    for (size_t i = 0; i < r->node->n_input; i++) {
        if (!reader_picture(r, i, &node.inputs[node.n_inputs++], &rank)) {
            return false;
        }
    }
    return reader_made(r, reader_add(r, &node), rank);
}

bool read_prelu(struct reader *r) {
    const struct constant *c = reader_constant(r, 1);
    int x, rank, axis;
    if (!c) {
        return reader_fail(r, "its slopes are missing among the model's weights");
    }
    if (!reader_picture(r, 0, &x, &rank) || !axis_of(r, c, rank, r->graph->nodes[x].shape, &axis)) {
        return false;
    }
    int made = add_along(r, &(struct node){.op = OP_PRELU}, x, axis);
    for (int i = 0; made >= 0 && i < r->graph->nodes[made].shape.c; i++) {
        graph_values(r->graph, made, "slope")[i] = (real)element(c, i);
    }
    return reader_made(r, reader_from_front(r, made, axis), rank);
}

// x times half of 1 + erf(x / sqrt(2)), or 1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)), which is near
// (Hendrycks and Gimpel 2016).
bool read_gelu(struct reader *r) {
    bool near = reader_string_is(r, "approximate", "tanh");
    struct node bend = {.op = OP_ACTIVATION, .activation.kind = near ? ACT_TANH : ACT_ERF};
    int x, rank;
    if (!reader_picture(r, 0, &x, &rank)) {
        return false;
    }
    struct node product = {.op = OP_MULTIPLY, .n_inputs = 2, .inputs = {x, x}};
    const double root = 0.7978845608028654; // of 2 / pi
    int inner = near ? reader_add(r, &product) : add_scaled(r, x, (real)0.7071067811865476, 0);
    if (near && inner >= 0) {
        product.inputs[1] = add_scaled(r, inner, (real)(0.044715 * root), (real)root);
        inner = product.inputs[1] < 0 ? -1 : reader_add(r, &product);
    }
    product.inputs[1] = add_scaled(r, reader_add_after(r, &bend, inner), (real)0.5, (real)0.5);
    return product.inputs[1] >= 0 && reader_made(r, reader_add(r, &product), rank);
}

// Over all the values of a sample, laid flat.
static int add_flat(struct reader *r, struct node *softmax, int x) {
    struct shape shape = r->graph->nodes[x].shape;
    struct node back = {.op = OP_RESHAPE, .reshape = shape},
                flat = {.op = OP_RESHAPE, .reshape = {(int)shape_len(shape), 1, 1}};
    int made = reader_add_after(r, softmax, reader_add_after(r, &flat, x));
    return reader_add_after(r, &back, made);
}

// Over one axis; in files before opset 13 over all axes from that one on.
bool read_softmax(struct reader *r) {
    const Onnx__AttributeProto *a = reader_attribute(r, "axis");
    struct node softmax = {.op = *r->node->op_type == 'L' ? OP_LOG_SOFTMAX : OP_SOFTMAX};
    int x, rank;
    if (!reader_picture(r, 0, &x, &rank)) {
        return false;
    }
    struct shape shape = r->graph->nodes[x].shape;
    int axis = reader_axis(a && a->has_i ? a->i : r->opset < 13 ? 1 : -1, rank);
    int sizes[] = {1, shape.c, shape.h, shape.w}, after = 1;
    for (int i = axis + 1; axis >= 1 && i < 4; i++) {
        after *= sizes[i];
    }
    if (axis == 1 && r->opset < 13 && after > 1) {
        return reader_made(r, add_flat(r, &softmax, x), rank);
    }
    if (axis < 1 || (r->opset < 13 && after > 1)) {
        return reader_fail(r, "only a softmax over one axis, or all values of a sample, is read");
    }
    int made = reader_add_after(r, &softmax, reader_to_front(r, x, axis));
    return reader_made(r, reader_from_front(r, made, axis), rank);
}

static bool is_read(const struct reader *r, const char *name) {
    for (size_t i = 0; i < r->in->n_node; i++) {
        for (size_t j = 0; j < r->in->node[i]->n_input; j++) {
            if (strcmp(r->in->node[i]->input[j], name) == 0) {
                return true;
            }
        }
    }
    return false;
}

// The number of the largest score is left to whoever reads the scores, the output in its place.
bool read_arg_max(struct reader *r) {
    const Onnx__AttributeProto *a = reader_attribute(r, "axis");
    int x, rank;
    if (!reader_picture(r, 0, &x, &rank)) {
        return false;
    }
    int axis = reader_axis(a && a->has_i ? a->i : 0, rank);
    if (axis < 1 || is_read(r, r->node->output[0])) {
        return reader_fail(r, "only one over the scores of a sample, at the end, is read");
    }
    return reader_made(r, reader_to_front(r, x, axis), rank);
}

// Whether a matrix is the one that spectral pooling multiplies an axis by.
static bool is_spectral(const struct constant *c, int size, int in, bool turned) {
    real *matrix = calloc((size_t)size * (size_t)in, sizeof *matrix);
    bool same = matrix != NULL;
    if (same) {
        spectral_matrix(size, in, matrix);
    }
    for (int i = 0; i < size && same; i++) {
        for (int j = 0; j < in && same; j++) {
            ptrdiff_t at = turned ? (ptrdiff_t)j * size + i : (ptrdiff_t)i * in + j;
            same = fabs((double)c->floats[at] - (double)matrix[i * in + j]) < 1e-5;
        }
    }
    free(matrix);
    return same;
}

// Spectral pooling of the rows (a constant on the left) or of the columns (on the right).
static bool read_spectral(struct reader *r, bool left) {
    const struct constant *c = reader_constant(r, left ? 0 : 1);
    int x, rank;
    if (!reader_picture(r, left ? 1 : 0, &x, &rank)) {
        return false;
    }
    struct shape shape = r->graph->nodes[x].shape;
    int in = left ? shape.h : shape.w, size = c->n_dims == 2 ? c->dims[left ? 0 : 1] : 0;
    if (rank != 4 || !c->floats || c->n_dims != 2 || c->dims[left ? 1 : 0] != in || size < 1 ||
        size > in || !is_spectral(c, size, in, !left)) {
        return reader_fail(r, "of matrices that multiply pictures only spectral pools are read");
    }
    struct node node = {.op = OP_SPECTRAL_POOL};
    node.spectral.h = left ? size : shape.h;
    node.spectral.w = left ? shape.w : size;
    return reader_made(r, reader_add_after(r, &node, x), 4);
}

bool read_matmul(struct reader *r) {
    const struct constant *right = reader_constant(r, 1);
    const struct value *x = reader_input(r, 0);
    if (!x) {
        return false;
    }
    if (x->node < 0 && !right) {
        return read_spectral(r, true);
    }
    if (!right || !right->floats || right->n_dims != 2) {
        return reader_fail(r, "only matrices of constant weights are multiplied by");
    }
    if (x->node >= 0 && x->rank > 2) {
        return read_spectral(r, false);
    }
    return read_dense(r, right->dims[1], right->dims[0], 1, right->dims[1], 1);
}
