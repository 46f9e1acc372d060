// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/metadata.h"
#include "core/network/graph.h"

// Gives a graph the weights of a model, by its path or a shipped one's name, whose last layer may
// differ: it then starts from scratch. What the model had learnt from is added to sources as
// "smilecam.init". False (logged) when it cannot be read or has another architecture.
bool initial_weights(struct graph *graph, const char *path, uint64_t seed,
                     struct metadata *sources);
