// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/kernels/kernels.h"

// What the consumers of a node's output need from it as an NHWC image.

// The border: the widest padding of the convolutions that consume it.
int nhwc_border_for(const struct graph *graph, int node);

// Whether its channels need no padding to a whole vector: they are fewer than one vector, and only
// convolutions that read them one by one consume it.
bool nhwc_narrow_for(const struct graph *graph, int node, const struct kernels *kernels);
