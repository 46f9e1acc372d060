// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/palette.h"

#include <stdbool.h>

const SDL_Color ink = {244, 247, 249, 255};
const SDL_Color ink_dim = {188, 199, 208, 255};
const SDL_Color accent = {84, 226, 178, 255};
const SDL_Color against = {154, 134, 244, 255};
const SDL_Color quiet = {196, 207, 217, 255};
const SDL_Color plate = {18, 24, 30, 226};
const SDL_Color alarm_red = {246, 74, 70, 255};
const SDL_Color ground = {20, 27, 33, 255};

static bool is_hue(SDL_Color a, SDL_Color b) {
    return a.r == b.r && a.g == b.g && a.b == b.b;
}

SDL_Color palette_contrast(SDL_Color colour) {
    if (is_hue(colour, accent)) {
        return (SDL_Color){255, 230, 0, colour.a};
    }
    if (is_hue(colour, ink) || is_hue(colour, ink_dim) || is_hue(colour, quiet)) {
        return (SDL_Color){255, 255, 255, colour.a};
    }
    if (is_hue(colour, plate)) { // it may be fading
        int alpha = colour.a * 255 / plate.a;
        return (SDL_Color){0, 0, 0, (Uint8)(alpha < 255 ? alpha : 255)};
    }
    return colour;
}
