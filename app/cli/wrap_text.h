// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdio.h>

// Writes text (UTF-8) in lines of at most that many columns, broken between words and at its own
// line breaks, and ends with a line break. Out is at column indent already; further lines are
// indented to it. A word that is too long overflows.
void wrap_text(FILE *out, const char *text, int indent, int columns);
