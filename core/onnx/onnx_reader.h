// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/onnx/onnx.pb-c.h"

#include <stdint.h>

// What the parts of the ONNX reader share. A node of the file becomes one or a few of ours, or is
// computed at once when all that it reads is constant.
//
// Tensors keep ONNX's order of axes: after the batch's, up to three axes are our channels, height
// and width, whatever they mean to the exporter; a network that keeps its channels last is read
// with its transpositions. A tensor with one axis after the batch's may be the picture of another
// node lying flat, since dense layers flatten what they read.

#define ONNX_MAX_RANK 6

// Exactly one of floats and ints is there, unless the file's type is none that is read.
struct constant {
    int n_dims, dims[ONNX_MAX_RANK];
    size_t len;
    float *floats;
    int64_t *ints;
};

struct value {
    const char *name;
    int node; // -1: a constant
    int rank; // of a node's output: axes with the batch's, 1 to 4
    struct constant constant;
};

struct reader {
    const char *name; // of the file
    const Onnx__GraphProto *in;
    const Onnx__NodeProto *node; // being read
    int n_before;                // nodes of ours that were there before it
    int opset;
    struct graph *graph;
    struct value *values;
    int n_values, capacity;
    size_t n_constants; // elements of all constants
    int64_t batch;      // of the file's input; 0: any
};

// Logs the file, the node and the reason. Always false.
__attribute__((format(printf, 2, 3))) bool reader_fail(const struct reader *r, const char *format,
                                                       ...);

// Attributes of the present node. Integers outside [0, MAX_CHANNELS] become -1, which none allows.
const Onnx__AttributeProto *reader_attribute(const struct reader *r, const char *name);
int reader_int(const struct reader *r, const char *name, int fallback);
real reader_float(const struct reader *r, const char *name, double fallback);
bool reader_string_is(const struct reader *r, const char *name, const char *value);
// n numbers, all fallback without the attribute. False (logged) if it has another length.
bool reader_ints(const struct reader *r, const char *name, int n, int fallback, int *values);

// Inputs of the present node. NULL when there is none or (logged by reader_input) nothing made it.
bool reader_has(const struct reader *r, size_t input);
struct value *reader_input(const struct reader *r, size_t input);
const struct constant *reader_constant(const struct reader *r, size_t input);
// Small integers that are an attribute (older files) or a constant input. *n is -1 if they are
// neither. False (logged) if they are not what they should be.
bool reader_list(const struct reader *r, const char *name, size_t input, int64_t *list, int *n);
// An axis as the file counts it, from the end if negative; -1 if there is none such.
int reader_axis(int64_t axis, int rank);
// The floats of a constant, exactly len of them. False (logged) if not.
bool reader_floats(const struct reader *r, size_t input, const char *what, size_t len, real *to);

// The node of ours that makes an input, as a picture: what lies flat gets a node that makes it so.
bool reader_picture(struct reader *r, size_t input, int *node, int *rank);

// Sizes of the axes after the batch's; their number is rank - 1.
void reader_dims(const struct reader *r, const struct value *value, int dims[3]);

// Adds a node of ours, its inputs filled in; its index, or -1 (logged).
int reader_add(struct reader *r, struct node *node);
int reader_add_after(struct reader *r, struct node *node, int input);
// Names the present node's output.
bool reader_made(struct reader *r, int node, int rank);
bool reader_made_constant(struct reader *r, struct constant constant);
// The same values with other axes, n after the batch's.
bool reader_reshaped(struct reader *r, const struct value *value, int n, const int *dims);
// Moves axes: output axis i (0 c, 1 h, 2 w) is input axis axes[i]. What undoes the transposition
// before it is left out with that.
int reader_turn(struct reader *r, int input, const int axes[3]);
// Moves an axis to the front, where the channels are (1, which does nothing; 2; 3), and back.
int reader_to_front(struct reader *r, int node, int axis);
int reader_from_front(struct reader *r, int node, int axis);

// Reads a constant of the file. False (logged) without memory or when it is damaged.
bool constant_read(struct reader *r, const Onnx__TensorProto *tensor, struct constant *constant);
bool constant_create(struct reader *r, int n_dims, const int *dims, bool floats,
                     struct constant *constant);
void constant_finish(struct constant *constant);
// Computes the present node, all whose inputs are constant. False (logged) if it cannot.
bool constant_node(struct reader *r);

// A dense layer of a vector or of what lies flat, with the constant input 1 as its weights:
//   w(u, i) = alpha * input[u * by_unit + i * by_input]
bool read_dense(struct reader *r, int units, int n_in, int by_unit, int by_input, double alpha);

// One for each ONNX operator, or a few of them; false (logged) when it cannot be read.
bool read_conv(struct reader *r);
bool read_conv_transpose(struct reader *r);
bool read_pool(struct reader *r);
bool read_global_pool(struct reader *r);
bool read_activation(struct reader *r);
bool read_clip(struct reader *r);
bool read_hard_swish(struct reader *r);
bool read_prelu(struct reader *r);
bool read_norm(struct reader *r);
bool read_gemm(struct reader *r);
bool read_matmul(struct reader *r);
bool read_arithmetic(struct reader *r);
bool read_negative(struct reader *r);
bool read_reciprocal(struct reader *r);
bool read_sum(struct reader *r);
bool read_concat(struct reader *r);
bool read_softmax(struct reader *r);
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
