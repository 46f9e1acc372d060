// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// A copy of a network for writing: layers that ONNX lacks are replaced by ones that do the same at
// inference. A random ReLU becomes a leaky one; a mixed pool the mean of two pools; a stochastic
// pool, sum x^2 / sum x over positive x, the quotient of two average pools; a group norm
// an instance norm of the groups as channels, and the scales. NULL (logged) without
// memory.
struct graph *onnx_lower(const struct graph *graph);
