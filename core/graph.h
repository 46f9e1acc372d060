// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "real.h"
#include "rng.h"

#include <stdbool.h>
#include <stddef.h>

// A network as data: nodes in the order of their execution, shapes, and one flat block with every
// weight. Knows nothing of batches, threads or instruction sets.

enum op {
    OP_INPUT,
    OP_CONV,
    OP_POOL,
    OP_GLOBAL_POOL, // average over height and width
    OP_ACTIVATION,
    OP_BATCH_NORM,
    OP_DENSE, // flattens its input
    OP_DROPOUT,
    OP_ADD,
    OP_CONCAT, // along the channels
    OP_SOFTMAX,
    N_OPS
};

enum activation { ACT_RELU, ACT_LEAKY_RELU, ACT_ELU, ACT_SIGMOID, ACT_TANH, N_ACTIVATIONS };

enum pool_kind { POOL_MAX, POOL_AVERAGE };

// Of one sample: channels, height, width. A vector is (n, 1, 1).
struct shape {
    int c, h, w;
};

size_t shape_len(struct shape shape);

struct window {
    int kernel_h, kernel_w;
    int stride_h, stride_w;
    int dilation_h, dilation_w;
    int top, left, bottom, right; // padding, pixels
};

struct conv {
    struct window window;
    int filters, groups;
    bool bias;
};

struct pool {
    enum pool_kind kind;
    struct window window; // average: padding does not count in the mean
};

struct batch_norm {
    real epsilon;
    real momentum; // running = (1 - momentum) * running + momentum * batch
};

// Where a parameter lies in graph->values.
struct param {
    const char *role; // "weight", "bias", "scale", "shift", "mean", "variance"
    size_t offset, len;
    int n_dims, dims[4];
    bool trained; // false: running statistics
    bool decayed; // weight decay applies
};

#define MAX_INPUTS 8
#define MAX_PARAMS 4
#define MAX_NODES 2048
#define MAX_VALUES ((size_t)64 << 20) // parameters of a graph
#define MAX_TENSOR ((size_t)16 << 20) // elements of one sample's tensor
#define MAX_CHANNELS (1 << 16)
#define NODE_NAME_LEN 48

struct node {
    enum op op;
    char name[NODE_NAME_LEN];         // filled in when empty
    int n_inputs, inputs[MAX_INPUTS]; // indices of earlier nodes
    union {
        struct shape input; // OP_INPUT
        struct conv conv;
        struct pool pool;
        struct {
            enum activation kind;
            real alpha; // slope (leaky) or scale (ELU) of the negative side
        } activation;
        struct batch_norm batch_norm;
        int units;    // OP_DENSE
        real dropout; // share of values dropped
    };
    // filled in by graph_add:
    struct shape shape; // of the output
    int n_params;
    struct param params[MAX_PARAMS];
};

struct graph {
    int n_nodes, capacity;
    struct node *nodes; // nodes[0] is the input, the last one is the output
    size_t n_values, values_capacity;
    real *values;
};

struct graph *graph_create(void);        // NULL (logged) without memory
void graph_destroy(struct graph *graph); // NULL is legal

// Appends a node, checking its attributes and working out its shape and parameters (zeroed;
// graph_init fills them). Returns its index, or -1 with one clause in error saying what is wrong.
#define GRAPH_ERROR_LEN 160
int graph_add(struct graph *graph, const struct node *node, char error[GRAPH_ERROR_LEN]);

// Fills in the parameters: He's normal initialisation for weights (He et al. 2015, eq. 10),
// identity for batch norm, zero elsewhere.
void graph_init(struct graph *graph, struct rng *rng);

struct shape graph_input_shape(const struct graph *graph);
struct shape graph_output_shape(const struct graph *graph);
size_t graph_n_trained(const struct graph *graph); // parameters without running statistics
long long
graph_multiply_adds(const struct graph *graph); // per sample: convolutions, dense layers, pools

// The parameter of that role of a node, NULL if it has none.
const struct param *node_param(const struct node *node, const char *role);
real *graph_values(struct graph *graph, int node, const char *role);

// Output size along one axis: floor((size + padding - dilation * (kernel - 1) - 1) / stride) + 1;
// at most 0 when the window does not fit.
int window_out(int size, int kernel, int stride, int dilation, int padding);
