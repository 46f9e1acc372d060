// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/dataset.h"

// Several crops files as one set to learn from, without the same photograph on both sides of a
// split.

// Gives pictures that look alike (chip_hash.h) one group, so that a split keeps them together.
// Returns how many pictures changed their group; -1 (logged) without memory.
int dataset_group_copies(struct dataset *dataset);

// Two labels instead of many: "smile" for those that mean one, "neutral" for all others. False
// (logged, naming the file) when no label means a smile.
bool dataset_smile_or_not(struct dataset *dataset, const char *name);

// Appends the faces of another set as auxiliary ones: learned from, never measured. A label
// counts as the one here that means the same (model_info.h); one without a counterpart as the other
// of two, else its faces are left out (logged), as are those that look like a picture of the
// dataset's own. Returns their number; -1 (logged, naming the file) when the chips are cut
// otherwise or memory is short.
int dataset_join(struct dataset *dataset, const struct dataset *more, const char *name);
