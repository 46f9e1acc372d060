// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/vision.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Whether the process has the file open. Of processes of other users nobody is told.
static bool has_open(const char *pid, const char *file) {
    char folder[64], link[PATH_MAX], target[PATH_MAX];
    snprintf(folder, sizeof folder, "/proc/%.16s/fd", pid);
    DIR *directory = opendir(folder);
    struct dirent *item;
    bool found = false;
    while (directory && !found && (item = readdir(directory))) {
        snprintf(link, sizeof link, "%s/%s", folder, item->d_name);
        ssize_t n = readlink(link, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        found = strcmp(target, file) == 0;
    }
    if (directory) {
        closedir(directory);
    }
    return found;
}

static void read_name(const char *pid, char name[32]) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%.16s/comm", pid);
    FILE *file = fopen(path, "re");
    if (!file || !fgets(name, 32, file)) {
        strcpy(name, "another program");
    }
    if (file) {
        fclose(file);
    }
    name[strcspn(name, "\n")] = '\0';
    for (char *c = name; *c; c++) {
        *c = iscntrl((unsigned char)*c) ? '?' : *c;
    }
}

bool camera_holder(const char *path, char *who, size_t n) {
    char file[PATH_MAX], name[32];
    DIR *processes = realpath(path, file) ? opendir("/proc") : NULL;
    struct dirent *item;
    bool found = false;
    while (processes && !found && (item = readdir(processes))) {
        if (isdigit((unsigned char)item->d_name[0]) && atol(item->d_name) != getpid() &&
            has_open(item->d_name, file)) {
            read_name(item->d_name, name);
            snprintf(who, n, "%s (process %.16s)", name, item->d_name);
            found = true;
        }
    }
    if (processes) {
        closedir(processes);
    }
    return found;
}
