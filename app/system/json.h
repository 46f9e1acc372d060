// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/box.h"

#include <jansson.h>
#include <stdio.h>

// JSON Lines for programs: one object per line, keys in the order in which they were set.

// A number rounded to that many decimals, written without more digits; null if not finite.
json_t *json_rounded(double value, int decimals);

// Text of any origin, such as a file's name: bytes that are no UTF-8, which JSON is in, become
// U+FFFD. NULL without memory.
json_t *json_text(const char *text);

// [x, y, w, h], tenths of a pixel.
json_t *json_box(const struct box *box);

// Writes the object as one line and flushes; takes over the reference, NULL counts as lack of
// memory. False (errno says why) when it could not be written; nothing is logged.
bool json_write_line(json_t *object, FILE *out);
