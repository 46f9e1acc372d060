// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stdio.h>

// A file of lines, or standard output, that other programs read while it grows.

struct text_output {
    FILE *file;
    char *name;       // for messages
    const char *what; // "events"
};

// path "-" is standard output; what outlives the lines. False (logged) on failure.
bool text_output_open(struct text_output *lines, const char *path, const char *what);

// Says why a write failed, by errno. Returns false.
bool text_output_fail(const struct text_output *lines);

// False when not all could be written (logged once). Legal on a zeroed one.
bool text_output_close(struct text_output *lines);
