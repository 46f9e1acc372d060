// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"

// Who is there and who smiles, read from the analyses of a session as it goes, so that what is
// still on when it ends can be ended: whoever adds up durations would miss it. A zeroed one knows
// nobody.

struct present_face {
    int id;
    bool smiling;
    double begin_s; // of the smile, media seconds
    float score, peak;
    struct box box;
};

struct presence {
    struct present_face faces[MAX_FACES];
    int n;
    double t; // of the last analysis, media seconds
};

// Takes the analysis of the frame at media time t; also of a notice, which has events alone.
void presence_follow(struct presence *presence, double t, const struct analysis *analysis);

// Fills *analysis with the ends of all that is on, marked as cut, at the time of the last analysis,
// and forgets it. False when nothing is.
bool presence_cut(struct presence *presence, struct analysis *analysis);
