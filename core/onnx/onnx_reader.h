// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/onnx/onnx.pb-c.h"

#include <stdint.h>

// What the parts of the ONNX reader share. A node of the file becomes one or a few graph nodes, or
// is computed at once when all its inputs are constant.
//
// Tensors keep ONNX's order of axes: after the batch axis, up to three axes become channels, height
// and width of the graph, whatever they mean to the exporter; a network with channels last is read
// with its transpositions. A tensor with one axis after the batch may be the flattened output of
// another node, since dense layers flatten their inputs.

#define ONNX_MAX_RANK 6

// Exactly one of floats and ints is set; neither when the file's type is not supported.
struct constant {
    int n_dims, dims[ONNX_MAX_RANK];
    size_t len;
    float *floats;
    int64_t *ints;
};

struct value {
    const char *name;
    int node;    // -1: a constant
    int rank;    // of a node's output: axes with the batch's, 1 to 4
    bool places; // not the result of a max pool but where it found it: for MaxUnpool
    struct constant constant;
};

// A file beside the model, with its weights.
struct outside {
    char name[256];
    void *bytes;
    size_t len;
};

struct reader {
    const char *name; // of the file
    bool has_folder;  // it is one, and not bytes
    struct outside outside;
    const Onnx__GraphProto *in;
    const Onnx__NodeProto *node; // being read
    int n_before;                // graph nodes before it
    int opset;
    struct graph *graph;
    struct value *values;
    int n_values;
    size_t n_constants; // elements of all constants
    int64_t batch;      // of the file's input; 0: any
};

// Logs the file, the node and the reason. Always false.
__attribute__((format(printf, 2, 3))) bool reader_fail(const struct reader *r, const char *format,
                                                       ...);

// Attributes of the current node. Integers outside [0, MAX_CHANNELS] become -1, which no caller
// accepts.
const Onnx__AttributeProto *reader_attribute(const struct reader *r, const char *name);
int reader_int(const struct reader *r, const char *name, int fallback);
real reader_float(const struct reader *r, const char *name, double fallback);
bool reader_string_is(const struct reader *r, const char *name, const char *value);
// n numbers, all fallback without the attribute. False (logged) if it has another length.
bool reader_ints(const struct reader *r, const char *name, int n, int fallback, int *values);

// Inputs of the current node. NULL when absent or (logged by reader_input) unknown.
bool reader_has(const struct reader *r, size_t input);
struct value *reader_input(const struct reader *r, size_t input);
const struct constant *reader_constant(const struct reader *r, size_t input);
// A list of small integers, an attribute (older files) or a constant input. *n is -1 without
// either. False (logged) if it is malformed.
bool reader_list(const struct reader *r, const char *name, size_t input, int64_t *list, int *n);
// The index of an axis, which the file counts from the end if negative; -1 if out of range.
int reader_axis(int64_t axis, int rank);
// Copies the floats of a constant, exactly len. False (logged) otherwise.
bool reader_floats(const struct reader *r, size_t input, const char *what, size_t len, real *to);

// The graph node that makes an input; one that is flattened gets a node that flattens it.
bool reader_picture(struct reader *r, size_t input, int *node, int *rank);

// Sizes of the axes after the batch axis, rank - 1 of them.
void reader_dims(const struct reader *r, const struct value *value, int dims[3]);

// Adds a graph node with its inputs filled in. Returns its index, or -1 (logged).
int reader_add(struct reader *r, struct node *node);
int reader_add_after(struct reader *r, struct node *node, int input);
// Sets the output of the current node.
bool reader_made(struct reader *r, int node, int rank);
bool reader_made_constant(struct reader *r, struct constant constant);
// Sets the output to the same values with other axes, n after the batch axis.
bool reader_reshaped(struct reader *r, const struct value *value, int n, const int *dims);
// Permutes axes: output axis i (0 c, 1 h, 2 w) is input axis axes[i]. Two permutations that undo
// each other are both omitted.
int reader_turn(struct reader *r, int input, const int axes[3]);
// Moves an axis (1 to 3; 1 does nothing) to the front, where the channels are, and back.
int reader_to_front(struct reader *r, int node, int axis);
int reader_from_front(struct reader *r, int node, int axis);

// Where the bytes of a tensor lie that is stored beside the model (data_location 1): in a file of
// the model's folder, whose name, size and offsets are as hostile as the rest. Owned by the reader.
// False (logged) when they are not there.
bool external_bytes(struct reader *r, const Onnx__TensorProto *tensor, ProtobufCBinaryData *bytes);

// Reads a constant of the file. False (logged) without memory or when it is damaged.
bool constant_read(struct reader *r, const Onnx__TensorProto *tensor, struct constant *constant);
bool constant_create(struct reader *r, int n_dims, const int *dims, bool floats,
                     struct constant *constant);
void constant_finish(struct constant *constant);
// Computes the current node, whose inputs are all constant. False (logged) if it cannot.
bool constant_node(struct reader *r);

// A dense layer with the constant input 1 as its weights:
//   w(u, i) = alpha * input[u * by_unit + i * by_input]
bool read_dense(struct reader *r, int units, int n_in, int by_unit, int by_input, double alpha);

// Each reads one ONNX operator or a few; false (logged) when it cannot.
bool read_conv(struct reader *r);
bool read_conv_transpose(struct reader *r);
bool read_pool(struct reader *r);
bool read_unpool(struct reader *r);
bool read_global_pool(struct reader *r);
bool read_activation(struct reader *r);
bool read_clip(struct reader *r);
bool read_hard_swish(struct reader *r);
bool read_gelu(struct reader *r);
bool read_power(struct reader *r);
bool read_prelu(struct reader *r);
bool read_norm(struct reader *r);
bool read_instance_norm(struct reader *r);
bool read_group_norm(struct reader *r);
bool read_layer_norm(struct reader *r);
bool read_gemm(struct reader *r);
bool read_matmul(struct reader *r);
bool read_arithmetic(struct reader *r);
bool read_negative(struct reader *r);
bool read_reciprocal(struct reader *r);
bool read_sum(struct reader *r);
bool read_concat(struct reader *r);
bool read_softmax(struct reader *r);
bool read_arg_max(struct reader *r);
bool read_dropout(struct reader *r);
bool read_identity(struct reader *r);
bool read_flatten(struct reader *r);
bool read_reshape(struct reader *r);
bool read_transpose(struct reader *r);
bool read_squeeze(struct reader *r);
bool read_unsqueeze(struct reader *r);
bool read_pad(struct reader *r);
bool read_reduce_mean(struct reader *r);
bool read_constant(struct reader *r);
bool read_shape(struct reader *r);
bool read_resize(struct reader *r);
