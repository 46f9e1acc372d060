// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/kernels.h"

// What the readers of a node's result want of it as a NHWC image.

// The widest padding of the convolutions that read it.
int nhwc_border_for(const struct graph *graph, int node);

// Whether its channels need no filling up to a whole vector: less than one, and read by
// convolutions alone, which take them one by one.
bool nhwc_narrow_for(const struct graph *graph, int node, const struct kernels *kernels);
