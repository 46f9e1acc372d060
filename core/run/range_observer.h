// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/kernels.h"
#include "core/network/activation_ranges.h"

// Measures the ranges that int8 inference needs by running representative samples through the
// network in float.

struct range_observer;

// NULL (logged) without memory.
struct range_observer *range_observer_create(const struct graph *graph,
                                             const struct kernels *kernels);
void range_observer_destroy(struct range_observer *observer); // NULL is legal

void range_observer_add(struct range_observer *observer,
                        const real *x); // one sample: (C, H, W)

// The ranges so far, unknown without samples. Each end is midway between the extreme of all samples
// and the mean of the samples' extremes: of the rules tried, the one with the smallest worst-case
// difference from float probabilities (docs/int8.md). False (logged) without memory.
bool range_observer_ranges(const struct range_observer *observer, struct ranges *ranges);
