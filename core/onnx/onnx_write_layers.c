// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/spectral.h"
#include "core/base/min_max.h"
#include "core/onnx/onnx_writer.h"

// Appends an ONNX node that reads all that ours reads.
static Onnx__NodeProto *begin(struct writer *w, int index, const char *op) {
    const struct node *node = &w->graph->nodes[index];
    const char *inputs[MAX_INPUTS];
    for (int i = 0; i < node->n_inputs; i++) {
        inputs[i] = writer_input(w, index, i);
    }
    Onnx__NodeProto *out = message_node(&w->m, op, node->name);
    for (int i = 0; i < node->n_inputs; i++) {
        message_input(out, inputs[i]);
    }
    return out;
}

static void add_param(struct writer *w, Onnx__NodeProto *out, const struct node *node,
                      const char *role) {
    const struct param *param = node_param(node, role);
    if (param) {
        message_floats(&w->m, out, role, param->n_dims, param->dims,
                       w->graph->values + param->offset, param->len);
    }
}

// A number for each channel, shaped to be broadcast.
static void add_by_channel(struct writer *w, Onnx__NodeProto *out, int index, const char *role) {
    const struct param *param = node_param(&w->graph->nodes[index], role);
    message_floats(&w->m, out, role, w->is_vector[index] ? 1 : 3,
                   (int[]){w->graph->nodes[index].shape.c, 1, 1}, w->graph->values + param->offset,
                   param->len);
}

static Onnx__NodeProto *write_conv(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    const struct window *win = &node->conv.window;
    Onnx__NodeProto *out = begin(w, index, "Conv");
    message_ints(&w->m, out, "kernel_shape", 2, (int[]){win->kernel_h, win->kernel_w});
    message_ints(&w->m, out, "strides", 2, (int[]){win->stride_h, win->stride_w});
    message_ints(&w->m, out, "pads", 4, (int[]){win->top, win->left, win->bottom, win->right});
    message_ints(&w->m, out, "dilations", 2, (int[]){win->dilation_h, win->dilation_w});
    message_int(&w->m, out, "group", node->conv.groups);
    add_param(w, out, node, "weight");
    add_param(w, out, node, "bias");
    return out;
}

// w:(K, C/g, R, S) of the convolution after the gaps -> (C, K/g, R, S), turned around
static void add_turned_weights(struct writer *w, Onnx__NodeProto *out, const struct node *node) {
    const struct param *param = node_param(node, "weight");
    int groups = node->conv.groups, c = param->dims[1], k = param->dims[0] / groups;
    int area = param->dims[2] * param->dims[3];
    real *turned = MESSAGE_TAKE(&w->m, param->len, real), *to = turned;
    for (int i = 0; turned && i < groups * c; i++) {
        for (int j = 0; j < k; j++) {
            const real *kernel =
                w->graph->values + param->offset + ((ptrdiff_t)(i / c * k + j) * c + i % c) * area;
            for (int p = area - 1; p >= 0; p--) {
                *to++ = kernel[p];
            }
        }
    }
    if (turned) {
        message_floats(&w->m, out, "weight", 4,
                       (int[]){groups * c, k, param->dims[2], param->dims[3]}, turned, param->len);
    }
}

static Onnx__NodeProto *write_conv_transpose(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    const struct pad *gaps = &w->graph->nodes[node->inputs[0]].pad;
    const struct window *win = &node->conv.window;
    int reach_h = win->dilation_h * (win->kernel_h - 1);
    int reach_w = win->dilation_w * (win->kernel_w - 1);
    int bottom = reach_h - win->bottom, right = reach_w - win->right; // less than 0: more output
    Onnx__NodeProto *out = begin(w, index, "ConvTranspose");
    message_ints(&w->m, out, "kernel_shape", 2, (int[]){win->kernel_h, win->kernel_w});
    message_ints(&w->m, out, "strides", 2, (int[]){gaps->gap_h + 1, gaps->gap_w + 1});
    message_ints(
        &w->m, out, "pads", 4,
        (int[]){reach_h - win->top, reach_w - win->left, max_int(bottom, 0), max_int(right, 0)});
    message_ints(&w->m, out, "output_padding", 2, (int[]){max_int(-bottom, 0), max_int(-right, 0)});
    message_ints(&w->m, out, "dilations", 2, (int[]){win->dilation_h, win->dilation_w});
    message_int(&w->m, out, "group", node->conv.groups);
    add_turned_weights(w, out, node);
    add_param(w, out, node, "bias");
    return out;
}

