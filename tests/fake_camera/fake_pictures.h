// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "tests/fake_camera/fake_settings.h"

#include <stddef.h>
#include <stdint.h>

// Which picture of each kind is due.
struct moment {
    long since_start; // frames since streaming began: the ramp's
    long by_clock;    // frames since the clock's zero: a file's, which goes on while unplugged
};

// Draws the picture of the moment, as YUYV of width x height or as MJPG, into out, which has room
// for capacity bytes. Returns how many it took.
size_t picture_draw(const struct settings *settings, uint32_t fourcc, unsigned width,
                    unsigned height, struct moment moment, unsigned char *out, size_t capacity);
