// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/onnx/onnx_message.h"

// What the parts of the ONNX writer share.

struct writer {
    struct message m;
    const struct graph *graph; // lowered
    const char **tensor;       // by node: the name of its output
    bool *is_vector;           // by node: (N, C) rather than (N, C, H, W)
};

// The tensor that a node reads as its i-th input, with two axes or four as the node requires.
const char *writer_input(struct writer *w, int index, int i);

// Whether a node inserts gaps between pixels, as a transposed convolution does first.
bool writer_has_gaps(const struct node *node);

// The convolution that together with the gaps before it is a transposed one; -1 if there is none.
int writer_conv_of_gaps(const struct graph *graph, int gaps);

// Appends the ONNX form of a node. Returns the last ONNX node, which makes the output; NULL without
// memory.
Onnx__NodeProto *writer_layer(struct writer *w, int index);
