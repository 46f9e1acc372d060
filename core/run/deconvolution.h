// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/kernels/kernels.h"
#include "core/network/graph.h"

// What a feature map sees (Zeiler and Fergus, Visualizing and understanding convolutional networks,
// 2014): its strongest value alone is led back to the pixels, through transposed convolutions with
// the same weights, un-pooling to where the maxima were, and rectifiers that let only what is
// positive of the returning signal pass. Any other layer is passed by its gradient.

struct deconvolution;

// Runs the graph, which is borrowed, on one input:(C, H, W), and keeps what each layer made of it.
// NULL (logged) without memory.
struct deconvolution *deconvolution_create(const struct graph *graph, const real *input,
                                           const struct kernels *kernels);
void deconvolution_destroy(struct deconvolution *d); // NULL is legal

// What a layer made of the input.  (C, H, W) of the layer
const real *deconvolution_features(const struct deconvolution *d, int layer);

// What the map, a channel of a layer, sees at the place of its largest value (or, if none is
// positive, of its least).  (C, H, W) of the input; valid until the next call
const real *deconvolution_run(struct deconvolution *d, int layer, int channel);
