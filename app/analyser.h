// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "../core/classifier.h"
#include "frame.h"

// Everything that is done to a frame: faces found, read, followed, and what follows from it as
// events. The same frames give the same analyses.

struct analyser;

struct analyser_options {
    const char *model; // NULL: the shipped one
    int min_face_px;   // smallest face to look for; 0: the frame's height / faces_per_height
    int faces_per_height;
};

// Searching costs the square of this, whatever the size of the frame: about 20 ms a frame for live,
// where the picture must keep up; 55 ms for annotate, where nobody waits and small faces matter.
#define LIVE_FACES_PER_HEIGHT 6
#define ANNOTATE_FACES_PER_HEIGHT 10

// Loads the landmarks and the model; half a second. NULL (logged) on failure. One thread at a time.
struct analyser *analyser_create(const struct analyser_options *options);
void analyser_destroy(struct analyser *analyser); // NULL is legal

const struct model_info *analyser_model(const struct analyser *analyser);

// Fills *analysis. False (logged) when the frame cannot be analysed.
bool analyser_run(struct analyser *analyser, const struct frame *frame, struct analysis *analysis);

// The source is gone at media time t: fills *analysis with what that means for the faces, who all
// leave.
void analyser_lose(struct analyser *analyser, double t, struct analysis *analysis);
