// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sources/frame.h"
#include "app/system/wall_time.h"

#include <jansson.h>
#include <limits.h>

// Where results come from.
struct provenance {
    const char *source;        // as it was named
    char model[PATH_MAX];      // path
    char model_sha256[65];     // "" when it cannot be read
    double threshold;          // of the probability
    double rate_hz;            // of the source; 0: unknown or varying
    char start[WALL_TIME_LEN]; // time of day at media time 0; "": unknown
};

// Time of day at media time t, seconds, of a live source's frame, as wall_time_format writes it.
void wall_text_at(const struct frame *frame, double t, char text[WALL_TIME_LEN]);

// Adds all of it to an object.
void provenance_describe(const struct provenance *of, json_t *object);

// Writes it as PATH.meta.json beside a table, whose own lines are but header and rows, so that
// every reader of tables reads it; beside what is no regular file, nothing. False (logged) on
// failure.
bool provenance_write_beside(const struct provenance *of, const char *path);

// The table is about to be renamed: so is what is beside it, if anything is. False (errno) on
// failure.
bool provenance_rename_beside(const char *from, const char *to);
