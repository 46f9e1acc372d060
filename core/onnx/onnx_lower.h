// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// A copy of a network for a file: what ONNX has no word for is said in a few layers that do the
// same at inference. A random ReLU becomes a leaky one; a mixed pool the mean of two pools; a
// stochastic pool, sum x^2 / sum x over what is positive, the quotient of two average pools. NULL
// (logged) without memory.
struct graph *onnx_lower(const struct graph *graph);
