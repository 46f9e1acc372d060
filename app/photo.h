// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "../vision/vision.h"

// The one policy of finding faces in a photograph; prepare, eval and classify share it.

// Searches a PIXEL_BGR24 photograph: as it is (large ones shrunk to 1600 pixels a side), and if
// there is no face, once more at twice that size. grey_storage is made to fit and holds the grey
// picture that the faces' chips are to be cut from; the caller finishes it. Returns the number of
// faces, the most confident first, all in pixels of the photograph; -1 on failure (logged).
//
// portrait: the photograph is known to show a face, as labelled ones do. When none is clear, the
// likeliest place is taken: by eye right for nearly all of the 60 that this adds to the 2,932 of
// 3,002 GENKI-4K pictures, but in pictures of anything it sees a face in every other one.
int photo_find_faces(struct face_finder *finder, const struct image *bgr, bool portrait,
                     struct image *grey_storage, struct face *faces, int capacity);

// The face that a photograph with one label is about: the largest of those that are clearly faces.
// n >= 1.
int photo_main_face(const struct face *faces, int n);
