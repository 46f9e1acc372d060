// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/face.h"
#include "app/faces/face_detector.h"

// The one policy of finding faces in a photograph; prepare, eval and classify share it.

// The steps of the search, the cheapest first.
enum photo_step {
    PHOTO_AS_IS,      // large pictures shrunk to 1600 pixels a side
    PHOTO_ENLARGED,   // twice that size
    PHOTO_BEST_MATCH, // of a portrait without a clear face: the best match
    PHOTO_NO_FACE,
    N_PHOTO_STEPS = PHOTO_NO_FACE
};

struct photo_search {
    enum photo_step step;           // that found a face
    int64_t took_ns[N_PHOTO_STEPS]; // each step; 0: skipped
};

struct photo_finder;

// NULL (logged) on failure. One thread at a time.
struct photo_finder *photo_finder_create(const struct face_detector_options *options);
void photo_finder_destroy(struct photo_finder *finder); // NULL is legal

// Searches a PIXEL_BGR24 photograph in these steps until there is a face. grey_storage is made to
// fit and holds the grey picture that the faces' chips are to be cut from; the caller finishes it.
// Returns the number of faces, the most confident first, all in pixels of the photograph; -1 on
// failure (logged). search may be NULL.
//
// portrait: the photograph is known to show a face, as labelled ones do. When none is clear, the
// light is evened out, the picture turned by up to 30 degrees either way, and the best match
// taken: by eye right for 67 of the 70 that this adds to 2,932 of 3,002 GENKI-4K pictures, but in
// pictures of anything it sees a face in every other one.
int photo_find_faces(struct photo_finder *finder, const struct image *bgr, bool portrait,
                     struct image *grey_storage, struct face *faces, int capacity,
                     struct photo_search *search);

// The face that a photograph with one label is about: the largest of those that are clearly faces.
// n >= 1.
int photo_main_face(const struct face *faces, int n);
