// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/palette.h"

const SDL_Color ink = {244, 247, 249, 255};
const SDL_Color ink_dim = {188, 199, 208, 255};
const SDL_Color accent = {84, 226, 178, 255};
const SDL_Color against = {154, 134, 244, 255};
const SDL_Color quiet = {196, 207, 217, 255};
const SDL_Color plate = {18, 24, 30, 226};
const SDL_Color alarm_red = {246, 74, 70, 255};
const SDL_Color ground = {20, 27, 33, 255};
