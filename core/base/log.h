// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// One sentence per line on standard error: what happened, to which input, and what to do about it.
// Logged where the cause is known; callers pass the failure up in silence. <syslog.h> has the same
// names: not both in one file.

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

#define LOG(level, ...) log_write(LOG_##level, __VA_ARGS__)

// Prints "smilecam: error: ..." (warning, debug likewise; info without a word) and a newline, in
// one write, so that lines of several threads never mix. Thread-safe.
__attribute__((format(printf, 2, 3))) void log_write(enum log_level level, const char *format, ...);

// From now on each line, without "smilecam: " and its newline, goes to writer instead, on the
// thread that has something to say; NULL prints again. Call before other threads use the library.
void log_set_writer(void (*writer)(enum log_level level, const char *line));

// Messages above this level are dropped. LOG_INFO at start.
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

// What log_write does with a line while no writer is set; for writers that pass lines on.
void log_print(enum log_level level, const char *line);

#ifdef __cplusplus
}
#endif
