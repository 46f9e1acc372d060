// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/kernels.h"
#include "core/network/activation_ranges.h"

// Measures the ranges that inference in whole numbers needs, by running samples like those that
// are to come through the network in float arithmetic.

struct calibrator;

// NULL (logged) without memory.
struct calibrator *calibrator_create(const struct graph *graph, const struct kernels *kernels);
void calibrator_destroy(struct calibrator *calibrator); // NULL is legal

void calibrator_add(struct calibrator *calibrator, const real *x); // one sample: (C, H, W)

// The ranges so far, unknown without samples: each end midway between the outermost of all samples
// and the mean of the samples' outermost. Of what was tried, probabilities of the worst face are
// nearest to float arithmetic's so (docs/int8.md). False (logged) without memory.
bool calibrator_ranges(const struct calibrator *calibrator, struct ranges *ranges);
