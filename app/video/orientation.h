// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

#include <stdbool.h>

// Where a stored pixel (p, q) is shown: (xp * p + xq * q, yp * p + yq * q), up to a shift. One of
// the eight ways to lay a rectangle down; each entry is -1, 0 or 1.
struct orientation {
    int xp, xq, yp, yq;
};

#define UPRIGHT ((struct orientation){1, 0, 0, 1})

// Turned on by a multiple of 90 degrees, clockwise.
struct orientation orientation_turned(struct orientation orientation, int degrees);

// Whether anything is to be done.
static inline bool orientation_is_upright(struct orientation orientation) {
    return orientation.xp == 1 && orientation.yq == 1;
}

// Whether width and height are exchanged.
static inline bool orientation_is_sideways(struct orientation orientation) {
    return orientation.xp == 0;
}

// Lays a PIXEL_BGRX32 picture down in another one, whose storage is made to fit. False (logged)
// without memory.
bool orientation_apply(struct orientation orientation, const struct image *from, struct image *to);
