// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/face_detector.h"
#include "app/faces/sighting.h"

// Which face is which, from frame to frame. Pure: no clock, no input or output, nothing allocated.
//
// Each frame, tracker_match gives the boxes that a detector has found to the faces that were there,
// by where each of these should be by now (constant velocity), first the sure finds, then the
// doubtful ones to whom is left (ByteTrack; Zhang et al. 2022). A sure find that is nobody's is
// somebody new. When the caller has looked at the faces, tracker_finish smooths the boxes that are
// drawn.

// A face that is not found is carried over this long, then forgotten; longer when another face came
// to lie over the place where it should be.
#define TRACKER_CARRY_S 0.25
#define TRACKER_HIDDEN_S 0.5

// Somebody new who is not found in the next frame either is forgotten at once.
#define TRACKER_CONFIRM 2 // frames

#define TRACKER_FINDS (2 * MAX_FACES) // in one frame

// One coordinate, smoothed more when it rests than when it moves (the One Euro filter of Casiez et
// al., 2012).
struct steady_value {
    double value, speed; // pixels, pixels per second
};

struct track {
    int id;
    int n_seen;                       // frames, up to TRACKER_CONFIRM
    double seen_s;                    // media seconds
    struct box box;                   // of the last find
    double vx, vy;                    // of its middle, pixels per second
    bool seen;                        // in this frame
    bool hidden;                      // by another face, since it was last seen
    double finished_s;                // when the drawn box was last smoothed
    bool finished;                    // whether it ever was
    struct steady_value cx, cy, w, h; // of the drawn box
    struct sighting sighting;         // the last, or what is carried over of it
};

struct tracker {
    struct face_thresholds thresholds;
    int last_id; // ids are never used again
    int n_tracks;
    struct track tracks[MAX_FACES]; // in the order of their ids
};

void tracker_init(struct tracker *tracker, struct face_thresholds thresholds);

// Names the n <= TRACKER_FINDS boxes that were found at media time t: fills sightings with the id,
// the box and the confidence of those that are faces, in the order of their ids, and returns their
// number. cut: the picture has nothing to do with the one before (another scene), so that nobody
// goes on.
int tracker_match(struct tracker *tracker, double t, const struct face_box *found, int n, bool cut,
                  struct sighting sightings[MAX_FACES]);

// Takes the n sightings of tracker_match in the same frame, with all that the caller has found out,
// and replaces them by all who are there, in the order of their ids: smooths the boxes of those
// seen and adds those carried over. Returns their number.
int tracker_finish(struct tracker *tracker, double t, struct sighting sightings[MAX_FACES], int n);

// The square that is drawn round a face: from its points, which are steadier than a detector's box.
struct box tracker_face_box(const struct face *face);
