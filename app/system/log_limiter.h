// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/log.h"

#include <stdint.h>

// For programs that run for months: a warning or error that was said within the last ten minutes is
// not written again but counted; when they are over, it is said once more, with how often. Lines
// that differ only in their digits (times, numbers of files and processes) are the same.

#define CALM_LINES 16
#define CALM_PAUSE_NS (600 * INT64_C(1000000000))

struct limited_line {
    uint64_t hash; // of what is no digit
    enum log_level level;
    int64_t written_ns, heard_ns; // the last time of each
    int n_held;                   // heard since it was written
    char text[400];               // as it was heard last; cut
};

struct log_limiter {
    void (*write)(enum log_level level, const char *line);
    struct limited_line lines[CALM_LINES];
    int n;
};

// Zeros but for write: nothing was said yet.
void log_limiter_hear(struct log_limiter *log, enum log_level level, const char *line,
                      int64_t now_ns);

// Says what was held back long enough, in the order in which it was heard last. INT64_MAX: all.
void log_limiter_tick(struct log_limiter *log, int64_t now_ns);

// The same for everything that the program logs, on any thread, between begin and end, and for what
// libraries print on stderr meanwhile, such as libjpeg for each frame of many cameras: that becomes
// warnings. Begin and end while no other thread logs.
void log_limiter_begin_logging(void);
void log_limiter_tick_logging(void); // every so often
void log_limiter_end_logging(void);  // says what was held back
