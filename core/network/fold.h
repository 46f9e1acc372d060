// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// A copy of a trained network for inference: batch norms and affine layers folded into the
// convolution, dense or affine layer before them (w' = w * scale / sqrt(variance + epsilon), b' =
// (b - mean) * scale / sqrt(variance + epsilon) + shift), borders of zeros into the convolution
// after them, dropout removed. NULL (logged) without memory.
struct graph *fold_graph(const struct graph *graph);
