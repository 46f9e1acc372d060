// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stdio.h>

// A file of lines, or standard output, that other programs read while it grows.

struct lines {
    FILE *file;
    char *name;       // for messages
    const char *what; // "events"
};

// path "-" is standard output; what outlives the lines. False (logged) on failure.
bool lines_open(struct lines *lines, const char *path, const char *what);

// Says why a write failed, by errno. Returns false.
bool lines_fail(const struct lines *lines);

// False when not all could be written (logged once). Legal on a zeroed one.
bool lines_close(struct lines *lines);
