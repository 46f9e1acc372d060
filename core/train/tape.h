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

// The activations of output i after tape_forward.  (n, C, H, W)
const real *tape_output(const struct tape *tape, int i);

// Mean cross-entropy of the last forward pass against target probabilities, for a graph whose only
// output is a softmax: with m = n H W pixels (n samples of a vector), loss = -1/m sum_m sum_i
// target log p;  its gradient by the logits is (p - target) / m.  predicted: p, a softmax of the
// logits plus any constants; NULL: the output.  predicted, targets:(n, labels, H, W)
// Clears all gradients and sets the loss's gradient for tape_backward.
double tape_cross_entropy(struct tape *tape, const real *predicted, const real *targets);

// For any other loss: clears all gradients; then the caller writes the loss's gradient by each
// output here before tape_backward.  (n, C, H, W)
void tape_begin_backward(struct tape *tape);
real *tape_output_gradient(struct tape *tape, int i);

// Both for a single output.  dy:(n, C, H, W)
void tape_set_gradient(struct tape *tape, const real *dy);

// Back-propagates to every parameter, and to the input if to_input.
void tape_backward(struct tape *tape, bool to_input);

real *tape_gradients(struct tape *tape);                  // laid out as graph->values
const real *tape_input_gradient(const struct tape *tape); // (n, C, H, W)
