// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The ONNX operators that are layers of ours: convolutions, pools, activations, dense layers.
#include "core/onnx/onnx_reader.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MOST 1024 // of a kernel, stride, dilation or padding

static bool same_shape_layer(struct reader *r, struct node *node) {
    int input, rank;
    return reader_picture(r, 0, &input, &rank) &&
           reader_made(r, reader_add_after(r, node, input), rank);
}

static bool in_range(int x) {
    return x >= 1 && x <= MOST;
}

// kernel_shape, strides, dilations and pads; kernel holds the weights' own, or zeros.
static bool read_window(const struct reader *r, const int kernel[2], struct window *w) {
    int k[2] = {0}, s[2] = {0}, d[2] = {0}, pads[4] = {0};
    if (!reader_ints(r, "kernel_shape", 2, 0, k) || !reader_ints(r, "strides", 2, 1, s) ||
        !reader_ints(r, "dilations", 2, 1, d) || !reader_ints(r, "pads", 4, 0, pads)) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        k[i] = k[i] ? k[i] : kernel[i];
        if (!in_range(k[i]) || !in_range(s[i]) || !in_range(d[i])) {
            return reader_fail(r, "its kernel, strides and dilations must be 1 to %d", MOST);
        }
        if (kernel[i] && k[i] != kernel[i]) {
            return reader_fail(r, "kernel_shape and weights do not agree");
        }
    }
    for (int i = 0; i < 4; i++) {
        if (pads[i] < 0 || pads[i] > MOST) {
            return reader_fail(r, "its pads must be 0 to %d", MOST);
        }
    }
    *w = (struct window){k[0], k[1], s[0], s[1], d[0], d[1], pads[0], pads[1], pads[2], pads[3]};
    return true;
}

// Splits the padding that "same" means; upper: the odd one at the end.
static void split(int all, bool upper, int *before, int *after) {
    all = all > 0 ? all : 0;
    *before = upper ? all / 2 : all - all / 2;
    *after = all - *before;
}

static int same_padding(int size, int kernel, int stride, int dilation) {
    return ((size + stride - 1) / stride - 1) * stride + dilation * (kernel - 1) + 1 - size;
}

static bool read_auto_pad(const struct reader *r, struct shape in, struct window *w) {
    bool upper = reader_string_is(r, "auto_pad", "SAME_UPPER");
    if (upper || reader_string_is(r, "auto_pad", "SAME_LOWER")) {
        split(same_padding(in.h, w->kernel_h, w->stride_h, w->dilation_h), upper, &w->top,
              &w->bottom);
        split(same_padding(in.w, w->kernel_w, w->stride_w, w->dilation_w), upper, &w->left,
              &w->right);
        return true;
    }
    if (reader_string_is(r, "auto_pad", "VALID")) {
        w->top = w->left = w->bottom = w->right = 0;
        return true;
    }
    return !reader_attribute(r, "auto_pad") || reader_string_is(r, "auto_pad", "NOTSET") ||
           reader_fail(r, "its auto_pad is none of NOTSET, VALID, SAME_UPPER and SAME_LOWER");
}

// Copies the weights, and the bias if there is one.
static bool copy_weights(struct reader *r, int node) {
    const struct param *weight = node_param(&r->graph->nodes[node], "weight");
    const struct param *bias = node_param(&r->graph->nodes[node], "bias");
    real *values = r->graph->values;
    return reader_floats(r, 1, "weight", weight->len, values + weight->offset) &&
           (!bias || !reader_has(r, 2) ||
            reader_floats(r, 2, "bias", bias->len, values + bias->offset));
}

static const struct constant *weights_of_rank(const struct reader *r, int rank) {
    const struct constant *weight = reader_constant(r, 1);
    if (!weight || !weight->floats || weight->n_dims != rank || weight->len == 0) {
        reader_fail(r, "its weights are missing, not floats, or do not have %d axes", rank);
        return NULL;
    }
    return weight;
}

bool read_conv(struct reader *r) {
    struct node node = {.op = OP_CONV};
    const struct constant *weight = weights_of_rank(r, 4);
    int input, rank;
    if (!weight || !read_window(r, weight->dims + 2, &node.conv.window) ||
        !reader_picture(r, 0, &input, &rank) ||
        !read_auto_pad(r, r->graph->nodes[input].shape, &node.conv.window)) {
        return false;
    }
    node.conv.filters = weight->dims[0];
    node.conv.groups = reader_int(r, "group", 1);
    node.conv.bias = reader_has(r, 2);
    int made = reader_add_after(r, &node, input);
    return made >= 0 && copy_weights(r, made) && reader_made(r, made, 4);
}

