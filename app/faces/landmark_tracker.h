// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/sighting.h"

// Finds in each frame the faces that were there before, by their landmarks, which costs a fiftieth
// of a search; looks for new ones in the background, where the picture changes.
//
// A face is placed by its landmarks of the frame before, verified now and then by the detector in
// its surroundings, and at once when it does not look like itself any more. More than four take
// turns, each at least seven times a second; in the frames between it is not given out. A new one
// is given out when the detector has found it in two frames. At the beginning and after a cut to
// another scene, the whole picture is searched before anything else, as if every frame were.

struct follower;

// deterministic: the same frames give the same faces, however long searches take; otherwise the
// result of a search is used as soon as it is there. NULL (logged) on failure. The finder must live
// longer.
struct follower *follower_create(struct face_finder *finder, bool deterministic);
void follower_destroy(struct follower *follower); // NULL is legal

// Finds the faces of at least min_face_px in the next frame (GREY8) of media time t. fresh: the
// frame has nothing to do with the one before. Fills sightings with them and returns their number;
// -1 (logged) when it cannot go on.
int follower_find(struct follower *follower, const struct image *grey, double t, float min_face_px,
                  bool fresh, struct sighting sightings[MAX_FACES]);

// Whether the chip of a face that follower_find has just found still looks like the face that was
// verified. False: something else has come into its place, or it has gone; the detector will look
// in the next frame.
bool follower_recognises(struct follower *follower, const struct sighting *sighting);
