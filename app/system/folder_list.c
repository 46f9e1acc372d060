// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/folder_list.h"

#include "core/base/log.h"
#include "app/system/path_name.h"
#include "vision/vision.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int is_visible(const struct dirent *entry) {
    return !path_is_hidden(entry->d_name) &&
           (entry->d_type == DT_REG || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN);
}

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strverscmp((*a)->d_name, (*b)->d_name);
}

static char *join(const char *folder, const char *name) {
    char *path = NULL;
    size_t n = strlen(folder);
    const char *slash = n == 0 || folder[n - 1] == '/' ? "" : "/";
    return asprintf(&path, "%s%s%s", folder, slash, name) < 0 ? NULL : path;
}

bool folder_list_choose(struct folder_list *list, const char *folder,
                        bool (*is_wanted)(const char *path, const void *of), const void *of) {
    *list = (struct folder_list){0};
    struct dirent **entries;
    const char *name = *folder ? folder : ".";
    int n = scandir(name, &entries, is_visible, by_name);
    if (n < 0) {
        LOG(ERROR, "%s: cannot read the folder: %s", name, strerror(errno));
        return false;
    }
    list->paths = calloc((size_t)n + 1, sizeof *list->paths);
    bool complete = list->paths != NULL;
    for (int i = 0; i < n; i++) {
        char *path = complete ? join(folder, entries[i]->d_name) : NULL;
        complete = complete && path;
        if (path && is_wanted(path, of)) {
            list->paths[list->n++] = path;
        } else {
            free(path);
        }
        free(entries[i]);
    }
    free(entries);
    if (!complete) {
        log_no_memory("the list of files in %s", name);
        folder_list_finish(list);
    }
    return complete;
}

static bool is_picture(const char *path, const void *of) {
    struct stat about;
    (void)of;
    return (stat(path, &about) != 0 || S_ISREG(about.st_mode)) && picture_is_file(path);
}

bool folder_list_init(struct folder_list *list, const char *folder) {
    return folder_list_choose(list, folder, is_picture, NULL);
}

bool folder_list_add(struct folder_list *list, const char *path) {
    char *copy = strdup(path);
    void *longer = copy ? realloc(list->paths, ((size_t)list->n + 1) * sizeof *list->paths) : NULL;
    if (!longer) {
        free(copy);
        return log_no_memory("the list of files");
    }
    list->paths = longer;
    list->paths[list->n++] = copy;
    return true;
}

void folder_list_finish(struct folder_list *list) {
    for (int i = 0; i < list->n; i++) {
        free(list->paths[i]);
    }
    free(list->paths);
    *list = (struct folder_list){0};
}
