// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/rng.h"
#include "core/train/scene_set.h"

// What a detector learns from: windows cut at random out of pictures with known boxes, at every
// size and angle, in every light, with faces pasted onto other backgrounds and things held before
// them.

#define SCENE_MAX_TRUTHS 96

// One sample of side x side grey levels, and its truths. scratch: side * side floats. Returns the
// number of truths.
int scene_sample(const struct scene_set *set, struct rng *rng, int side, float *scratch, float *out,
                 struct object_truth truths[SCENE_MAX_TRUTHS]);
