// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/wall_time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double wall_time_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void wall_time_format(double s, char text[WALL_TIME_LEN]) {
    long long ms = llround(s * 1000);
    time_t seconds = (time_t)floor((double)ms / 1000);
    struct tm parts = {0};
    char day[24];
    localtime_r(&seconds, &parts);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
    int minutes = (int)(parts.tm_gmtoff / 60);
    snprintf(text, WALL_TIME_LEN, "%s.%03d%c%02d:%02d", day, (int)(ms - (long long)seconds * 1000),
             minutes < 0 ? '-' : '+', abs(minutes) / 60 % 100, abs(minutes) % 60);
}
