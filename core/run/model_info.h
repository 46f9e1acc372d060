// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/classifier.h"
#include "core/network/graph.h"
#include "core/base/metadata.h"

// model_info <-> the metadata of a model file (keys "smilecam.labels", "smilecam.chip_size", ...).

// A network that ends in one logistic unit, p, is made to give both probabilities, (1 - p, p): the
// sigmoid becomes the softmax of 0 and the unit's value, which is the same and has a loss. Others
// stay as they are. False (logged) without memory.
bool model_complete(struct graph *graph);

// Whether a graph has the shape of a face classifier: one square grey picture of 8 to 512 pixels a
// side in, probabilities out, and not too much to compute. If not, the reason is logged, naming
// path.
bool model_shape_check(const char *path, const struct graph *graph);

// Whether a model may have such a label: labels go to terminals, into JSON and into a list.
bool model_label_valid(const char *label);

// The label that means a smile: "smile", "smiling", "happy", "happiness" in any case; -1 if there
// is none.
int model_smile_label(int n_labels, const char labels[][MODEL_LABEL_LEN]);
bool model_label_is_smile(const char *label);

// Whether two labels mean the same expression: equal but for case, or as "angry" and "anger".
bool model_label_same(const char *a, const char *b);

// Checks that the graph is a classifier of square grey faces with as many outputs as labels. False
// (logged, naming the path) if not.
bool model_info_read(const char *path, const struct graph *graph, const struct metadata *metadata,
                     struct model_info *info);

// Labels, sizes, padding and threshold, but not what follows from the graph.
void model_info_write(const struct model_info *info, struct metadata *metadata);
