// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/smile_classifier.h"
#include "app/analysis/analysis.h"
#include "app/faces/face_detector.h"
#include "app/sources/frame.h"

#include <stdatomic.h>

// Everything that is done to a frame: finds the faces, names and classifies them, and derives the
// events. The same frames give the same analyses.

struct analyser;

struct analyser_options {
    const char *model; // NULL: the shipped one
    struct operating_point point;
    struct face_detector_options detector;
    int min_face_px; // smallest face to look for; 0: a twelfth of the frame's height
    struct landmark_file landmarks;
    bool all_landmarks;      // faces get their 68 landmarks, too; also when a file is named
    const atomic_bool *maps; // while it is true, faces get attention maps; NULL: never
};

#define FACES_PER_HEIGHT 12

// Loads the models, which takes a moment, or a second with the 68 landmarks. NULL (logged) on
// failure. One thread at a time.
struct analyser *analyser_create(const struct analyser_options *options);
void analyser_destroy(struct analyser *analyser); // NULL is legal

const struct model_info *analyser_model(const struct analyser *analyser);

// Fills *analysis. False (logged) when the frame cannot be analysed.
bool analyser_run(struct analyser *analyser, const struct frame *frame, struct analysis *analysis);

// The source is gone at media time t: all faces leave.
void analyser_lose(struct analyser *analyser, double t, struct analysis *analysis);

// The next frame does not follow the last: forgets the faces, but not how many smiles there were.
void analyser_restart(struct analyser *analyser);

// The same for a pipeline; the options are struct analyser_options.
extern const struct analysis_driver analysis_faces;