// w:(C, K/g, R, S), as the convolution that this is the transpose of has them, into those of the
// one that follows the gaps, (K, C/g, R, S), turned around.
static void turn_weights(const struct constant *from, int groups, real *to) {
    int c = from->dims[0] / groups, k = from->dims[1], area = from->dims[2] * from->dims[3];
    for (int g = 0; g < groups; g++) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < c; j++) {
                const float *kernel = from->floats + ((ptrdiff_t)(g * c + j) * k + i) * area;
                for (int p = area - 1; p >= 0; p--) {
                    *to++ = (real)kernel[p];
                }
            }
        }
    }
}

// Of one axis: the padding of the convolution after the gaps.
static bool turn_padding(const struct reader *r, int span, int stride, int more, int *before,
                         int *after) {
    bool lower = reader_string_is(r, "auto_pad", "SAME_LOWER");
    if (lower || reader_string_is(r, "auto_pad", "SAME_UPPER")) {
        int all = span - stride;
        split(all, !lower, before, after);
        *after += all < 0 ? all : 0;
    } else if (reader_string_is(r, "auto_pad", "VALID")) {
        *before = *after = 0;
    }
    *before = span - 1 - *before;
    *after = span - 1 - *after + more;
    return (*before >= 0 && *after >= 0) ||
           reader_fail(r, "its pads cut off more than the kernel reaches");
}

bool read_conv_transpose(struct reader *r) {
    struct node gaps = {.op = OP_PAD}, node = {.op = OP_CONV};
    struct window *w = &node.conv.window;
    const struct constant *weight = weights_of_rank(r, 4);
    int input, rank, more[2], groups = reader_int(r, "group", 1);
    if (!weight || !read_window(r, weight->dims + 2, w) || !reader_picture(r, 0, &input, &rank) ||
        !reader_ints(r, "output_padding", 2, 0, more)) {
        return false;
    }
    struct shape in = r->graph->nodes[input].shape;
    if (reader_attribute(r, "output_shape") || groups < 1 || in.c % groups ||
        weight->dims[0] != in.c || more[0] < 0 || more[0] >= MOST || more[1] < 0 ||
        more[1] >= MOST || (double)weight->dims[1] * groups > MAX_CHANNELS) {
        return reader_fail(r, "its weights do not fit its input, or it has an output_shape");
    }
    gaps.pad.gap_h = w->stride_h - 1;
    gaps.pad.gap_w = w->stride_w - 1;
    if (!turn_padding(r, w->dilation_h * (w->kernel_h - 1) + 1, w->stride_h, more[0], &w->top,
                      &w->bottom) ||
        !turn_padding(r, w->dilation_w * (w->kernel_w - 1) + 1, w->stride_w, more[1], &w->left,
                      &w->right)) {
        return false;
    }
    w->stride_h = w->stride_w = 1;
    node.conv.filters = weight->dims[1] * groups;
    node.conv.groups = groups;
    node.conv.bias = reader_has(r, 2);
    if (gaps.pad.gap_h || gaps.pad.gap_w) {
        input = reader_add_after(r, &gaps, input);
    }
    int made = reader_add_after(r, &node, input);
    if (made < 0 || !copy_weights(r, made)) {
        return false;
    }
    turn_weights(weight, groups, graph_values(r->graph, made, "weight"));
    return reader_made(r, made, 4);
}

// With ceil_mode the last window may reach beyond the padding, but must begin inside of it.
static int beyond(int size, int kernel, int stride, int before, int after) {
    int room = size + before + after - kernel;
    if (room < 0 || room % stride == 0) {
        return 0;
    }
    int last = (room / stride + 1) * stride; // where the additional window begins
    return last >= size + before ? 0 : last - room;
}

