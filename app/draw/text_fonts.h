// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <SDL_ttf.h>

#include <stdbool.h>

// The installed fonts: one clean sans-serif for nearly everything and, for words whose letters it
// lacks, whichever font has them.

struct fonts;

// NULL (logged, naming the package to install) when there is no usable font.
struct fonts *fonts_create(void);
void fonts_destroy(struct fonts *fonts); // NULL is legal

// The font for these words (UTF-8) at so many pixels per em; valid until the next call. Without
// words, the usual font. NULL when it does not open.
TTF_Font *fonts_for(struct fonts *fonts, const char *words, int size, bool bold);

// Whether some installed font has every letter of the words.
bool fonts_can_show(struct fonts *fonts, const char *words);
