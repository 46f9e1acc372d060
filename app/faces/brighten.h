// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

// A bright copy of dim pictures, for what goes by differences of grey levels: the detector, the
// landmarks, and what changes from frame to frame. With an eighth of the light a face has some
// twenty levels, and following lost it within seconds.

struct brightener {
    int gain; // 0 before the first picture; a power of two
    struct image picture;
};

// From this gain on; less dim pictures are taken as they are.
#define BRIGHTENER_LEAST_GAIN 4

// The GREY8 picture times the gain that makes use of the grey levels, which stays the same while
// the light does; the picture itself, when it is not dim. NULL (logged) without memory. The copy is
// the brightener's, until the next call.
const struct image *brightener_apply(struct brightener *brightener, const struct image *grey);

void brightener_finish(struct brightener *brightener); // legal on a zeroed one
