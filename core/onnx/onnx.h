// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/base/metadata.h"

// The model file: ONNX. Files are treated as hostile: every dimension is bounded, every product
// checked for overflow, every weight must be finite, and no other file is read but the one in the
// same folder in which a large model keeps its weights.
//
// The writer writes opset 13: every layer except tiled convolution, gaps that do not belong to a
// transposed convolution, and Lp pools with a fractional exponent. Layers that are random in
// training are written as what they do at inference.
//
// The reader reads weights of 64, 32 and 16 bits, as floats, and opsets 7 to 18: classifiers as
// exported by PyTorch and Keras, from one image of known size to one output, made of:
//   Conv, ConvTranspose; MaxPool, AveragePool, LpPool, their Global forms (no dilation), ReduceMean
//   over height and width; Relu, LeakyRelu, PRelu, Elu, Sigmoid, HardSigmoid, HardSwish, Tanh,
//   Clip, Softmax over all values of a sample; BatchNormalization, Dropout; Gemm, MatMul by
//   weights; Add, Sub, Mul, Div, Neg, Reciprocal, Sum, with tensors or with one number for each
//   channel; Concat, Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Identity, Pad, none of which
//   may touch the batch's axis; and on constants also Cast, ConstantOfShape, Gather, Shape, Slice
//   and Sqrt.
// The error names anything else.

// Writes the graph and its metadata atomically. False (logged) when it cannot be written or has
// something that ONNX cannot express.
bool onnx_write(const struct graph *graph, const struct metadata *metadata, const char *path);

// Whether onnx_write can write the graph; if not, logs the reason, naming name.
bool onnx_can_write(const struct graph *graph, const char *name);

// Reads a file, or bytes, which messages call name. metadata may be NULL. NULL (logged) on failure.
// The caller destroys the graph.
struct graph *onnx_read(const char *path, struct metadata *metadata);
struct graph *onnx_parse(const char *name, const void *bytes, size_t len,
                         struct metadata *metadata);

#define ONNX_MAX_BYTES ((size_t)300 << 20)

// The version of protobuf-c, which reads and writes the bytes.
const char *onnx_protobuf_version(void);
