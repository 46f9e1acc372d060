// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/rng.h"
#include "core/network/layers/node.h"

// A network as data: nodes in order of execution, their shapes, and one flat block of all weights.
// Independent of batches, threads and instruction sets.

#define MAX_OUTPUTS 8

struct graph {
    int n_nodes, capacity;
    struct node *nodes; // nodes[0] is the input
    int n_outputs;      // 0: the last node is the only output
    int outputs[MAX_OUTPUTS];
    size_t n_values, values_capacity;
    real *values;
};

struct graph *graph_create(void);        // NULL (logged) without memory
void graph_destroy(struct graph *graph); // NULL is legal

// Appends a node after checking its attributes and inferring its shape and parameters (zeroed;
// graph_init fills them in). Returns its index, or -1 with a clause in error that says what is
// wrong.
int graph_add(struct graph *graph, const struct node *wanted, char error[GRAPH_ERROR_LEN]);

// Makes a node the network's next output. False with a clause in error if it is one already, or
// there are too many.
bool graph_add_output(struct graph *graph, int node, char error[GRAPH_ERROR_LEN]);

// Initialises the parameters: weights from He's normal distribution (He et al. 2015, eq. 10), batch
// norm and affine layers to the identity, slopes to 1/4 (He et al. 2015), all else to zero.
void graph_init(struct graph *graph, struct rng *rng);

// The same network with the same values for an input of another height and width, without nodes
// that no output depends on. NULL (logged) when it does not fit (a dense layer has a weight for
// each pixel, say) or without memory.
struct graph *graph_resized(const struct graph *graph, int height, int width);
struct graph *graph_copy(const struct graph *graph); // of the same size

// For a graph made of another, node by node: makes its outputs those of the other, map[old] being
// where a node went. False (logged) on failure.
bool graph_copy_outputs(const struct graph *from, const int *map, struct graph *to);

// The same network with other values, laid out as graph->values. Borrows both: it is not to be
// added to or destroyed.
struct graph graph_with_values(const struct graph *graph, real *values);

int graph_n_outputs(const struct graph *graph);        // at least 1
int graph_output_at(const struct graph *graph, int i); // the node that makes output i
int graph_output(const struct graph *graph);           // the first output's
bool graph_is_output(const struct graph *graph, int node);
struct shape graph_input_shape(const struct graph *graph);
struct shape graph_output_shape(const struct graph *graph); // of the first output
size_t graph_outputs_len(const struct graph *graph);        // of all outputs together
void graph_input_shapes(const struct graph *graph, const struct node *node,
                        struct shape in[MAX_INPUTS]); // of a node's inputs

// The only consumer of a node's result, -1 when there are none or several, or it is an output.
int graph_only_consumer(const struct graph *graph, int node);

size_t graph_n_trained(const struct graph *graph); // parameters, not counting running statistics

// Per sample: convolutions (including the zeros of gaps and borders), dense layers, pools.
long long node_multiply_adds(const struct graph *graph, int index);
long long graph_multiply_adds(const struct graph *graph);

// The values of a node's parameter of that role; NULL if it has none.
real *graph_values(const struct graph *graph, int node, const char *role);

// Copies a node's parameters to a node of another graph with parameters of the same roles and
// sizes.
void graph_copy_values(const struct graph *from, int old, struct graph *to, int new);
