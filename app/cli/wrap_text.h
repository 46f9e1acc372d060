// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdio.h>

// Writes text in lines of at most so many columns (bytes), broken between words and where the text
// itself breaks, and a line break at its end. The first line begins where out is, at column indent;
// the others are indented to it. A word that is too long stands out.
void wrap_text(FILE *out, const char *text, int indent, int columns);
