// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

// Lays what was drawn over an I420 picture, whose other pixels stay as they are to the bit.

// layer: of the picture's size, bytes B, G, R, alpha as in SDL_PIXELFORMAT_ARGB8888, the colours
// already multiplied by alpha, which is what blending into a clear layer gives. Is clear
// afterwards.
void blend_layer(struct image *i420, struct image *layer);
