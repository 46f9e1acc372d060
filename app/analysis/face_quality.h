// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/sighting.h"

// Whether a face can be seen well enough to say whether it smiles.

// Deviation of the grey levels of a GREY8 chip: its contrast.
float chip_contrast(const struct image *chip);

// Deviation of the chip's Laplacian in units of that contrast: fine detail, whatever the light.
float chip_sharpness(const struct image *chip);

// How far the head is turned, whichever way: 0 when it looks at the camera, 1 at 60 degrees.
// With a nose six tenths of the half width of a face in front of it, as faces have, it is 0.6 times
// the tangent of the angle.
float face_turn(const struct point points[N_FACE_POINTS]);

// The first of the reasons not to judge a face with that box, those points and that chip.
enum face_quality face_quality_of(const struct quality_limits *limits, const struct box *box,
                                  const struct point points[N_FACE_POINTS],
                                  const struct image *chip);