static Onnx__NodeProto *write_pool(struct writer *w, int index) {
    static const char *const ops[N_POOL_KINDS] = {
        [POOL_MAX] = "MaxPool", [POOL_AVERAGE] = "AveragePool", [POOL_LP] = "LpPool"};
    const struct pool *pool = &w->graph->nodes[index].pool;
    const struct window *win = &pool->window;
    Onnx__NodeProto *out = begin(w, index, ops[pool->kind]);
    bool ceils = pool->counts_padding && (pool->beyond_h || pool->beyond_w);
    int bottom = win->bottom - (ceils ? pool->beyond_h : 0);
    int right = win->right - (ceils ? pool->beyond_w : 0);
    message_ints(&w->m, out, "kernel_shape", 2, (int[]){win->kernel_h, win->kernel_w});
    message_ints(&w->m, out, "strides", 2, (int[]){win->stride_h, win->stride_w});
    message_ints(&w->m, out, "pads", 4, (int[]){win->top, win->left, bottom, right});
    if (pool->kind == POOL_LP) {
        message_int(&w->m, out, "p", (int)pool->exponent);
    }
    if (pool->counts_padding) {
        message_int(&w->m, out, "count_include_pad", 1);
    }
    if (ceils) {
        message_int(&w->m, out, "ceil_mode", 1);
    }
    return out;
}

// The pool once more, for its places.
static Onnx__NodeProto *write_unpool(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    const struct window *win = &node->pool.window;
    const char *values = writer_input(w, index, 0), *pooled = writer_input(w, index, 1);
    char *name = message_text(&w->m, "%s_places", node->name);
    Onnx__NodeProto *pool = name ? message_node(&w->m, "MaxPool", name) : NULL;
    const char *places = message_second_output(&w->m, pool);
    Onnx__NodeProto *out = message_node(&w->m, "MaxUnpool", node->name);
    message_input(pool, pooled);
    message_input(out, values);
    message_input(out, places);
    for (int i = 0; i < 2; i++) {
        Onnx__NodeProto *to = i ? out : pool;
        message_ints(&w->m, to, "kernel_shape", 2, (int[]){win->kernel_h, win->kernel_w});
        message_ints(&w->m, to, "strides", 2, (int[]){win->stride_h, win->stride_w});
    }
    return out;
}

static Onnx__NodeProto *write_pad(struct writer *w, int index) {
    static const char *const modes[N_BORDERS] = {"constant", "edge", "reflect"};
    const struct pad *p = &w->graph->nodes[index].pad;
    Onnx__NodeProto *out = begin(w, index, "Pad");
    message_string(&w->m, out, "mode", modes[p->border]);
    if (w->is_vector[index]) {
        message_list(&w->m, out, "pads", 4, (int[]){0, p->front, 0, p->back});
    } else {
        message_list(&w->m, out, "pads", 8,
                     (int[]){0, p->front, p->top, p->left, 0, p->back, p->bottom, p->right});
    }
    if (p->border == BORDER_CONSTANT) {
        message_floats(&w->m, out, "value", 0, NULL, &p->value, 1);
    }
    return out;
}

