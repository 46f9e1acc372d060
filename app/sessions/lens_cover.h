// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

#include <stdbool.h>

// Detects a covered lens: frames that stay black.

struct lens_cover {
    bool black;
    double since_s;
};

// Whether the pictures up to this one, of media time t, have been black for some seconds. A zeroed
// watch has seen none. Looks at a grid of a PIXEL_BGRX32 picture; any other is not black.
bool lens_cover_update(struct lens_cover *watch, const struct image *picture, double t);
