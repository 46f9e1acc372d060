// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/onnx/onnx.pb-c.h"
#include "core/base/real.h"

#include <stdbool.h>
#include <stddef.h>

// An ONNX file under construction. One list owns all memory of a message; message_finish frees it.
// Functions that run out of memory set failed and return NULL; after that they do nothing.

struct message {
    struct message_block *blocks;
    bool failed;  // out of memory
    bool refused; // (logged)
    Onnx__GraphProto *out;
};

void *message_take(struct message *m, size_t size); // zeroed
#define MESSAGE_TAKE(m, n, type) ((type *)message_take(m, (n) * sizeof(type)))
void message_finish(struct message *m);

__attribute__((format(printf, 2, 3))) char *message_text(struct message *m, const char *format,
                                                         ...);

// Reserves room for that many nodes and tensors in total.
void message_begin(struct message *m, size_t n_nodes, size_t n_tensors);

// Appends a node with one output, which has the name of the node, made unique.
#define MESSAGE_MAX_INPUTS 12
Onnx__NodeProto *message_node(struct message *m, const char *op, const char *name);
const char *message_second_output(struct message *m, Onnx__NodeProto *node); // its name
void message_input(Onnx__NodeProto *node, const char *tensor);
void message_int(struct message *m, Onnx__NodeProto *node, const char *name, int value);
void message_float(struct message *m, Onnx__NodeProto *node, const char *name, double value);
void message_ints(struct message *m, Onnx__NodeProto *node, const char *name, int n,
                  const int *values);
void message_string(struct message *m, Onnx__NodeProto *node, const char *name, const char *value);

// Appends a constant tensor named NODE.ROLE and makes it an input of the node. Refuses values
// that are not finite.
void message_floats(struct message *m, Onnx__NodeProto *node, const char *role, int n_dims,
                    const int *dims, const real *values, size_t len);
void message_list(struct message *m, Onnx__NodeProto *node, const char *role, int n,
                  const int *values);

// A graph input or output: (N, dims...) of floats.
Onnx__ValueInfoProto *message_value(struct message *m, const char *name, int n_dims,
                                    const int *dims);
