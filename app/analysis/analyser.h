// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/classifier.h"
#include "app/analysis/smile_classifier.h"
#include "app/sources/frame.h"

#include <stdatomic.h>

// Everything that is done to a frame: faces found, followed and read, and what follows from it as
// events.

struct analyser;

enum detector_way {
    DETECTOR_FOLLOW,      // follower.h: the detector looks where something may be new
    DETECTOR_EVERY_FRAME, // at the whole of every frame: the reference, twenty times as dear
};

struct analyser_options {
    const char *model; // NULL: the shipped one
    struct landmark_file landmarks;
    struct operating_point point;
    int min_face_px; // smallest face to look for; 0: a twelfth of the frame's height
    enum detector_way detector;
    const atomic_bool
        *maps;          // faces get maps of where the network looks while it is true; NULL: never
    bool deterministic; // the same frames give the same analyses; else they come as early as can be
};

#define FACES_PER_HEIGHT 12

// Loads the landmarks and the model; half a second. NULL (logged) on failure. One thread at a time.
struct analyser *analyser_create(const struct analyser_options *options);
void analyser_destroy(struct analyser *analyser); // NULL is legal

const struct model_info *analyser_model(const struct analyser *analyser);

// Fills *analysis. False (logged) when the frame cannot be analysed.
bool analyser_run(struct analyser *analyser, const struct frame *frame, struct analysis *analysis);

// The source is gone at media time t: fills *analysis with what that means for the faces, who all
// leave.
void analyser_lose(struct analyser *analyser, double t, struct analysis *analysis);
