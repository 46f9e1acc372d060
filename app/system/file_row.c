// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/file_row.h"

#include "app/system/path_name.h"
#include "core/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define DIGITS "0123456789"

// ---- patterns ----

struct pattern {
    const char *before, *after; // of the number
    size_t n_before;
    int width; // digits at least
};

static bool parse(const char *path, struct pattern *pattern) {
    const char *base = path_base(path), *percent = strchr(base, '%');
    size_t n = percent ? strspn(percent + 1, DIGITS) : 0;
    if (!percent || percent[1 + n] != 'd' || n > 3 || strchr(percent + 1, '%')) {
        return false;
    }
    *pattern = (struct pattern){base, percent + n + 2, (size_t)(percent - base),
                                n ? atoi(percent + 1) : 1};
    return true;
}

bool file_row_is_pattern(const char *path) {
    struct pattern pattern;
    return parse(path, &pattern) && access(path, F_OK) != 0;
}

// With as many digits as asked for; more only if they do not begin with 0.
static bool matches(const char *path, const void *of) {
    const struct pattern *pattern = of;
    const char *name = path_base(path);
    if (strncmp(name, pattern->before, pattern->n_before) != 0) {
        return false;
    }
    const char *number = name + pattern->n_before;
    int n = (int)strspn(number, DIGITS);
    return strcmp(number + n, pattern->after) == 0 &&
           (n == pattern->width || (n > pattern->width && *number != '0'));
}

bool file_row_init(struct folder_list *list, const char *path) {
    struct pattern pattern;
    char *folder = strndup(path, (size_t)(path_base(path) - path));
    bool good =
        folder && parse(path, &pattern) && folder_list_choose(list, folder, matches, &pattern);
    free(folder);
    if (good && list->n == 0) {
        LOG(ERROR, "%s: there is no file of such a name; check the folder and the digits", path);
        folder_list_finish(list);
        return false;
    }
    return good;
}

// ---- videos ----

static bool is_video(const char *path, const void *of) {
    static const char *const extensions[] = {
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".m2ts", ".mts",
        ".ts",  ".vob", ".wmv", ".asf", ".flv",  ".3gp", ".3g2", ".ogv",  ".mxf",  ".dv",
    };
    (void)of;
    const char *extension = path_extension(path);
    bool part = extension - path > 5 && strncmp(extension - 5, ".part", 5) == 0;
    for (size_t i = 0; !part && i < sizeof extensions / sizeof *extensions; i++) {
        if (strcasecmp(extension, extensions[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool file_row_videos(struct folder_list *list, const char *folder) {
    return folder_list_choose(list, folder, is_video, NULL);
}
