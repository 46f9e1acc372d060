// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// One sentence per line on standard error: what happened, to which input, and what to do about it.
// Logged where the cause is known; callers pass the failure up in silence.

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

#define LOG(level, ...) log_write(LOG_##level, __VA_ARGS__)

// Prints "smilecam: error: ..." (warning, debug likewise; info without a word) and a newline, in
// one write, so that lines of several threads never mix. Thread-safe.
__attribute__((format(printf, 2, 3))) void log_write(enum log_level level, const char *format, ...);

// Messages above this level are dropped. LOG_INFO at start.
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
