// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/layers/node.h"
#include "core/kernels/kernels.h"
#include "core/base/rng.h"
#include "core/base/thread_pool.h"

// The operations of each kind of node, one table entry per op. Forward and backward run one node on
// a batch of n samples; tensors are (N,C,H,W), each sample contiguous.

// Weight gradients are summed over a batch in this many shards of it, each in order, then the
// shards' sums in order: the same rounding for any number of threads.
#define N_SHARDS 8

struct pass {
    const struct node *node;
    const struct shape *in; // shapes of the inputs
    int n;
    bool training;
    const struct kernels *kernels;
    struct thread_pool *threads;
    uint64_t seed; // for layers that draw random numbers; different in each step
    const real *x[MAX_INPUTS];
    real *y;
    const real *dy;            // backward: gradient of the loss by y
    real *dx[MAX_INPUTS];      // added to; NULL when not needed
    real *params[MAX_PARAMS];  // running statistics are written in training
    real *dparams[MAX_PARAMS]; // added to
    real *saved;               // saved_len reals, from forward to backward
    real *scratch;             // thread_pool_size x scratch_len reals, 64-byte aligned
    size_t scratch_len;
    real *shards; // N_SHARDS x shard_len reals
};

// A member of struct node; never a struct with padding, whose bytes mean nothing.
struct attribute {
    size_t at, len;
};

#define ATTR(member)                                                                               \
    { offsetof(struct node, member), sizeof((struct node *)0)->member }

struct layer {
    const char *name;
    struct attribute attributes[12]; // what decides the result besides op, shape and inputs
    // Checks attributes against the input shapes, fills in node->shape and declares parameters with
    // node_add_param. False with a clause in error.
    bool (*shape)(struct node *node, const struct shape *in, char *error);
    void (*forward)(const struct pass *pass);
    void (*backward)(const struct pass *pass); // NULL: no gradient passes (input)
    // NULL means 0.
    size_t (*saved_len)(const struct node *node, const struct shape *in, int n);
    size_t (*scratch_len)(const struct node *node, const struct shape *in,
                          const struct kernels *kernels);
    size_t (*shard_len)(const struct node *node, const struct shape *in);
};

extern const struct layer *const layers[N_OPS];

extern const struct layer layer_input, layer_conv, layer_pad, layer_tile, layer_pool, layer_unpool,
    layer_global_pool, layer_spectral_pool, layer_activation, layer_prelu, layer_batch_norm,
    layer_group_norm, layer_affine, layer_dense, layer_dropout, layer_add, layer_multiply,
    layer_concat, layer_reshape, layer_transpose, layer_resize, layer_softmax, layer_log_softmax;

// Adds a node's op, shape, inputs and attributes to a hash (hash.h). Two nodes that compute
// different things with the same parameters have different hashes.
uint64_t layer_hash(uint64_t hash, const struct node *node);

// The samples of a shard: [*from, *to).
static inline void layer_shard(int n, int shard, int *from, int *to) {
    *from = n * shard / N_SHARDS;
    *to = n * (shard + 1) / N_SHARDS;
}

// Up-sampling along one axis: output i is (1 - share) x[first] + share x[second] of size pixels.
struct resize_axis {
    int first, second;
    real share;
};
struct resize_axis resize_axis(enum resize_kind kind, int i, int factor, int size);

// Their names in architecture files.
const char *activation_name(enum activation kind);
const char *pool_name(enum pool_kind kind);
const char *border_name(enum border border);

// The two numbers of an activation whose line does not give them.
void activation_defaults(enum activation kind, real *alpha, real *beta);
