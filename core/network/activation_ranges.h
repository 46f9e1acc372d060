// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/base/metadata.h"

#include <stdbool.h>

// Between which values the results of a network's nodes lie, measured on samples
// (range_observer.h): what inference in int8 must know beside the weights. They ride in the model
// file's metadata:
//   smilecam.ranges            how many nodes the network has when it is made ready to run (fold.h)
//   smilecam.ranges.0, .1 ...  node:low:high, separated by spaces; nodes ascend

struct range {
    float low, high; // low <= 0 <= high; both 0 when it is not known
};

struct ranges {
    int n;            // nodes; 0 without ranges
    struct range *of; // by node of the folded graph; owned
};

bool ranges_init(struct ranges *ranges, int n); // all unknown; false (logged) without memory
void ranges_finish(struct ranges *ranges);      // legal on a zeroed one

// Whether the range of a node is known, and one to reckon with: neither next to nothing nor huge.
bool ranges_known(const struct ranges *ranges, int node);

// ranges->n stays 0 when the metadata holds none. False (logged in one sentence, naming name) when
// what it holds is not for this graph, or is nonsense.
bool ranges_read(const char *name, const struct graph *graph, const struct metadata *metadata,
                 struct ranges *ranges);

// Replaces what is there. False (logged) when there is no room for them.
bool ranges_write(const struct ranges *ranges, struct metadata *metadata);
