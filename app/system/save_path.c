// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/save_path.h"

#include "core/base/log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool is_writable_folder(const char *path) {
    struct stat status;
    return *path && stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
           access(path, W_OK | X_OK) == 0;
}

bool save_folder_ready(const char *folder) {
    if (mkdir(folder, 0777) == 0 || is_writable_folder(folder)) {
        return true;
    }
    LOG(ERROR, "%s: cannot save photographs here: %s; choose another folder", folder,
        errno == EEXIST ? "not a folder, or not writable" : strerror(errno));
    return false;
}

// Of a line such as XDG_PICTURES_DIR="$HOME/Bilder", written by xdg-user-dirs-update: within the
// home folder, or absolute.
static bool take_folder(const char *line, const char *variable, const char *home,
                        char folder[PATH_MAX]) {
    size_t n = strlen(variable);
    line += strspn(line, " \t");
    if (strncmp(line, variable, n) != 0 || strncmp(line + n, "=\"", 2) != 0) {
        return false;
    }
    line += n + 2;
    bool at_home = strncmp(line, "$HOME/", 6) == 0;
    if (!at_home && *line != '/') {
        return false;
    }
    line += at_home ? 5 : 0;
    snprintf(folder, PATH_MAX, "%s%.*s", at_home ? home : "", (int)strcspn(line, "\"\n"), line);
    return true;
}

static void read_user_dirs(const char *variable, const char *home, char folder[PATH_MAX]) {
    const char *config = getenv("XDG_CONFIG_HOME");
    char path[PATH_MAX], line[PATH_MAX];
    snprintf(path, sizeof path, "%s%s/user-dirs.dirs", config && *config ? config : home,
             config && *config ? "" : "/.config");
    FILE *file = fopen(path, "re");
    folder[0] = '\0';
    while (file && fgets(line, sizeof line, file) && !take_folder(line, variable, home, folder)) {
    }
    if (file) {
        fclose(file);
    }
}

// Makes the last folder of a path if only that is missing.
static bool usable(const char *path) {
    return is_writable_folder(path) || (*path == '/' && mkdir(path, 0777) == 0);
}

static void choose_folder(bool video, char folder[PATH_MAX]) {
    const char *variable = video ? "XDG_VIDEOS_DIR" : "XDG_PICTURES_DIR";
    const char *named = getenv(variable), *home = getenv("HOME");
    snprintf(folder, PATH_MAX, "%s", named ? named : "");
    if (!usable(folder) && home) {
        read_user_dirs(variable, home, folder);
    }
    if (!usable(folder) && home) {
        snprintf(folder, PATH_MAX, "%s/%s", home, video ? "Videos" : "Pictures");
    }
    if (!usable(folder)) {
        snprintf(folder, PATH_MAX, ".");
    }
}

void save_path(enum save_kind kind, const char *folder, char *path, size_t size) {
    static const char *const extensions[] = {"png", "jpg", "mkv"};
    char users[PATH_MAX], stamp[32];
    time_t now = time(NULL);
    struct tm parts;
    if (!folder) {
        choose_folder(kind == SAVE_VIDEO, users);
        folder = users;
    }
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", localtime_r(&now, &parts));
    snprintf(path, size, "%s/smilecam-%s.%s", folder, stamp, extensions[kind]);
    for (int i = 2; i < 100 && access(path, F_OK) == 0; i++) {
        snprintf(path, size, "%s/smilecam-%s-%d.%s", folder, stamp, i, extensions[kind]);
    }
}
