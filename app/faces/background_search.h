// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/change_detector.h"
#include "vision/vision.h"

// Looks for faces in part of a picture on a thread of its own, one search at a time, so that
// nothing waits for the detector.

struct search_job {
    float min_face_px; // smallest face to find
    // Where to look for faces of min_face_px * 2^octave to twice that, in the last octave for all
    // larger ones; faces that reach out of the areas by half are found as well.
    struct change_areas octaves[CHANGE_OCTAVES];
};

// How many octaves faces of min_face_px and up have in a picture of that height.
int searcher_octaves(int height, float min_face_px);

struct searcher;

// finder is cloned. NULL (logged) on failure.
struct searcher *searcher_create(const struct face_finder *finder);
void searcher_destroy(struct searcher *searcher); // waits for the present search; NULL is legal

bool searcher_busy(const struct searcher *searcher); // a search was begun and not yet taken

// Begins to search a GREY8 picture, which is copied. Not while busy. False (logged) without memory.
bool searcher_begin(struct searcher *searcher, const struct image *grey,
                    const struct search_job *job);

// About the seconds that the present search takes on one core of an ordinary machine: the same for
// the same job everywhere.
double searcher_estimate_s(const struct searcher *searcher);

// Takes the result when it is there, or waits for it. Returns the number of faces (box and
// confidence, no landmarks; the most confident first; none twice), -1 when the search failed
// (logged), or SEARCH_PENDING when it is not yet there.
#define SEARCH_PENDING (-2)
int searcher_take(struct searcher *searcher, bool wait, struct face *faces, int capacity);
