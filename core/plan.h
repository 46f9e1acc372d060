// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "graph.h"
#include "kernels/kernels.h"

// A graph made ready to run: batch norm folded; bias, shortcut and ReLU done while a convolution's
// result is in registers; weights packed for the kernels; one block of memory with reuse by
// lifetime. Convolutions, dense layers, and pools, sums and the like between them hand on blocked
// pictures (blocked/blocked.h); other layers work on planes, with conversions where the two meet.

struct plan;

// How convolutions are computed. Which ones Winograd's algorithm takes follows from shapes and the
// kernels' vector length alone (blocked_conv_winograd_pays), never from timing, so that a network
// gives the same bits on every run. Probabilities of the two differ by less than 1e-4.
enum plan_arithmetic {
    PLAN_FAST,  // Winograd's F(4x4, 3x3) where it pays, the sum as it is written elsewhere
    PLAN_DIRECT // the sum as it is written everywhere
};

// For batches of at most max_batch samples. The graph is copied. NULL (logged) without memory.
struct plan *plan_create(const struct graph *graph, int max_batch, const struct kernels *kernels);
struct plan *plan_create_as(const struct graph *graph, int max_batch, const struct kernels *kernels,
                            enum plan_arithmetic arithmetic);
void plan_destroy(struct plan *plan); // NULL is legal

// x:(n, C, H, W) y:(n, outputs), 1 <= n <= max_batch. Allocates nothing, takes no lock, cannot
// fail; one thread at a time per plan. Samples run one after the other, so that the tensors of one
// stay in the cache; several threads want a plan each.
void plan_run(struct plan *plan, const real *x, int n, real *y);

// The graph that it runs, folded (fold.h), and the feature maps that its class maps are made of, as
// the last plan_run computed them.  (n, C, H, W); NULL when the network has none (class_map.h)
const struct graph *plan_graph(const struct plan *plan);
const real *plan_class_features(const struct plan *plan);

size_t plan_memory(const struct plan *plan); // bytes, weights and work together
