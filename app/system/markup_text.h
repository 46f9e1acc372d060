// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdio.h>

// Writes text as HTML and XML have it, between tags or in a quoted attribute. Control characters,
// which XML forbids, become spaces.
void markup_text(FILE *out, const char *text);
