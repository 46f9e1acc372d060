// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"

// Takes a photograph when everyone smiles: they hold it, a countdown runs, and once somebody has
// stopped smiling it waits for the next. Pure: media time, no clock.

#define SHUTTER_HOLD_S 0.5
#define SHUTTER_COUNTS 3
#define SHUTTER_COUNT_S 0.7 // each
#define SHUTTER_LAPSE_S 0.4 // a smile may fail for so long while it counts
#define SHUTTER_REST_S 1.0  // at least, after a photograph

enum shutter_phase { SHUTTER_WATCHES, SHUTTER_HOLDS, SHUTTER_COUNTS_DOWN, SHUTTER_RESTS };

// All zero: watching.
struct smile_shutter {
    enum shutter_phase phase;
    double since_s; // media time when the phase began
    double smile_s; // when everyone smiled last
};

// True when this very frame is to be kept.
bool smile_shutter_update(struct smile_shutter *shutter, double t, const struct analysis *analysis);

// 3, 2, 1; 0 when it does not count.
int smile_shutter_count(const struct smile_shutter *shutter, double t);
