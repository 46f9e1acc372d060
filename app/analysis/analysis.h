// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/sighting.h"

// What is known of one frame, and the interface of whoever finds it out.

// What is known of one face in one frame.
struct face_view {
    int id;         // the same face keeps its id as long as it is followed; from 1 upward
    struct box box; // smoothed, pixels of the frame
    struct point landmarks[N_LANDMARKS]; // zero unless they are wanted
    float score;                         // smoothed probability of a smile, [0,1]
    float raw_score;                     // the network's own, this frame
    float shown_score; // score, held on smiling's side of the threshold: what is shown beside it
    bool smiling;      // steady: hysteresis applied
    bool seen;         // found in this very frame, not carried over
    enum face_quality quality; // steady; while it is not good, score and smiling stay as they were
    float confidence;          // the detector's score when it was last seen
    double unseen_s;           // since it was last seen, media seconds
    double smiling_s;    // how long the present smile has lasted, media seconds; 0 when not smiling
    double age_s;        // since face_enter, media seconds
    int n_probabilities; // as many as the model has labels; index = label
    float probabilities[MODEL_MAX_LABELS];
    const char *label; // what to call it; NULL means "smile" or "no smile", as smiling says
    struct attention_map map;
};

enum smile_event_kind {
    EVENT_SMILE_START,
    EVENT_SMILE_END,
    EVENT_FACE_ENTER,
    EVENT_FACE_LEAVE,
    EVENT_CAMERA_LOST,
    EVENT_CAMERA_BACK,
    EVENT_CLOSED, // the camera, outside the opening hours
    EVENT_OPENED,
};

#define MAX_EVENTS (4 * MAX_FACES) // of one frame

struct smile_event {
    enum smile_event_kind kind;
    double t; // media seconds
    int face; // 0 for camera events
    float score;
    struct box box;
    double duration_s; // EVENT_SMILE_END: how long it lasted
    float peak;        // EVENT_SMILE_END: highest smoothed score
    bool cut;          // nothing ended but the medium or the session
};

// The result of one frame, which goes to each sink together with it.
struct analysis {
    int n_faces;
    struct face_view faces[MAX_FACES];
    int n_events;
    struct smile_event events[MAX_EVENTS];
    int n_smiles;                          // smile_start events so far
    int64_t grey_ns, find_ns, classify_ns; // how long each stage took for this frame
};

struct frame;

// An analyser as the pipeline sees it: create and run are called on the analysis thread, destroy
// after that has ended and all results were given back, since they may point into the analyser.
struct analysis_driver {
    size_t options_size;
    // May take long: frames are captured meanwhile. NULL (logged) on failure.
    void *(*create)(const void *options);
    // Fills *analysis. False (logged) when the frame cannot be analysed.
    bool (*run)(void *analyser, const struct frame *frame, struct analysis *analysis);
    // The source is gone at media time t: fills *analysis with what that means for the faces.
    void (*lose)(void *analyser, double t, struct analysis *analysis);
    // The next frame does not follow the last: its time may be earlier, and nobody is known. May be
    // NULL.
    void (*restart)(void *analyser);
    const struct model_info *(*model)(const void *analyser); // may be NULL
    void (*destroy)(void *analyser);
};
