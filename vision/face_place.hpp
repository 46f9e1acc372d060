// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Where a face lies in a picture: a square, turned as the face is.

#include "vision/vision.h"

#include <cstdint>

struct face_place {
    float x, y;  // the middle, pixels
    float side;  // pixels
    float angle; // radians, clockwise as seen
    bool mirrored;
};

// The square around the box of an upright face.
face_place face_place_of_box(struct box box);

// The box of a face around which dlib's detector draws a square, and back.
struct box face_box_of_square(struct box square);
struct box face_square_of_box(struct box box);

// False (logged) for a box that is smaller than 2 pixels or absurdly far away.
bool face_box_is_sane(struct box box);

// The square that the mean face fills when the similarity transform that best maps it onto the
// points is applied (Umeyama 1991), with a margin of padding sides all around.
face_place face_place_of_points(const struct point points[N_FACE_POINTS], float padding);

void face_place_corners(const face_place &place, struct point corners[4]);

// What a poor camera adds to a face, for training.
struct face_wear {
    float light; // 1: as it is
    float noise; // deviation in grey levels
    float blur;  // sides of the square
    uint32_t seed;
};
