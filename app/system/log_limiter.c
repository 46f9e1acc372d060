// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/log_limiter.h"

#include "core/base/hash.h"
#include "core/base/log.h"
#include "app/system/clock.h"
#include "app/system/wall_time.h"
#include "vision/vision.h"

#include <ctype.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static uint64_t hash_without_digits(const char *line) {
    uint64_t hash = FNV1A_BASIS;
    for (; *line; line++) {
        hash = fnv1a(hash, line, !isdigit((unsigned char)*line));
    }
    return hash;
}

static void write_held(struct log_limiter *log, struct limited_line *line, int64_t now_ns) {
    char text[sizeof line->text + 32];
    snprintf(text, sizeof text, "%s (%d times more)", line->text, line->n_held);
    log->write(line->level, text);
    line->n_held = 0;
    line->written_ns = now_ns;
}

static int longest_unheard(const struct log_limiter *log) {
    int oldest = 0;
    for (int i = 1; i < log->n; i++) {
        oldest = log->lines[i].heard_ns < log->lines[oldest].heard_ns ? i : oldest;
    }
    return oldest;
}

static struct limited_line *find(struct log_limiter *log, uint64_t hash) {
    for (int i = 0; i < log->n; i++) {
        if (log->lines[i].hash == hash) {
            return &log->lines[i];
        }
    }
    return NULL;
}

static struct limited_line *add(struct log_limiter *log, int64_t now_ns) {
    if (log->n < LIMITER_LINES) {
        return &log->lines[log->n++];
    }
    struct limited_line *line = &log->lines[longest_unheard(log)];
    if (line->n_held > 0) {
        write_held(log, line, now_ns);
    }
    return line;
}

void log_limiter_hear(struct log_limiter *log, enum log_level level, const char *line,
                      int64_t now_ns) {
    if (level > LOG_WARNING) {
        log->write(level, line);
        return;
    }
    uint64_t hash = hash_without_digits(line);
    struct limited_line *known = find(log, hash);
    if (!known) {
        known = add(log, now_ns);
        *known = (struct limited_line){.hash = hash, .level = level, .written_ns = now_ns};
        log->write(level, line);
    } else {
        known->n_held++;
    }
    known->heard_ns = now_ns;
    snprintf(known->text, sizeof known->text, "%s", line);
}

static bool is_over(const struct limited_line *line, int64_t now_ns) {
    return now_ns - line->written_ns >= LIMITER_PAUSE_NS;
}

static struct limited_line *next_due(struct log_limiter *log, int64_t now_ns) {
    struct limited_line *due = NULL;
    for (int i = 0; i < log->n; i++) {
        struct limited_line *line = &log->lines[i];
        if (line->n_held > 0 && is_over(line, now_ns) && (!due || line->heard_ns < due->heard_ns)) {
            due = line;
        }
    }
    return due;
}

void log_limiter_tick(struct log_limiter *log, int64_t now_ns) {
    for (struct limited_line *line; (line = next_due(log, now_ns));) {
        write_held(log, line, now_ns);
    }
    for (int i = log->n - 1; i >= 0; i--) {
        if (is_over(&log->lines[i], now_ns)) {
            log->lines[i] = log->lines[--log->n];
        }
    }
}

// ---- what the program logs ----

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *usual_stderr, *overheard;
static struct log_limiter present = {.write = log_print};

static struct log_problem problem;

static void hear(enum log_level level, const char *line) {
    pthread_mutex_lock(&lock);
    if (level <= LOG_WARNING) {
        problem.wall_s = wall_time_now();
        snprintf(problem.text, sizeof problem.text, "%s", line);
    }
    log_limiter_hear(&present, level, line, clock_now_ns());
    pthread_mutex_unlock(&lock);
}

struct log_problem log_limiter_last_problem(void) {
    pthread_mutex_lock(&lock);
    struct log_problem last = problem;
    pthread_mutex_unlock(&lock);
    return last;
}

static void tick(int64_t now_ns) {
    pthread_mutex_lock(&lock);
    log_limiter_tick(&present, now_ns);
    pthread_mutex_unlock(&lock);
}

// Lines that a library prints, as the stream hands them on.
static ssize_t overhear(void *unused, const char *text, size_t n) {
    (void)unused;
    if (vision_overhears(text, n)) {
        return (ssize_t)n;
    }
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t len = end ? (size_t)(end - text) - at : n - at;
        if (len > 0) {
            LOG(WARNING, "%.*s", (int)len, text + at);
        }
        at += len + 1;
    }
    return (ssize_t)n;
}

void log_limiter_begin_logging(void) {
    log_set_writer(hear);
    usual_stderr = stderr;
    if (!overheard &&
        (overheard = fopencookie(NULL, "w", (cookie_io_functions_t){.write = overhear}))) {
        setvbuf(overheard, NULL, _IOLBF, BUFSIZ);
    }
    if (overheard) {
        stderr = overheard;
    }
}

void log_limiter_tick_logging(void) {
    tick(clock_now_ns());
}

void log_limiter_end_logging(void) {
    if (overheard) {
        fflush(overheard); // stays open: a thread that was left behind may just be printing
        stderr = usual_stderr;
    }
    log_set_writer(NULL);
    tick(INT64_MAX);
}
