// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/int8_kernels.h"
#include "core/kernels/kernels.h"
#include "core/network/activation_ranges.h"

// A graph compiled for inference: batch norm is folded; bias, shortcut and ReLU are applied while a
// convolution's result is in registers; weights are packed for the kernels; tensors share one block
// of memory by lifetime. Convolutions, dense layers, and the pools, sums and the like between them
// work on NHWC images (nhwc/nhwc.h), other layers in NCHW, with conversions in between.

struct plan;

// How convolutions are computed. The use of Winograd's algorithm depends only on shapes and the
// kernels' vector length (nhwc_conv_winograd_pays), never on timing, so that a network gives the
// same bits on every run. Probabilities of the two differ by less than 1e-4.
enum plan_arithmetic {
    PLAN_FAST,  // Winograd's F(4x4, 3x3) where it is faster, elsewhere the direct sum
    PLAN_DIRECT // the direct sum everywhere
};

// For batches of at most max_batch samples. The graph is copied. NULL (logged) without memory.
struct plan *plan_create(const struct graph *graph, int max_batch, const struct kernels *kernels);
struct plan *plan_create_as(const struct graph *graph, int max_batch, const struct kernels *kernels,
                            enum plan_arithmetic arithmetic);

// Runs convolutions whose input ranges are known in int8 (nhwc/int8_conv.h), on images of bytes as
// long as they follow one another, and everything else as PLAN_FAST. ranges are those of this graph
// (ranges_read or range_observer.h); int8's lanes divide the kernels'. All int8 kernels give the
// same bits, which differ from those of float arithmetic (docs/int8.md). Slow with the reference,
// int8_scalar; with the others faster than PLAN_FAST where convolutions follow one another, slower
// where float layers separate all of them.
struct plan *plan_create_int8(const struct graph *graph, int max_batch,
                              const struct kernels *kernels, const struct int8_kernels *int8,
                              const struct ranges *ranges);

void plan_destroy(struct plan *plan); // NULL is legal

// x:(n, C, H, W) y:(n, outputs), 1 <= n <= max_batch; several outputs lie one after the other, each
// (C, H, W). Allocates nothing, takes no lock, cannot
// fail; one thread at a time per plan, so several threads need a plan each. Samples run one after
// the other, so that the tensors of each stay in the cache.
void plan_run(struct plan *plan, const real *x, int n, real *y);

// The folded graph that it runs (fold.h), and the feature maps that its class maps are made of,
// from the last plan_run.  (n, C, H, W); NULL when the network has none (class_map.h)
const struct graph *plan_graph(const struct plan *plan);
const real *plan_class_features(const struct plan *plan);

// Runs one sample and reports each result that convolutions of NHWC images read or add as soon as
// it is computed: a node of the folded graph and n of its values, including zeros of borders and
// padding channels, in one or more calls per node. Not for int8 plans.
void plan_watch(struct plan *plan, const real *x,
                void (*seen)(void *arg, int node, int n, const real *values), void *arg);

size_t plan_memory(const struct plan *plan); // bytes, weights and tensors
