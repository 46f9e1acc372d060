// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/kernels.h"
#include "core/base/thread_pool.h"

// A graph run forward and backward on batches: what training and the gradient tests need. Keeps
// activations and gradients. (For running a trained network, plan.h is several times leaner.)
// Convolutions run with the batch norm, addition and ReLU after them as one
// (nhwc/conv_norm_relu.h), by Winograd's algorithm where it pays; other layers work in NCHW.

struct tape;

// For batches of at most max_batch. The graph is borrowed and must outlive the tape unchanged in
// structure; its values are read, and batch norm's running statistics written. NULL (logged)
// without memory.
struct tape *tape_create(struct graph *graph, int max_batch, const struct kernels *kernels,
                         struct thread_pool *threads);
void tape_destroy(struct tape *tape); // NULL is legal

// Where the caller puts the batch.  (max_batch, C, H, W)
real *tape_input(struct tape *tape);

// Runs the first n samples. training: batch statistics, dropout; seed: for layers that draw
// numbers.
void tape_forward(struct tape *tape, int n, bool training, uint64_t seed);

// The last node's activations after tape_forward.  (n, C, H, W)
const real *tape_output(const struct tape *tape);

// Mean cross-entropy of the last forward pass against target probabilities, which must end in
// softmax: loss = -1/n sum_n sum_i target log p;  its gradient by the logits is (p - target) / n.
// targets:(n, labels) Clears all gradients and puts the loss's gradient in place for tape_backward.
double tape_cross_entropy(struct tape *tape, const real *targets);

// The same for any gradient by the output of the last node.  dy:(n, C, H, W)
void tape_set_gradient(struct tape *tape, const real *dy);

// Back-propagates to every parameter, and to the input when wanted.
void tape_backward(struct tape *tape, bool to_input);

real *tape_gradients(struct tape *tape);                  // laid out as graph->values
const real *tape_input_gradient(const struct tape *tape); // (n, C, H, W)
