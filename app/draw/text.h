// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <SDL.h>

#include <stdbool.h>

// Words on an SDL renderer. Each distinct piece of text becomes a texture once and is kept while it
// is used.

struct text;

struct text_style {
    int size; // pixels per em
    bool bold;
    bool centred; // its lines, if it is broken (and SDL2_ttf is 2.20 or later)
    int wrap;     // pixels; longer lines are broken there; 0 = never
    SDL_Color colour;
};

// Words are UTF-8, and may run from right to left. Those whose letters the usual font lacks are
// drawn in one that has them. When no installed font has the letters of the interface's language,
// the interface becomes English (said). NULL (logged, naming the package to install) without any
// font.
struct text *text_create(SDL_Renderer *renderer);
void text_destroy(struct text *text); // NULL is legal; before the renderer

// Whether colours are those of palette_contrast from now on.
void text_set_contrast(struct text *text, bool high);

// Width and height in pixels.
SDL_Point text_measure(struct text *text, const char *words, struct text_style style);
void text_draw(struct text *text, const char *words, struct text_style style, int x, int y);

// The same for text that changes from frame to frame: made of single letters, all digits equally
// wide. wrap is ignored.
SDL_Point text_measure_tabular(struct text *text, const char *words, struct text_style style);
void text_draw_tabular(struct text *text, const char *words, struct text_style style, int x, int y);
