// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/file_row.h"

#include "app/system/path_name.h"
#include "core/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define DIGITS "0123456789"

// ---- a list that grows ----

static bool append(struct folder_list *list, const char *folder, const char *name) {
    char **paths = realloc(list->paths, ((size_t)list->n + 1) * sizeof *paths);
    if (!paths) {
        return false;
    }
    list->paths = paths;
    size_t n = strlen(folder);
    const char *slash = n == 0 || folder[n - 1] == '/' ? "" : "/";
    bool good = asprintf(&paths[list->n], "%s%s%s", folder, slash, name) >= 0;
    list->n += good;
    return good;
}

static int by_name(const void *a, const void *b) {
    return strverscmp(*(char *const *)a, *(char *const *)b);
}

// Lists what is wanted of the names of a folder. False (logged) on failure.
static bool list_folder(struct folder_list *list, const char *folder,
                        bool (*is_wanted)(const char *name, const void *of), const void *of) {
    *list = (struct folder_list){0};
    DIR *entries = opendir(*folder ? folder : ".");
    if (!entries) {
        LOG(ERROR, "%s: cannot read the folder: %s", *folder ? folder : ".", strerror(errno));
        return false;
    }
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(entries));) {
        good = !is_wanted(entry->d_name, of) || append(list, folder, entry->d_name);
    }
    closedir(entries);
    if (!good) {
        log_no_memory("the list of files in %s", folder);
        folder_list_finish(list);
        return false;
    }
    if (list->n > 0) {
        qsort(list->paths, (size_t)list->n, sizeof *list->paths, by_name);
    }
    return true;
}

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
static bool matches(const char *name, const void *of) {
    const struct pattern *pattern = of;
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
    bool good = folder && parse(path, &pattern) && list_folder(list, folder, matches, &pattern);
    free(folder);
    if (good && list->n == 0) {
        LOG(ERROR, "%s: there is no file of such a name; check the folder and the digits", path);
        folder_list_finish(list);
        return false;
    }
    return good;
}

// ---- videos ----

static bool is_video(const char *name, const void *of) {
    static const char *const extensions[] = {
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".m2ts", ".mts",
        ".ts",  ".vob", ".wmv", ".asf", ".flv",  ".3gp", ".3g2", ".ogv",  ".mxf",  ".dv",
    };
    (void)of;
    const char *extension = path_extension(name);
    bool part = extension - name > 5 && strncmp(extension - 5, ".part", 5) == 0;
    for (size_t i = 0; *name != '.' && !part && i < sizeof extensions / sizeof *extensions; i++) {
        if (strcasecmp(extension, extensions[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool file_row_videos(struct folder_list *list, const char *folder) {
    return list_folder(list, folder, is_video, NULL);
}

bool file_row_add(struct folder_list *list, const char *path) {
    return append(list, "", path) || log_no_memory("the list of files");
}
