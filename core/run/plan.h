// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/int8_kernels.h"
#include "core/kernels/kernels.h"
#include "core/network/activation_ranges.h"

// A graph made ready to run: batch norm folded; bias, shortcut and ReLU done while a convolution's
// result is in registers; weights packed for the kernels; one block of memory with reuse by
// lifetime. Convolutions, dense layers, and pools, sums and the like between them hand on blocked
// pictures (nhwc/nhwc.h); other layers work in NCHW, with conversions where the two meet.

struct plan;

// How convolutions are computed. Which ones Winograd's algorithm takes follows from shapes and the
// kernels' vector length alone (nhwc_conv_winograd_pays), never from timing, so that a network
// gives the same bits on every run. Probabilities of the two differ by less than 1e-4.
enum plan_arithmetic {
    PLAN_FAST,  // Winograd's F(4x4, 3x3) where it pays, the sum as it is written elsewhere
    PLAN_DIRECT // the sum as it is written everywhere
};

// For batches of at most max_batch samples. The graph is copied. NULL (logged) without memory.
struct plan *plan_create(const struct graph *graph, int max_batch, const struct kernels *kernels);
struct plan *plan_create_as(const struct graph *graph, int max_batch, const struct kernels *kernels,
                            enum plan_arithmetic arithmetic);

// Convolutions whose inputs' ranges are known in int8 (nhwc/int8_conv.h), on pictures of
// bytes as long as they follow each other; everything else as PLAN_FAST. ranges are of this graph
// (ranges_read or range_observer.h) and int8's lanes divide the kernels'. The bits of a convolution
// are the same with every int8, but are not those of float arithmetic: docs/int8.md has figures.
// Slow with the reference, int8_scalar; with the others faster than PLAN_FAST where convolutions
// follow each other, slower where layers that stay in float stand between all of them.
struct plan *plan_create_int8(const struct graph *graph, int max_batch,
                              const struct kernels *kernels, const struct int8_kernels *int8,
                              const struct ranges *ranges);

void plan_destroy(struct plan *plan); // NULL is legal

// x:(n, C, H, W) y:(n, outputs), 1 <= n <= max_batch. Allocates nothing, takes no lock, cannot
// fail; one thread at a time per plan. Samples run one after the other, so that the tensors of one
// stay in the cache; several threads want a plan each.
void plan_run(struct plan *plan, const real *x, int n, real *y);

// The graph that it runs, folded (fold.h), and the feature maps that its class maps are made of, as
// the last plan_run computed them.  (n, C, H, W); NULL when the network has none (class_map.h)
const struct graph *plan_graph(const struct plan *plan);
const real *plan_class_features(const struct plan *plan);

// Runs one sample and shows, as they are made, the results that convolutions of NHWC images
// read or add: a node of the folded graph and n of its values, zeros of borders and filling up
// among them, perhaps in several parts. Not for a plan in int8.
void plan_watch(struct plan *plan, const real *x,
                void (*seen)(void *arg, int node, int n, const real *values), void *arg);

size_t plan_memory(const struct plan *plan); // bytes, weights and work together
