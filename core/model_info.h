// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "classifier.h"
#include "graph.h"
#include "metadata.h"

// model_info <-> the metadata of a model file (keys "smilecam.labels", "smilecam.chip_size", ...).

// Checks that the graph is a classifier of square grey faces with as many outputs as labels. False (logged,
// naming the path) if not.
bool model_info_read(const char *path, const struct graph *graph, const struct metadata *metadata,
                     struct model_info *info);

// Labels, sizes, padding and threshold, but not what follows from the graph.
void model_info_write(const struct model_info *info, struct metadata *metadata);