bool read_pool(struct reader *r) {
    struct node node = {.op = OP_POOL};
    struct pool *pool = &node.pool;
    struct window *w = &pool->window;
    int input, rank;
    if (!read_window(r, (int[]){0, 0}, w) || !reader_picture(r, 0, &input, &rank)) {
        return false;
    }
    struct shape in = r->graph->nodes[input].shape;
    if (!read_auto_pad(r, in, w)) {
        return false;
    }
    pool->kind = *r->node->op_type == 'M'   ? POOL_MAX
                 : *r->node->op_type == 'A' ? POOL_AVERAGE
                                            : POOL_LP;
    pool->exponent = pool->kind == POOL_LP ? (real)reader_int(r, "p", 2) : 2;
    pool->counts_padding = pool->kind == POOL_AVERAGE && reader_int(r, "count_include_pad", 0);
    if (reader_int(r, "ceil_mode", 0)) {
        pool->beyond_h = beyond(in.h, w->kernel_h, w->stride_h, w->top, w->bottom);
        pool->beyond_w = beyond(in.w, w->kernel_w, w->stride_w, w->left, w->right);
        w->bottom += pool->beyond_h;
        w->right += pool->beyond_w;
    }
    int made = reader_add_after(r, &node, input);
    if (r->node->n_output > 1 && *r->node->output[1] && made >= 0) {
        r->values[r->n_values++] =
            (struct value){.name = r->node->output[1], .node = made, .rank = 4, .places = true};
    }
    return reader_made(r, made, 4);
}

// ONNX's places count in a picture of output_shape or, without it, in the one that the windows
// cover; read when that is the pool's input.
bool read_unpool(struct reader *r) {
    const struct value *places = reader_input(r, 1);
    const struct constant *given = reader_constant(r, 2);
    int input, rank;
    if (!places || !reader_picture(r, 0, &input, &rank)) {
        return false;
    }
    if (!places->places || (reader_has(r, 2) && (!given || !given->ints || given->len != 4))) {
        return reader_fail(r,
                           "its places are not those of a MaxPool, or its shape is not constant");
    }
    const struct node *pool = &r->graph->nodes[places->node];
    struct node node = {.op = OP_UNPOOL, .n_inputs = 2, .inputs = {input, pool->inputs[0]}};
    node.pool = pool->pool;
    const struct window *w = &node.pool.window;
    struct shape large = r->graph->nodes[pool->inputs[0]].shape;
    int h = (pool->shape.h - 1) * w->stride_h + w->kernel_h - w->top - w->bottom;
    int x = (pool->shape.w - 1) * w->stride_w + w->kernel_w - w->left - w->right;
    if (given ? given->ints[2] != large.h || given->ints[3] != large.w
              : h != large.h || x != large.w) {
        return reader_fail(r, "its output is not as large as the input of its MaxPool, %dx%d",
                           large.h, large.w);
    }
    return reader_made(r, reader_add(r, &node), 4);
}

bool read_global_pool(struct reader *r) {
    int input, rank;
    struct node node = {.op = OP_GLOBAL_POOL};
    if (!reader_picture(r, 0, &input, &rank)) {
        return false;
    }
    struct shape in = r->graph->nodes[input].shape;
    if (strcmp(r->node->op_type, "GlobalAveragePool") != 0) {
        bool max = strcmp(r->node->op_type, "GlobalMaxPool") == 0;
        node = (struct node){.op = OP_POOL};
        node.pool = (struct pool){.kind = max ? POOL_MAX : POOL_LP,
                                  .window = {in.h, in.w, 1, 1, 1, 1, 0, 0, 0, 0},
                                  .exponent = (real)reader_int(r, "p", 2)};
    }
    return reader_made(r, reader_add_after(r, &node, input), rank);
}

bool read_activation(struct reader *r) {
    static const struct {
        const char *op;
        enum activation kind;
        double alpha, beta; // ONNX's defaults
    } kinds[] = {{"Relu", ACT_RELU, 1, 0}, {"LeakyRelu", ACT_LEAKY_RELU, 0.01, 0},
                 {"Elu", ACT_ELU, 1, 0},   {"Sigmoid", ACT_SIGMOID, 1, 0},
                 {"Tanh", ACT_TANH, 1, 0}, {"HardSigmoid", ACT_HARD_SIGMOID, 0.2, 0.5},
                 {"Erf", ACT_ERF, 1, 0},   {"Softplus", ACT_SOFTPLUS, 1, 0}};
    struct node node = {.op = OP_ACTIVATION};
    size_t i = 0;
    while (strcmp(kinds[i].op, r->node->op_type) != 0) {
        i++;
    }
    node.activation.kind = kinds[i].kind;
    node.activation.alpha = reader_float(r, "alpha", kinds[i].alpha);
    node.activation.beta = reader_float(r, "beta", kinds[i].beta);
    return same_shape_layer(r, &node);
}

