// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/smile_classifier.h"
#include "app/analysis/analysis.h"
#include "app/sources/frame.h"

#include <stdatomic.h>

// Everything that is done to a frame: finds the faces, classifies and follows them, and derives the
// events.

struct analyser;

enum detector_way {
    DETECTOR_FOLLOW,      // landmark_tracker.h: the detector looks where something may be new
    DETECTOR_EVERY_FRAME, // on every full frame: the reference, 20x slower
};

struct analyser_options {
    const char *model; // NULL: the shipped one
    struct landmark_file landmarks;
    struct operating_point point;
    int min_face_px; // smallest face to look for; 0: a twelfth of the frame's height
    enum detector_way detector;
    const atomic_bool *maps; // while it is true, faces get attention maps; NULL: never
    bool deterministic;      // the same frames give the same analyses; else they come sooner
};

#define FACES_PER_HEIGHT 12

// Loads the landmarks and the model, which takes half a second. NULL (logged) on failure. One
// thread at a time.
struct analyser *analyser_create(const struct analyser_options *options);
void analyser_destroy(struct analyser *analyser); // NULL is legal

const struct model_info *analyser_model(const struct analyser *analyser);

// Fills *analysis. False (logged) when the frame cannot be analysed.
bool analyser_run(struct analyser *analyser, const struct frame *frame, struct analysis *analysis);

// The source is gone at media time t: all faces leave.
void analyser_lose(struct analyser *analyser, double t, struct analysis *analysis);

// The same for a pipeline; the options are struct analyser_options.
extern const struct analysis_driver analysis_faces;