// Two products with constant matrices, of the rows and of the columns.
static Onnx__NodeProto *write_spectral(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    struct shape in = w->graph->nodes[node->inputs[0]].shape, out = node->shape;
    real *rows = MESSAGE_TAKE(&w->m, (size_t)out.h * (size_t)in.h, real);
    real *columns = MESSAGE_TAKE(&w->m, (size_t)out.w * (size_t)in.w, real);
    real *turned = MESSAGE_TAKE(&w->m, (size_t)out.w * (size_t)in.w, real);
    const char *x = writer_input(w, index, 0);
    char *name = message_text(&w->m, "%s_rows", node->name);
    if (w->m.failed) {
        return NULL;
    }
    spectral_matrix(out.h, in.h, rows);
    spectral_matrix(out.w, in.w, columns);
    for (int i = 0; i < out.w * in.w; i++) {
        turned[i] = columns[i % out.w * in.w + i / out.w];
    }
    Onnx__NodeProto *left = message_node(&w->m, "MatMul", name);
    message_floats(&w->m, left, "matrix", 2, (int[]){out.h, in.h}, rows,
                   (size_t)out.h * (size_t)in.h);
    message_input(left, x);
    Onnx__NodeProto *right = message_node(&w->m, "MatMul", node->name);
    message_input(right, left ? left->output[0] : NULL);
    message_floats(&w->m, right, "matrix", 2, (int[]){in.w, out.w}, turned,
                   (size_t)out.w * (size_t)in.w);
    return right;
}

static Onnx__NodeProto *write_activation(struct writer *w, int index) {
    static const char *const ops[N_ACTIVATIONS] = {[ACT_RELU] = "Relu",
                                                   [ACT_LEAKY_RELU] = "LeakyRelu",
                                                   [ACT_ELU] = "Elu",
                                                   [ACT_SIGMOID] = "Sigmoid",
                                                   [ACT_TANH] = "Tanh",
                                                   [ACT_CLIP] = "Clip",
                                                   [ACT_HARD_SIGMOID] = "HardSigmoid",
                                                   [ACT_SOFTPLUS] = "Softplus",
                                                   [ACT_ERF] = "Erf",
                                                   [ACT_POWER] = "Pow"};
    const struct node *node = &w->graph->nodes[index];
    enum activation kind = node->activation.kind;
    Onnx__NodeProto *out = begin(w, index, ops[kind]);
    if (kind == ACT_CLIP) {
        message_floats(&w->m, out, "min", 0, NULL, &node->activation.alpha, 1);
        message_floats(&w->m, out, "max", 0, NULL, &node->activation.beta, 1);
    } else if (kind == ACT_LEAKY_RELU || kind == ACT_ELU || kind == ACT_HARD_SIGMOID) {
        message_float(&w->m, out, "alpha", (double)node->activation.alpha);
    }
    if (kind == ACT_POWER) {
        message_floats(&w->m, out, "exponent", 0, NULL, &node->activation.alpha, 1);
    }
    if (kind == ACT_HARD_SIGMOID) {
        message_float(&w->m, out, "beta", (double)node->activation.beta);
    }
    return out;
}

static Onnx__NodeProto *write_norm(struct writer *w, int index) {
    static const char *const roles[] = {"scale", "shift", "mean", "variance"};
    const struct node *node = &w->graph->nodes[index];
    Onnx__NodeProto *out = begin(w, index, "BatchNormalization");
    message_float(&w->m, out, "epsilon", (double)node->batch_norm.epsilon);
    message_float(&w->m, out, "momentum",
                  1 - (double)node->batch_norm.momentum); // ONNX weighs the old value
    for (int i = 0; i < 4; i++) {
        add_param(w, out, node, roles[i]);
    }
    return out;
}

// Of a group for each channel; onnx_lower takes care of the others.
static Onnx__NodeProto *write_instance_norm(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    Onnx__NodeProto *out = begin(w, index, "InstanceNormalization");
    message_float(&w->m, out, "epsilon", (double)node->group_norm.epsilon);
    add_param(w, out, node, "scale");
    add_param(w, out, node, "shift");
    return out;
}

