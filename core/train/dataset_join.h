// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/dataset.h"

// Joins several crops files into one training set, without the same photograph on both sides of a
// split.

// Puts images that look alike (chip_hash.h) into one group, from whichever set they come, so that a
// split keeps them together. Returns how many images changed their group; -1 (logged) without
// memory.
int dataset_group_copies(struct dataset *dataset);

// Reduces the labels to two: "smile" for those that mean one, "neutral" for the rest. False
// (logged, naming the file) when no label means a smile.
bool dataset_smile_or_not(struct dataset *dataset, const char *name);

// Appends another set as the source of that number. Labels are matched by meaning
// (model_label_same); a label without a match becomes the one that is not the smile if there are
// two, otherwise its images are left out (logged). Returns how many faces were added; -1 (logged,
// naming the file) when the chips have another size or padding, or without memory.
int dataset_join(struct dataset *dataset, const struct dataset *more, const char *name, int source);

// What is held out: a source's images whose dataset_split is in [from, to).
struct held_out {
    int source;
    double from, to;
    uint64_t seed;
};

// Indices of the images that are held out, or (not held) of the faces to learn from: all others
// that are no copies of these, by source. items:(dataset->n) Returns how many; -1 (logged) without
// memory.
int dataset_held_out(const struct dataset *dataset, const struct held_out *held, int *items);
int dataset_to_learn(const struct dataset *dataset, const struct held_out *held, int *items);
