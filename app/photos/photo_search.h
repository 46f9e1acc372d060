// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/face.h"
#include "core/image/image.h"

#include <stdbool.h>
#include <stdint.h>

// The one policy of finding faces in a photograph; prepare, eval and classify share it.

// The steps of the search, the cheapest first.
enum photo_step {
    PHOTO_AS_IS,      // faces from a 32nd of the longer side on
    PHOTO_ENLARGED,   // from a 107th on
    PHOTO_BEST_MATCH, // of a portrait without a clear face: the likeliest place
    PHOTO_NO_FACE,
    N_PHOTO_STEPS = PHOTO_NO_FACE
};

struct photo_search {
    enum photo_step step;           // that found a face
    int64_t took_ns[N_PHOTO_STEPS]; // each step; 0: skipped
};

struct photo_finder;

// NULL (logged) on failure. One thread at a time.
struct photo_finder *photo_finder_create(void);
void photo_finder_destroy(struct photo_finder *finder); // NULL is legal

// Searches a PIXEL_BGR24 photograph in these steps until there is a face. grey_storage is made to
// fit and holds the grey picture that the faces' chips are to be cut from; the caller finishes it.
// Returns the number of faces, the most confident first, all in pixels of the photograph; -1 on
// failure (logged). search may be NULL.
//
// portrait: the photograph is known to show a face, as labelled ones do. When none is clear, the
// likeliest place is taken; in pictures of anything that is often no face.
int photo_find_faces(struct photo_finder *finder, const struct image *bgr, bool portrait,
                     struct image *grey_storage, struct face *faces, int capacity,
                     struct photo_search *search);

// The face that a photograph with one label is about: the largest of those that are clearly faces.
// n >= 1.
int photo_main_face(const struct face *faces, int n);
