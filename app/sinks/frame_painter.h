// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/draw/image_renderer.h"
#include "app/draw/overlay.h"

// A recorder's own copy of the picture, mirrored and drawn on without touching the caller's.

struct frame_painter {
    bool overlay_wanted, mirrored;
    const char *note;             // a line at the bottom of the next picture, or NULL
    struct image canvas;          // of the picture's size and format
    struct image layer;           // for PIXEL_I420: what is drawn before it is laid over the canvas
    struct image_renderer target; // the canvas or the layer
    struct overlay *overlay;
};

void frame_painter_init(struct frame_painter *painter, bool overlay, bool mirrored);
void frame_painter_finish(struct frame_painter *painter); // legal on a zeroed one

// Returns the picture to record: the given one when nothing is to be done, else the canvas, valid
// until the next call. A mirrored one must be PIXEL_BGRX32. NULL (logged) when it cannot be drawn.
const struct image *frame_painter_picture(struct frame_painter *painter,
                                          const struct image *picture,
                                          const struct analysis *analysis);
