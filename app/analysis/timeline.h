// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"

#include <stddef.h>

// All faces and smiles of a session from its beginning to its end: what summaries, tables of
// intervals, subtitles and reports are made of. Times are media seconds.

struct smile_interval {
    int face;
    double begin_s, end_s;
    float peak, mean; // of the smoothed score
    bool cut;         // the smile goes on after the end
    double sum;       // of the scores so far
    int n;
};

struct face_interval {
    int face;
    double begin_s, end_s; // from face_enter to face_leave
    double seen_s;         // of that, found in the picture
    bool cut;
};

// What there is of one face, or of everyone (face 0: when anyone is seen or smiles).
struct smile_totals {
    int face;
    int n_smiles;
    double begin_s, end_s, seen_s, smiling_s;
    double longest_s, first_s; // first_s: NaN without a smile
    float peak;                // NaN without a smile
};

struct timeline {
    struct face_interval *faces; // in the order in which they came
    int n_faces, faces_room;
    struct smile_interval *smiles; // in the order in which they began
    int n_smiles, smiles_room;
    double begin_s, end_s; // of the first and last frame; end_s < begin_s: none yet
    double seen_s;         // with anyone in the picture
    long long n_frames;
    bool incomplete; // memory was short (logged)
};

#define TIMELINE_EMPTY ((struct timeline){.begin_s = 0, .end_s = -1})

void timeline_finish(struct timeline *timeline);

// Takes the analysis of a frame at media time t, or what happened without a frame. Allocates only
// for faces and smiles that begin. At the end it wants to know what was cut (presence.h).
void timeline_follow(struct timeline *timeline, double t, bool is_frame,
                     const struct analysis *analysis);

// face: 0 for everyone.
struct smile_totals timeline_totals(const struct timeline *timeline, int face);
