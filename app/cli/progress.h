// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// Progress of long work, on standard error: a bar on a terminal, else a line every ten seconds.
struct progress {
    const char *what; // "preparing"
    double total;
    double began_s, said_s;
    bool terminal, drawn;
};

// total 0: unknown; then only the notes are shown.
void progress_begin(struct progress *progress, const char *what, double total);
// done of total; note (may be "") follows the time left.
void progress_show(struct progress *progress, double done, const char *note);
void progress_end(struct progress *progress); // removes the bar
double progress_elapsed_s(const struct progress *progress);

// "1 h 05 min", "3 min 20 s", "12 s"
void progress_format_time(double seconds, char text[32]);
