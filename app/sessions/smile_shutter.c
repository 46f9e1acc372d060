// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/smile_shutter.h"

static bool everyone_smiles(const struct analysis *analysis) {
    for (int i = 0; i < analysis->n_faces; i++) {
        if (!analysis->faces[i].smiling) {
            return false;
        }
    }
    return analysis->n_faces > 0;
}

static void enter(struct smile_shutter *shutter, enum shutter_phase phase, double t) {
    shutter->phase = phase;
    shutter->since_s = t;
}

bool smile_shutter_update(struct smile_shutter *shutter, double t,
                          const struct analysis *analysis) {
    bool all = everyone_smiles(analysis);
    double passed = t - shutter->since_s;
    shutter->smile_s = all ? t : shutter->smile_s;
    switch (shutter->phase) {
    case SHUTTER_WATCHES:
        if (all) {
            enter(shutter, SHUTTER_HOLDS, t);
        }
        break;
    case SHUTTER_HOLDS:
        if (!all) {
            enter(shutter, SHUTTER_WATCHES, t);
        } else if (passed >= SHUTTER_HOLD_S) {
            enter(shutter, SHUTTER_COUNTS_DOWN, t);
        }
        break;
    case SHUTTER_COUNTS_DOWN:
        if (t - shutter->smile_s > SHUTTER_LAPSE_S) {
            enter(shutter, SHUTTER_WATCHES, t);
        } else if (all && passed >= SHUTTER_COUNTS * SHUTTER_COUNT_S) {
            enter(shutter, SHUTTER_RESTS, t);
            return true;
        }
        break;
    case SHUTTER_RESTS:
        if (!all && passed >= SHUTTER_REST_S) {
            enter(shutter, SHUTTER_WATCHES, t);
        }
        break;
    }
    return false;
}

int smile_shutter_count(const struct smile_shutter *shutter, double t) {
    if (shutter->phase != SHUTTER_COUNTS_DOWN) {
        return 0;
    }
    int gone = (int)((t - shutter->since_s) / SHUTTER_COUNT_S);
    return gone < 0 ? SHUTTER_COUNTS : gone < SHUTTER_COUNTS ? SHUTTER_COUNTS - gone : 1;
}
