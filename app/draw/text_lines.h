// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/draw/text_fonts.h"

// Text that runs from right to left, or partly so (text_runs.h), white on nothing: each run is
// shaped by HarfBuzz in its own direction (SDL2_ttf 2.20 or later; before, its letters stand
// apart).

// wrap: pixels, longer lines are broken there; 0: never. *ascent is that of the first line. NULL
// when it cannot be drawn.
SDL_Surface *text_lines_render(struct fonts *fonts, const char *words, int size, bool bold,
                               int wrap, int *ascent);
