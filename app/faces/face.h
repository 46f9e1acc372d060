// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "vision/vision.h"

#define MAX_FACES 32 // in one picture

struct face {
    struct box box;   // as its detector found it, pixels of the picture
    float confidence; // the detector's score
    struct point points[N_FACE_POINTS];
};
