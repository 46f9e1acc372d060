// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

#include <SDL.h>
#include <stdbool.h>

// SDL's software renderer over the pixels of an image.
struct image_renderer {
    SDL_Surface *surface;
    SDL_Renderer *renderer;
};

// image: PIXEL_BGRX32; it must stay where it is until the end. layer: its fourth byte is alpha, for
// laying it over something else. False (logged) on failure.
bool image_renderer_init(struct image_renderer *to, const struct image *image, bool layer);
void image_renderer_finish(struct image_renderer *to); // legal on a zeroed one
