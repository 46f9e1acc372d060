// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/sighting.h"

// Which face is which, from frame to frame. Pure: no clock, no input or output, nothing allocated.

// A face that is not found is carried over this long, then forgotten.
#define TRACKER_CARRY_S 0.25

// One coordinate, smoothed more when it rests than when it moves (the One Euro filter of Casiez et
// al., 2012).
struct steady_value {
    double value, speed; // pixels, pixels per second
};

struct track {
    double seen_s; // media seconds
    struct steady_value cx, cy, w, h;
    struct box raw;           // of the last sighting, not smoothed
    struct sighting sighting; // the last, or what is carried over of it
};

struct tracker {
    int last_id; // ids are never used again
    int n_tracks;
    struct track tracks[MAX_FACES]; // in the order of their ids
};

void tracker_init(struct tracker *tracker);

// Takes the n faces and boxes that were seen at media time t and replaces them by all who are
// there, in the order of their ids: smooths the boxes of those seen and adds those carried over.
// Returns their number. cut: the picture has nothing to do with the one before (another scene), so
// that nobody is carried over.
int tracker_update(struct tracker *tracker, double t, struct sighting sightings[MAX_FACES], int n,
                   bool cut);

// The box that is drawn round a face: from its landmarks, since the detector's squares come in
// steps.
struct box tracker_face_box(const struct face *face);
