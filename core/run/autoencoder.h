// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"
#include "core/kernels/kernels.h"
#include "core/network/graph.h"

// Networks that learn, from pictures without labels, to make their input again out of the little
// that they keep of it (Hinton and Salakhutdinov 2006; convolutional: Masci et al. 2011). A linear
// end is to give the standardised pixels x themselves; a sigmoid, whose values lie in [0, 1],
//   t = clip((x + 3) / 6, 0, 1)

// Whether a network is one: it takes a square grey picture, and its only output is another of the
// same size.
bool autoencoder_is(const struct graph *graph);

// The mean of n values' losses: of squared errors (y - x)^2 or, after a sigmoid, of binary
// cross-entropies -t log y - (1 - t) log(1 - y), and its gradient dy:(n), NULL if not wanted.
double autoencoder_loss(const struct graph *graph, const real *x, const real *y, size_t n,
                        real *dy);

// The picture that an output stands for, as standardised pixels, in place. y:(n)
void autoencoder_picture(const struct graph *graph, real *y, size_t n);

// The mean loss of n GREY8 chips. NaN (logged) without memory.
double autoencoder_measure(const struct graph *graph, const struct image *chips, int n,
                           const struct kernels *kernels);
