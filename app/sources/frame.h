// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/classifier.h"
#include "vision/vision.h"

#include <stdbool.h>
#include <stdint.h>

// One picture on its way from the source to the sinks.
struct frame {
    struct image picture; // PIXEL_BGRX32, or PIXEL_I420 where planes were asked for; owned
    int64_t media_ns;     // presentation time since the start of the medium; what events call t
    int64_t captured_ns;  // CLOCK_MONOTONIC when the picture was taken (live) or handed out (file)
    uint64_t number;      // 0, 1, 2 ... counts what the source gave, dropped frames included
};

#define MAX_FACES 32
#define MAX_EVENTS (4 * MAX_FACES) // of one frame

#define FACE_MAP_SIDE 16

// Where the network looked for a smile in a face: classifier_map, shrunk where it is larger than
// FACE_MAP_SIDE cells a side.
struct attention_map {
    int width, height; // cells; 0: not known
    struct point
        corners[4]; // of what the model sees, pixels of the frame, clockwise from the top left
    float x, y, step_x, step_y; // where the first cell's middle lies, and from one to the next, as
                                // shares of that square
    float cells[FACE_MAP_SIDE * FACE_MAP_SIDE]; // rows; above 0 speaks for a smile, below against
};

// Why a face is not judged (face_quality.h).
enum face_quality { QUALITY_GOOD, QUALITY_SMALL, QUALITY_DARK, QUALITY_BLURRED, QUALITY_TURNED };

// What is known of one face in one frame.
struct face_view {
    int id;         // the same face keeps its id as long as it is followed; from 1 upward
    struct box box; // smoothed, pixels of the frame
    struct point landmarks[N_LANDMARKS];
    float score;     // smoothed probability of a smile, [0,1]
    float raw_score; // the network's own, this frame
    bool smiling;    // steady: hysteresis applied
    bool seen;       // found in this very frame, not carried over
    // Not to be judged now, and why: score and smiling stay as they were. From the events on it is
    // steady, too.
    enum face_quality doubt;
    float confidence;    // the detector's margin when it last looked (vision.h)
    double unseen_s;     // since it was last seen, media seconds
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
};

struct smile_event {
    enum smile_event_kind kind;
    double t; // media seconds
    int face; // 0 for camera events
    float score;
    struct box box;
    double duration_s; // EVENT_SMILE_END: how long it lasted
    float peak;        // EVENT_SMILE_END: highest smoothed score
};

// Everything that analysis says about one frame. Goes to each sink together with its frame.
struct analysis {
    int n_faces;
    struct face_view faces[MAX_FACES];
    int n_events;
    struct smile_event events[MAX_EVENTS];
    int n_smiles;                          // smile_starts so far
    bool no_maps;                          // maps are wanted, but this model has none
    int64_t grey_ns, find_ns, classify_ns; // how long each stage took for this frame
};
