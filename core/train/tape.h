// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/kernels.h"
#include "core/base/thread_pool.h"

// Runs a graph forward and backward on batches, for training and the gradient tests, and keeps all
// activations and gradients. (For inference use plan.h, which is several times leaner.) Each
// convolution runs together with the batch norm, addition and ReLU after it
// (nhwc/conv_norm_relu.h), by Winograd's algorithm where it is faster; other layers work in NCHW.

struct tape;

// For batches of at most max_batch. Borrows the graph, whose structure must not change; reads its
// values and updates batch norm's running statistics. NULL (logged) without memory.
struct tape *tape_create(struct graph *graph, int max_batch, const struct kernels *kernels,
                         struct thread_pool *threads);
void tape_destroy(struct tape *tape); // NULL is legal

// The caller writes the batch here.  (max_batch, C, H, W)
real *tape_input(struct tape *tape);

// Runs the first n samples. training: batch statistics and dropout. seed: for layers that draw
// random numbers.
void tape_forward(struct tape *tape, int n, bool training, uint64_t seed);

// The last node's activations after tape_forward.  (n, C, H, W)
const real *tape_output(const struct tape *tape);

// Mean cross-entropy of the last forward pass against target probabilities, for a graph that ends
// in softmax: loss = -1/n sum_n sum_i target log p;  its gradient by the logits is (p - target) /
// n. targets:(n, labels) Clears all gradients and sets the loss's gradient for tape_backward.
double tape_cross_entropy(struct tape *tape, const real *targets);

// The same for any gradient by the output of the last node.  dy:(n, C, H, W)
void tape_set_gradient(struct tape *tape, const real *dy);

// Back-propagates to every parameter, and to the input if to_input.
void tape_backward(struct tape *tape, bool to_input);

real *tape_gradients(struct tape *tape);                  // laid out as graph->values
const real *tape_input_gradient(const struct tape *tape); // (n, C, H, W)
