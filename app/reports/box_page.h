// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/reports/box_measure.h"

// The page of eval --boxes: the curve of precision over recall of one or several detectors, and
// what the first one misses and takes for a face.

struct box_page {
    const struct box_set *boxes;
    const struct scene_set *scenes;
    float threshold; // of the first
    int n;
    const char *names[4];
    const struct box_measure *measures[4]; // images as they are
};

// Writes FOLDER/index.html. False (logged) on failure.
bool box_page_write(const struct box_page *page, const char *folder);
