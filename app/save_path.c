// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "save_path.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool is_writable_folder(const char *path) {
    struct stat status;
    return *path && stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
           access(path, W_OK | X_OK) == 0;
}

static void choose_folder(enum save_kind kind, char folder[PATH_MAX]) {
    const char *named = getenv(kind == SAVE_PICTURE ? "XDG_PICTURES_DIR" : "XDG_VIDEOS_DIR");
    const char *home = getenv("HOME");
    snprintf(folder, PATH_MAX, "%s", named ? named : "");
    if (is_writable_folder(folder)) {
        return;
    }
    snprintf(folder, PATH_MAX, "%s/%s", home ? home : "",
             kind == SAVE_PICTURE ? "Pictures" : "Videos");
    if (!home || !is_writable_folder(folder)) {
        snprintf(folder, PATH_MAX, ".");
    }
}

void save_path(enum save_kind kind, char *path, size_t size) {
    char folder[PATH_MAX], stamp[32];
    time_t now = time(NULL);
    struct tm parts;
    choose_folder(kind, folder);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", localtime_r(&now, &parts));
    const char *extension = kind == SAVE_PICTURE ? "png" : "mkv";
    snprintf(path, size, "%s/smilecam-%s.%s", folder, stamp, extension);
    for (int i = 2; i < 100 && access(path, F_OK) == 0; i++) {
        snprintf(path, size, "%s/smilecam-%s-%d.%s", folder, stamp, i, extension);
    }
}
