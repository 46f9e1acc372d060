// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <SDL.h>

#include <stdbool.h>

// Smooth-edged shapes on an SDL renderer. SDL's own geometry has jagged edges on the software
// renderer, so round parts are painted once into small textures, which are kept.

struct shapes;

struct shapes *shapes_create(SDL_Renderer *renderer); // NULL (logged) when memory is short
void shapes_destroy(struct shapes *shapes);           // NULL is legal; before the renderer

// Whether colours are those of palette_contrast from now on.
void shapes_set_contrast(struct shapes *shapes, bool high);

// A filled rectangle with round corners.
void shapes_fill(struct shapes *shapes, SDL_Rect rect, int radius, SDL_Color colour);

// Its outline, stroke pixels wide, within the rectangle.
void shapes_outline(struct shapes *shapes, SDL_Rect rect, int radius, int stroke, SDL_Color colour);

enum mark { MARK_SMILE, MARK_NEUTRAL, MARK_DISC, MARK_PAUSE, N_MARKS };

// A mark of size x size pixels.
void shapes_mark(struct shapes *shapes, enum mark mark, int x, int y, int size, SDL_Color colour);
