// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"

// Lets faces that are gone linger for a moment, so that their boxes fade out instead of vanishing.
// Only for the eye: nothing is counted by it.

#define FACE_FADE_S 0.45 // media seconds from the last sight of a face until nothing is left of it

// All zero: nobody.
struct face_fade {
    double t;
    int n_faces; // of the last picture, those that linger among them
    struct face_view faces[MAX_FACES];
};

// Adds to the analysis of the picture at media time t who was there before and is gone: with
// ->unseen_s growing from picture to picture, unless somebody else stands there now.
void face_fade_apply(struct face_fade *fade, double t, struct analysis *analysis);
