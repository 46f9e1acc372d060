// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/scene_set.h"

// A part of a picture as a window shows it: shrunk or enlarged, turned, mirrored.

// Window pixel (at_x + u, at_y + v) shows picture pixel (x, y) + R(angle) (±scale_x u, scale_y v).
struct scene_view {
    double x, y, at_x, at_y, scale_x, scale_y, angle;
    bool mirrored;
};

// Draws a picture as a view shows it, over what is there; where it ends, that stays, or (cover) its
// outermost pixels go on.
void scene_view_draw(const struct scene_picture *picture, const struct scene_view *view, bool cover,
                     int side, float *out);

// Whether a point of the window shows a part of the picture, and not just its edge.
bool scene_view_covers(const struct scene_picture *picture, const struct scene_view *view, double x,
                       double y);

// Whether the picture fills the window.
bool scene_view_covers_all(const struct scene_picture *picture, const struct scene_view *view,
                           int side);

// A face's box as a view shows it: the box around the turned ellipse that the upright one is
// around.
struct box scene_view_box(const struct box *box, const struct scene_view *view);
