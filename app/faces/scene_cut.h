// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

// Notices that a picture has nothing to do with the one before it: another scene of an edited film,
// the next photograph of a folder. Light that changes is no cut.

#define SCENE_COLUMNS 16
#define SCENE_ROWS 9

struct scene {
    bool known;
    float cells[SCENE_COLUMNS *
                SCENE_ROWS]; // of the last picture; mean 0, length 1, or all 0 if flat
};

// Takes the next GREY8 picture into *scene, zeroed before the first. True if it begins another
// scene.
bool scene_cut(struct scene *scene, const struct image *grey);
