// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/timeline.h"

#include <stdio.h>

// A strip of time for each face as inline SVG, readable in black and white: a line while it is
// there, a block for each smile with its number, and the curve of its score.

struct strip_point {
    double t; // media seconds
    float score;
};

struct strip_curve {
    int face;
    struct strip_point *points; // time rises
    int n, room;
};

// Nothing fails; the caller checks ferror(out) at the end.
void strips_write(FILE *out, const struct timeline *timeline, const struct strip_curve *curves,
                  int n_curves, double threshold);

// "1:02.5" or "2:03:04.5"
void strip_format_time(double seconds, char text[32]);
