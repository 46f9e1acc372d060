// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/log.h"

#include <stdint.h>

// For programs that run for months: a warning or error that was written within the last ten minutes
// is not repeated but counted; after that it is written once more, with the count. Lines that
// differ only in their digits (times, numbers of files and processes) count as the same.

#define LIMITER_LINES 16
#define LIMITER_PAUSE_NS (600 * INT64_C(1000000000))

struct limited_line {
    uint64_t hash; // of all but the digits
    enum log_level level;
    int64_t written_ns, heard_ns; // the last time of each
    int n_held;                   // heard since it was written
    char text[400];               // as last heard; cut
};

struct log_limiter {
    void (*write)(enum log_level level, const char *line);
    struct limited_line lines[LIMITER_LINES];
    int n;
};

// Takes a line. A limiter begins as zeros but for write.
void log_limiter_hear(struct log_limiter *log, enum log_level level, const char *line,
                      int64_t now_ns);

// Writes lines that were held back long enough, the longest unheard first. INT64_MAX: all.
void log_limiter_tick(struct log_limiter *log, int64_t now_ns);

// The newest warning or error of the program since log_limiter_begin_logging.
struct log_problem {
    char text[256]; // cut; "": none
    double wall_s;  // time of day (wall_time.h)
};
struct log_problem log_limiter_last_problem(void);

// Limits everything that the program logs, on any thread, between begin and end, and what libraries
// print on stderr meanwhile (libjpeg does for each frame of many cameras), as warnings. Begin and
// end while no other thread logs.
void log_limiter_begin_logging(void);
void log_limiter_tick_logging(void); // every so often
void log_limiter_end_logging(void);  // writes what was held back
