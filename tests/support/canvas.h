// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/draw/overlay_private.h"

// A surface in memory on which an overlay draws. What goes wrong fails the test.

#define GROUND 0xffffffu // white, so that every mark and plate shows

struct canvas {
    SDL_Surface *surface;
    SDL_Renderer *renderer;
    struct overlay *overlay;
};

struct canvas canvas_make(int w, int h);
void canvas_free(struct canvas *c);

void canvas_clear(struct canvas *c, uint32_t colour);
uint32_t canvas_pixel(const struct canvas *c, int x, int y);

// Pixels that a plate darkened.
int canvas_count_dark(const struct canvas *c);
void canvas_assert_untouched_outside(const struct canvas *c, SDL_Rect inside);
