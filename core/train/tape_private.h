// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/nhwc/conv_norm_relu.h"
#include "core/train/tape.h"

// Private to tape*.c: the steps that a graph is compiled to, and the layout in memory.

enum form { NCHW, NHWC, N_FORMS };

// A node's result in one of its forms, and its gradient.
struct tensor {
    enum form form;
    struct nhwc layout, d_layout; // as NHWC
    size_t y, dy;                 // places in memory
    size_t len, d_len;            // of one sample
    bool written;                 // the gradient, in this backward pass
};

enum step_kind { STEP_LAYER, STEP_CONV_NORM_RELU, STEP_CONVERT };

struct step {
    enum step_kind kind;
    int node, norm;     // the norm after a convolution, -1 without
    int in[MAX_INPUTS]; // tensors
    int out, addend;    // tensors; -1 without an addend
    struct conv_norm_relu block;
    size_t raw, saved, packed; // places in memory
};

struct tape {
    struct graph *graph;
    const struct kernels *kernels;
    struct thread_pool *threads;
    int max_batch, n;
    bool training;
    uint64_t seed;
    int n_steps, n_tensors;
    struct step *steps;
    struct tensor *tensors;
    int (*tensor_of)[N_FORMS]; // by node; -1: none
    bool *inside;              // by node: computed inside an earlier node's step
    // One allocation: activations, gradients, what layers save, gradients of the parameters,
    // scratch. Borders of NHWC tensors are zeroed at first and never written.
    real *memory;
    double *sums;
    size_t dparams, scratch, shards, len;
    size_t scratch_len; // per worker
};

// Fills in the steps and lays everything out in one block of tape->len reals; steps, tensors,
// tensor_of and inside are allocated. Returns the length of tape->sums.
size_t tape_make_steps(struct tape *tape);
