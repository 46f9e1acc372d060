// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_LEN 2016 // longer lines are cut

static _Atomic int log_level = LOG_INFO;
static void (*_Atomic log_writer)(enum log_level level, const char *line) = log_print;

static const char *as_it_is(const char *words) {
    return words;
}

static const char *(*_Atomic log_translate)(const char *words) = as_it_is;

void log_set_translator(const char *(*translate)(const char *words)) {
    log_translate = translate ? translate : as_it_is;
}

const char *log_words(const char *words) {
    return log_translate(words);
}

void log_set_level(enum log_level level) {
    log_level = (int)level;
}

enum log_level log_get_level(void) {
    return (enum log_level)log_level;
}

void log_set_writer(void (*writer)(enum log_level level, const char *line)) {
    log_writer = writer ? writer : log_print;
}

void log_print(enum log_level level, const char *line) {
    static const char *const words[] = {LOG_WORDS("error: "), LOG_WORDS("warning: "), "",
                                        "debug: "};
    char whole[LINE_LEN + 32];
    const char *word = *words[level] ? log_translate(words[level]) : "";
    int n = snprintf(whole, sizeof whole, "smilecam: %s%s\n", word, line);
    ssize_t written = write(STDERR_FILENO, whole, (size_t)n);
    (void)written; // there is nowhere left to say so
}

void log_write(enum log_level level, const char *format, ...) {
    if ((int)level > log_level) {
        return;
    }
    char line[LINE_LEN];
    line[0] = 0;
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, log_translate(format), args);
    va_end(args);
    for (char *c = line; *c; c++) { // words from a file must not forge lines or move the cursor
        *c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
    }
    log_writer(level, line);
}

bool log_no_memory(const char *what, ...) {
    char text[LINE_LEN];
    va_list args;
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    log_write(LOG_ERROR, "no memory for %s", text);
    return false;
}
