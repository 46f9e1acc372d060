// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/base/metadata.h"

// The model file: ONNX. A file from a stranger is hostile: every dimension is bounded, every
// product checked, every weight a finite number, nothing outside the file is read.
//
// Written is opset 13: every layer but tiled convolution, gaps that belong to no transposed
// convolution, and Lp pools whose exponent is no whole number. Layers that draw numbers in training
// are written as what they do at inference.
//
// Read are opsets 7 to 18 of classifiers as PyTorch's and Keras' exporters write them, from one
// picture of a known size to one output:
//   Conv, ConvTranspose; MaxPool, AveragePool, LpPool, their Global forms (no dilation), ReduceMean
//   over height and width; Relu, LeakyRelu, PRelu, Elu, Sigmoid, HardSigmoid, HardSwish, Tanh,
//   Clip, Softmax over all values of a sample; BatchNormalization, Dropout; Gemm, MatMul by
//   weights; Add, Sub, Mul, Div, Neg, Reciprocal, Sum, with tensors or with one number for each
//   channel; Concat, Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Identity, Pad, none of which
//   may touch the batch's axis; and on constants also Cast, ConstantOfShape, Gather, Shape, Slice
//   and Sqrt.
// Anything else is named in the error.

// Writes the graph and its metadata, whole or not at all. False (logged) when it cannot be written
// or holds something that ONNX cannot say.
bool onnx_write(const struct graph *graph, const struct metadata *metadata, const char *path);

// Whether onnx_write can write it; if not, the reason is logged, naming name.
bool onnx_can_write(const struct graph *graph, const char *name);

// Reads a file, or bytes with name for the messages. metadata may be NULL. NULL (logged: name, what
// is wrong) on failure.
struct graph *onnx_read(const char *path, struct metadata *metadata);
struct graph *onnx_parse(const char *name, const void *bytes, size_t len,
                         struct metadata *metadata);

#define ONNX_MAX_BYTES ((size_t)300 << 20)

// The version of protobuf-c, which reads and writes the bytes.
const char *onnx_protobuf_version(void);
