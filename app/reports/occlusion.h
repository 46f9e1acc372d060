// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/classifier.h"
#include "app/analysis/analysis.h"

// What the answer depends on, by occlusion: a grey square covers one place of the face after the
// other (Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, 2014). Slow, but
// valid for any network; class activation maps show only what the last layer uses.

#define OCCLUSION_BATCH FACE_MAP_SIDE // faces a call, which the classifier must take

// Fills *map, but for its corners: by how much the log-odds of the label fall when the middle of a
// square, a quarter of the network's input wide, lies there. *strongest: the largest of it,
// log-odds; the cells are scaled to be drawn well. chip: GREY8 of chip_size. False (logged) without
// memory.
bool occlusion_map(struct classifier *classifier, const struct image *chip, int label,
                   struct attention_map *map, float *strongest);
