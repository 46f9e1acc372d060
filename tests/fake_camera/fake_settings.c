// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/fake_camera/fake_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void obey(const char *key, char *value, struct settings *s) {
    if (strcmp(key, "name") == 0) {
        snprintf(s->name, sizeof s->name, "%.31s", value);
    } else if (strcmp(key, "size") == 0) {
        sscanf(value, "%ux%u", &s->width, &s->height);
    } else if (strcmp(key, "rate") == 0) {
        s->rate_hz = atoi(value);
    } else if (strcmp(key, "jitter") == 0) {
        s->jitter_ms = atoi(value);
    } else if (strcmp(key, "padding") == 0) {
        s->padding = (unsigned)atoi(value);
    } else if (strcmp(key, "yuyv") == 0) {
        snprintf(s->yuyv, sizeof s->yuyv, "%s", value);
    } else if (strcmp(key, "mjpg") == 0) {
        snprintf(s->mjpg, sizeof s->mjpg, "%s", value);
    } else if (strcmp(key, "h264") == 0) {
        snprintf(s->h264, sizeof s->h264, "%s", value);
    } else if (strcmp(key, "written") == 0) {
        snprintf(s->written, sizeof s->written, "%s", value);
    } else if (strcmp(key, "kind") == 0) {
        snprintf(s->kind, sizeof s->kind, "%.15s", value);
    } else if (strcmp(key, "fault") == 0) {
        sscanf(value, "%15s %ld", s->fault, &s->fault_from);
    } else {
        fprintf(stderr, "fake camera: unknown setting %s\n", key);
        abort(); // a test with a slip of the pen
    }
}

void settings_read(int fd, struct settings *settings) {
    char text[4 * PATH_MAX + 512], *rest = text, *line;
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    if (n <= 0) {
        return;
    }
    text[n] = '\0';
    *settings = (struct settings){
        .name = "Fake camera", .width = 640, .height = 480, .rate_hz = 30, .fault_from = 0};
    while ((line = strsep(&rest, "\n"))) {
        char *value = strchr(line, ' ');
        if (value) {
            *value++ = '\0';
            obey(line, value, settings);
        }
    }
}