// A bound is an attribute in older files, else an input that may be left out.
static bool read_bound(const struct reader *r, const char *name, size_t input, real *bound) {
    *bound = reader_float(r, name, (double)*bound);
    return !reader_has(r, input) || reader_floats(r, input, name, 1, bound);
}

bool read_clip(struct reader *r) {
    struct node node = {.op = OP_ACTIVATION};
    node.activation.kind = ACT_CLIP;
    node.activation.alpha = -FLT_MAX;
    node.activation.beta = FLT_MAX;
    return read_bound(r, "min", 1, &node.activation.alpha) &&
           read_bound(r, "max", 2, &node.activation.beta) && same_shape_layer(r, &node);
}

// x times hard_sigmoid(x), slope 1/6
bool read_hard_swish(struct reader *r) {
    struct node gate = {.op = OP_ACTIVATION}, node = {.op = OP_MULTIPLY, .n_inputs = 2};
    gate.activation.kind = ACT_HARD_SIGMOID;
    gate.activation.alpha = (real)1 / 6;
    gate.activation.beta = (real)0.5;
    int rank;
    if (!reader_picture(r, 0, &node.inputs[0], &rank)) {
        return false;
    }
    node.inputs[1] = reader_add_after(r, &gate, node.inputs[0]);
    return node.inputs[1] >= 0 && reader_made(r, reader_add(r, &node), rank);
}

// A square root, or a power with a constant exponent.
bool read_power(struct reader *r) {
    struct node node = {.op = OP_ACTIVATION};
    node.activation.kind = ACT_POWER;
    node.activation.alpha = (real)0.5;
    return (strcmp(r->node->op_type, "Sqrt") == 0 ||
            reader_floats(r, 1, "exponent", 1, &node.activation.alpha)) &&
           same_shape_layer(r, &node);
}

bool read_dense(struct reader *r, int units, int n_in, int by_unit, int by_input, double alpha) {
    const struct value *x = reader_input(r, 0);
    const struct constant *weight = reader_constant(r, 1);
    int dims[3];
    if (!x || x->node < 0 || x->rank != 2) {
        return reader_fail(r, "only vectors are multiplied by a matrix of weights");
    }
    reader_dims(r, x, dims);
    if (dims[0] != n_in) {
        return reader_fail(r, "its weights are for %d inputs, but there are %d", n_in, dims[0]);
    }
    int made = reader_add_after(r, &(struct node){.op = OP_DENSE, .units = units}, x->node);
    real *w = made >= 0 ? graph_values(r->graph, made, "weight") : NULL;
    for (int u = 0; w && u < units; u++) {
        for (int i = 0; i < n_in; i++) {
            float value = weight->floats[(ptrdiff_t)u * by_unit + (ptrdiff_t)i * by_input];
            *w++ = (real)(alpha * (double)value);
        }
    }
    return reader_made(r, made, 2);
}

// c: one value, or one for each unit
static bool read_gemm_bias(struct reader *r, int node, double beta) {
    const struct constant *c = reader_constant(r, 2);
    real *bias = graph_values(r->graph, node, "bias");
    int units = r->graph->nodes[node].units;
    if (!c || !c->floats || (c->len != 1 && c->len != (size_t)units)) {
        return reader_fail(r, "its bias is missing or not as long as its weights");
    }
    for (int u = 0; u < units; u++) {
        bias[u] = (real)(beta * (double)c->floats[c->len == 1 ? 0 : u]);
    }
    return true;
}

bool read_gemm(struct reader *r) {
    const struct constant *weight = weights_of_rank(r, 2);
    if (!weight) {
        return false;
    }
    if (reader_int(r, "transA", 0) != 0) {
        return reader_fail(r, "its input is turned (transA), which mixes the batch");
    }
    bool turned = reader_int(r, "transB", 0) != 0;
    int rows = weight->dims[0], columns = weight->dims[1];
    double alpha = (double)reader_float(r, "alpha", 1), beta = (double)reader_float(r, "beta", 1);
    bool ok = turned ? read_dense(r, rows, columns, columns, 1, alpha)
                     : read_dense(r, columns, rows, 1, columns, alpha);
    return ok && (!reader_has(r, 2) || read_gemm_bias(r, r->graph->n_nodes - 1, beta));
}
