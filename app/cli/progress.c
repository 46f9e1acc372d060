// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/progress.h"

#include "core/base/log.h"

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH 28
#define REDRAW_S 0.1
#define LINE_S 10.0

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_format_time(double seconds, char text[32]) {
    long s = lround(fmin(fmax(seconds, 0), 1e9));
    if (s >= 3600) {
        snprintf(text, 32, "%ld h %02ld min", s / 3600, s / 60 % 60);
    } else if (s >= 60) {
        snprintf(text, 32, "%ld min %02ld s", s / 60, s % 60);
    } else {
        snprintf(text, 32, "%ld s", s);
    }
}

void progress_begin(struct progress *progress, const char *what, double total) {
    double now = now_s();
    *progress = (struct progress){.what = what,
                                  .total = total,
                                  .began_s = now,
                                  .said_s = now,
                                  .terminal = isatty(STDERR_FILENO) && log_get_level() >= LOG_INFO};
}

double progress_elapsed_s(const struct progress *progress) {
    return now_s() - progress->began_s;
}

// Without an end there is neither share nor time left.
static void show_endless(struct progress *progress, const char *note) {
    if (progress->terminal) {
        fprintf(stderr, "\r\033[K%s  %s", progress->what, note);
        progress->drawn = true;
    } else {
        LOG(INFO, "%s: %s", progress->what, note);
    }
}

void progress_show(struct progress *progress, double done, const char *note) {
    double now = now_s(), share = progress->total > 0 ? fmin(done / progress->total, 1) : 0;
    if (now - progress->said_s < (progress->terminal ? REDRAW_S : LINE_S)) {
        return;
    }
    progress->said_s = now;
    if (progress->total <= 0) {
        show_endless(progress, note);
        return;
    }
    char left[32] = "?";
    if (share > 0) {
        progress_format_time((now - progress->began_s) * (1 - share) / share, left);
    }
    if (!progress->terminal) {
        LOG(INFO, "%s: %.0f %%, %s left%s%s", progress->what, 100 * share, left, *note ? ", " : "",
            note);
        return;
    }
    char bar[BAR_WIDTH + 1];
    for (int i = 0; i < BAR_WIDTH; i++) {
        bar[i] = i < share * BAR_WIDTH ? '#' : '.';
    }
    bar[BAR_WIDTH] = 0;
    fprintf(stderr, "\r\033[K%s [%s] %3.0f %%  %s left  %s", progress->what, bar, 100 * share, left,
            note);
    progress->drawn = true;
}

void progress_end(struct progress *progress) {
    if (progress->drawn) {
        fputs("\r\033[K", stderr);
        progress->drawn = false;
    }
}
