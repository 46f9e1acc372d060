// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/onnx/onnx_message.h"

// Between onnx_write.c, which writes a graph, and onnx_write_layers.c, which writes one of its
// nodes.

struct writer {
    struct message m;
    const struct graph *graph; // lowered
    const char **tensor;       // by node: the name of its output
    bool *is_vector;           // by node: (N, C) rather than (N, C, H, W)
};

// The tensor that a node reads as its i-th input, with two axes or four as the node wants.
const char *writer_input(struct writer *w, int index, int i);

// The convolution that is a transposed one together with the gaps before it; -1 if none.
int writer_conv_of_gaps(const struct graph *graph, int gaps);

// Appends the ONNX form of a node. The last ONNX node, which makes the output; NULL without memory.
Onnx__NodeProto *writer_layer(struct writer *w, int index);
