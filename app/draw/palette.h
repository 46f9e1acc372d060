// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <SDL.h>

// The colours of everything that is drawn.

// Text in ink, accent and quiet on the plate has a contrast above 4.5:1 even where the plate lets
// white through.
extern const SDL_Color ink, ink_dim;
extern const SDL_Color accent;    // a smile, and what speaks for it
extern const SDL_Color against;   // what speaks against a smile
extern const SDL_Color quiet;     // no smile
extern const SDL_Color plate;     // behind text, over a frame
extern const SDL_Color alarm_red; // the recording mark
extern const SDL_Color ground;    // where there is no frame

// The same where contrast is to be high: white and yellow on black that lets nothing through.
SDL_Color palette_contrast(SDL_Color colour);

// For SDL_RenderClear and SDL_RenderFillRect.
static inline void palette_set(SDL_Renderer *renderer, SDL_Color colour) {
    SDL_SetRenderDrawColor(renderer, colour.r, colour.g, colour.b, colour.a);
}
