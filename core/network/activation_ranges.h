// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/base/metadata.h"

#include <stdbool.h>

// The ranges of the outputs of a network's nodes, measured on samples (range_observer.h), which
// int8 inference needs besides the weights. They are stored in the model file's metadata:
//   smilecam.ranges            number of nodes of the folded network (fold.h)
//   smilecam.ranges.0, .1 ...  node:low:high, separated by spaces; nodes ascend

struct range {
    float low, high; // low <= 0 <= high; both 0: unknown
};

struct ranges {
    int n;            // nodes; 0 without ranges
    struct range *of; // by node of the folded graph; owned
};

bool ranges_init(struct ranges *ranges, int n); // all unknown; false (logged) without memory
void ranges_finish(struct ranges *ranges);      // legal on a zeroed one

// Whether the range of a node is known and usable: neither tiny nor huge.
bool ranges_known(const struct ranges *ranges, int node);

// ranges->n is 0 when the metadata has none. False (logged, naming name) when they are invalid or
// those of another graph.
bool ranges_read(const char *name, const struct graph *graph, const struct metadata *metadata,
                 struct ranges *ranges);

// Replaces the ranges in the metadata. False (logged) when they do not fit.
bool ranges_write(const struct ranges *ranges, struct metadata *metadata);
