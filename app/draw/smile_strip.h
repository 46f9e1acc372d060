// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"

#include <stdint.h>

// The smiles of the last minute, in media time.

#define STRIP_BINS_PER_S 4
#define STRIP_BINS (60 * STRIP_BINS_PER_S)

// The highest probability of anybody in a part of a second.
struct strip_bin {
    float score; // [0,1]
    bool present, smiling;
};

// All zero: empty.
struct smile_strip {
    int64_t newest; // number of the newest bin, from 0 at the start of the medium
    struct strip_bin bins[STRIP_BINS];
};

// A frame at media time t. Time that runs backward, or by more than a minute, begins anew.
void smile_strip_add(struct smile_strip *strip, double t, const struct analysis *analysis);

// i: 0 is the oldest, STRIP_BINS - 1 the newest.
struct strip_bin smile_strip_at(const struct smile_strip *strip, int i);
