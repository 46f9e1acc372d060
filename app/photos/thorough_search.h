// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/face.h"

// What dlib's detector needs to find a face that is turned or lies in shadow; a detector that finds
// them by itself does not need it.

// The best match for a face in a GREY8 picture that shows one, searched at the detector's scale:
// the light evened out, the picture turned by up to 30 degrees either way. Returns 1, 0 without any
// match, -1 (logged) on failure.
int thorough_search(struct hog_detector *detector, const struct face_points *points,
                    const struct image *grey, float scale, struct face *best);
