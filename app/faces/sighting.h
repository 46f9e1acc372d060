// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/face.h"
#include "core/run/model_info.h"

#define FACE_MAP_SIDE 16

// Where the network looked for a smile in a face: classifier_map, shrunk where it is larger than
// FACE_MAP_SIDE cells a side.
struct attention_map {
    int width, height; // cells; 0: not known
    struct point
        corners[4]; // of what the model sees, pixels of the frame, clockwise from the top left
    float x, y, step_x, step_y; // the middle of the first cell, and the distance to the next, as
                                // fractions of that square
    float cells[FACE_MAP_SIDE * FACE_MAP_SIDE]; // rows; above 0 speaks for a smile, below against
};

// Whether a face can be judged, or why not (face_quality.h).
enum face_quality { QUALITY_GOOD, QUALITY_SMALL, QUALITY_DARK, QUALITY_BLURRED, QUALITY_TURNED };

// One face in one frame. An array of these goes from the detector to the events, and each step
// fills in its part; everything else is zero.
struct sighting {
    // identity_tracker.h
    int id;    // from 1 upward
    bool seen; // in this frame; a face that is carried over has only id, box and face of the last
    struct face face; // as it was found

    struct point landmarks[N_LANDMARKS]; // analyser.h; only where they are wanted

    // smile_classifier.h
    const struct image *chip; // GREY8, the classifier's until it reads again
    int n_probabilities;      // one per label of the model
    float probabilities[MODEL_MAX_LABELS];
    float smile; // the probability of a smile; NaN: not known

    // analyser.h
    enum face_quality quality;
    struct attention_map map;
    struct box box; // drawn round the face; identity_tracker.h smooths it
};