static Onnx__NodeProto *write_affine(struct writer *w, int index) {
    const char *name = w->graph->nodes[index].name, *x = writer_input(w, index, 0);
    char *scaled = message_text(&w->m, "%s_scaled", name);
    Onnx__NodeProto *product = scaled ? message_node(&w->m, "Mul", scaled) : NULL;
    if (!product) {
        return NULL;
    }
    message_input(product, x);
    add_by_channel(w, product, index, "scale");
    Onnx__NodeProto *sum = message_node(&w->m, "Add", name);
    message_input(sum, product->output[0]);
    add_by_channel(w, sum, index, "shift");
    return sum;
}

static Onnx__NodeProto *write_dense(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    Onnx__NodeProto *out = begin(w, index, "Gemm");
    message_int(&w->m, out, "transB", 1);
    add_param(w, out, node, "weight");
    add_param(w, out, node, "bias");
    return out;
}

static Onnx__NodeProto *write_reshape(struct writer *w, int index) {
    struct shape s = w->graph->nodes[index].shape;
    Onnx__NodeProto *out = begin(w, index, "Reshape");
    message_list(&w->m, out, "shape", w->is_vector[index] ? 2 : 4, (int[]){0, s.c, s.h, s.w});
    return out;
}

static Onnx__NodeProto *write_resize(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    bool nearest = node->resize.kind == RESIZE_NEAREST;
    const real scales[] = {1, 1, (real)node->resize.factor_h, (real)node->resize.factor_w};
    Onnx__NodeProto *out = begin(w, index, "Resize");
    message_input(out, ""); // no region of interest
    message_floats(&w->m, out, "scales", 1, (int[]){4}, scales, 4);
    message_string(&w->m, out, "mode", nearest ? "nearest" : "linear");
    message_string(&w->m, out, "coordinate_transformation_mode",
                   nearest ? "asymmetric" : "half_pixel");
    if (nearest) {
        message_string(&w->m, out, "nearest_mode", "floor");
    }
    return out;
}

static Onnx__NodeProto *write_simple(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    const int *axes = node->axes;
    Onnx__NodeProto *out;
    switch (node->op) {
    case OP_GLOBAL_POOL:
        return begin(w, index, "GlobalAveragePool");
    case OP_PRELU:
        out = begin(w, index, "PRelu");
        add_by_channel(w, out, index, "slope");
        return out;
    case OP_DROPOUT:
        out = begin(w, index, "Dropout");
        message_floats(&w->m, out, "ratio", 0, NULL, &node->dropout, 1);
        return out;
    case OP_ADD:
        return begin(w, index, node->n_inputs == 2 ? "Add" : "Sum");
    case OP_MULTIPLY:
        return begin(w, index, node->divides ? "Div" : "Mul");
    case OP_TRANSPOSE:
        out = begin(w, index, "Transpose");
        message_ints(&w->m, out, "perm", 4, (int[]){0, axes[0] + 1, axes[1] + 1, axes[2] + 1});
        return out;
    default:
        out = begin(w, index,
                    node->op == OP_CONCAT    ? "Concat"
                    : node->op == OP_SOFTMAX ? "Softmax"
                                             : "LogSoftmax");
        message_int(&w->m, out, "axis", 1);
        return out;
    }
}

Onnx__NodeProto *writer_layer(struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    switch (node->op) {
    case OP_CONV:
        return writer_conv_of_gaps(w->graph, node->inputs[0]) == index
                   ? write_conv_transpose(w, index)
                   : write_conv(w, index);
    case OP_POOL:
        return write_pool(w, index);
    case OP_UNPOOL:
        return write_unpool(w, index);
    case OP_PAD:
        return write_pad(w, index);
    case OP_SPECTRAL_POOL:
        return write_spectral(w, index);
    case OP_ACTIVATION:
        return write_activation(w, index);
    case OP_BATCH_NORM:
        return write_norm(w, index);
    case OP_GROUP_NORM:
        return write_instance_norm(w, index);
    case OP_AFFINE:
        return write_affine(w, index);
    case OP_DENSE:
        return write_dense(w, index);
    case OP_RESHAPE:
        return write_reshape(w, index);
    case OP_RESIZE:
        return write_resize(w, index);
    default:
        return write_simple(w, index);
    }
}
