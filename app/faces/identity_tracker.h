// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sources/frame.h"

// Which face is which, from frame to frame. Pure: no clock, no input or output, nothing allocated.

// A face that is not found is carried over this long, then forgotten.
#define TRACKER_CARRY_S 0.25

// One coordinate, smoothed more when it rests than when it moves (the One Euro filter of Casiez et
// al., 2012).
struct steady_value {
    double value, speed; // pixels, pixels per second
};

struct track {
    int id; // from 1 upward, never used again; 0: free
    bool seen;
    int found;     // index into the faces of the last update, -1 when carried over
    double seen_s; // media seconds
    struct steady_value cx, cy, w, h;
    struct box raw; // of the last sighting, not smoothed
    struct box box; // smoothed
    float confidence;
    struct point landmarks[N_LANDMARKS];
};

struct tracker {
    int last_id;
    int n_tracks;
    struct track tracks[MAX_FACES]; // in the order of their ids
};

void tracker_init(struct tracker *tracker);

// Takes the faces found at media time t, n <= MAX_FACES. cut: the picture has nothing to do with
// the one before (another scene), so that nobody is carried over. Afterwards tracker->tracks says
// who is there.
void tracker_update(struct tracker *tracker, double t, const struct face *faces, int n, bool cut);

// The box that is drawn round a face: from its landmarks, since the detector's squares come in
// steps.
struct box tracker_face_box(const struct face *face);
