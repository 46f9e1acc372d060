// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/dataset.h"

// Joins several crops files into one training set, without the same photograph on both sides of a
// split.

// Puts images that look alike (chip_hash.h) into one group, so that a split keeps them together.
// Returns how many images changed their group; -1 (logged) without memory.
int dataset_group_copies(struct dataset *dataset);

// Reduces the labels to two: "smile" for those that mean one, "neutral" for the rest. False
// (logged, naming the file) when no label means a smile.
bool dataset_smile_or_not(struct dataset *dataset, const char *name);

// Appends the faces of another set as auxiliary ones, for training only. Labels are matched by
// meaning (model_label_same); a label without a match becomes the one that is not the smile if
// there are two, otherwise its faces are left out (logged). So are faces that look like one of the
// dataset's own. Returns how many were added; -1 (logged, naming the file) when the chips have
// another size or padding, or without memory.
int dataset_join(struct dataset *dataset, const struct dataset *more, const char *name);
