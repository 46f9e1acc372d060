// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// A copy of a trained network for inference: batch norms and affine layers are folded into the
// convolution, dense or affine layer before them (w' = w * scale / sqrt(variance + epsilon), b' =
// (b - mean) * scale / sqrt(variance + epsilon) + shift), zero borders into the convolution after
// them, and dropout is removed. NULL (logged) without memory.
struct graph *fold_graph(const struct graph *graph);
