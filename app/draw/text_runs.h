// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Text that runs from right to left, or partly so: a line's pieces by the Unicode Bidirectional
// Algorithm (UAX #9), which FriBidi knows.

#define TEXT_MAX_RUNS 32

// A piece of a line that runs one way.
struct text_run {
    size_t begin, n; // bytes
    bool rtl;
    char script[5]; // ISO 15924, "Arab"; "" if rtl is not set
};

// Whether any letter runs from right to left. UTF-8.
bool text_has_rtl(const char *words);

// Splits the first n bytes of words into runs in the order in which they stand, from left to right.
// The first letter that runs either way decides for the line. Returns their number.
int text_runs_split(const char *words, size_t n, struct text_run runs[TEXT_MAX_RUNS]);
