// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// Messages on standard error, one sentence a line: what happened, to which input, and what to do
// about it. Logged where the cause is known; callers pass the failure up without another message.
// <syslog.h> defines the same names: a file cannot include both.

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

#define LOG(level, ...) log_write(LOG_##level, __VA_ARGS__)

// Translates the messages' formats from now on; NULL: not. Call before other threads use the
// library.
void log_set_translator(const char *(*translate)(const char *words));

// These words translated, for a message that they are put into; LOG_WORDS marks them.
const char *log_words(const char *words);
#define LOG_WORDS(words) words

// Prints "smilecam: error: ..." (or "warning: ", "debug: "; info has no such word) and a newline in
// one write, so that lines of several threads never mix. Control characters become '?', long lines
// are cut. Thread-safe.
__attribute__((format(printf, 2, 3))) void log_write(enum log_level level, const char *format, ...);

// Logs the error "no memory for ..." and returns false.
__attribute__((format(printf, 1, 2))) bool log_no_memory(const char *what, ...);

// Sends each line, without "smilecam: " and the newline, to writer instead, which runs on the
// thread that logs; NULL restores log_print. Call before other threads use the library.
void log_set_writer(void (*writer)(enum log_level level, const char *line));

// The writer at start: prints the line as log_write describes. For writers that pass lines on.
void log_print(enum log_level level, const char *line);

// Messages above this level are dropped; LOG_INFO at start.
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

#ifdef __cplusplus
}
#endif
