// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static _Atomic int log_level = LOG_INFO;

void log_set_level(enum log_level level) {
    log_level = (int)level;
}

enum log_level log_get_level(void) {
    return (enum log_level)log_level;
}

void log_write(enum log_level level, const char *format, ...) {
    static const char *const words[] = {"error: ", "warning: ", "", "debug: "};
    if ((int)level > log_level) {
        return;
    }
    char line[2048];
    int n = snprintf(line, sizeof line, "smilecam: %s", words[level]);
    va_list args;
    va_start(args, format);
    int m = vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
    va_end(args);
    if (m > 0) {
        int room = (int)sizeof line - n - 2;
        n += m < room ? m : room;
    }
    for (int i = 0; i < n; i++) { // words from a file must not forge lines or move the cursor
        line[i] = (unsigned char)line[i] < 0x20 || line[i] == 0x7f ? '?' : line[i];
    }
    line[n++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, (size_t)n);
    (void)written; // there is nowhere left to say so
}
