// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/camera_list.h"

#include "core/base/log.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *root(const char *variable, const char *usual) {
    const char *value = getenv(variable);
    return value && *value ? value : usual;
}

const char *camera_dev_root(void) {
    return root("SMILECAM_DEV_ROOT", "/dev");
}

static const char *sys_root(void) {
    return root("SMILECAM_SYS_ROOT", "/sys");
}

bool camera_is_device_path(const char *path) {
    size_t n = strlen(camera_dev_root());
    return strncmp(path, camera_dev_root(), n) == 0 && path[n] == '/';
}

// "video12" -> 12, anything else -> -1
static int video_number(const char *name) {
    char *end;
    if (strncmp(name, "video", 5) != 0 || name[5] < '0' || name[5] > '9') {
        return -1;
    }
    long number = strtol(name + 5, &end, 10);
    return *end == '\0' && number < 4096 ? (int)number : -1;
}

static void read_name(struct camera_entry *entry) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/class/video4linux/video%d/name", sys_root(), entry->number);
    FILE *file = fopen(path, "r");
    if (!file) {
        return;
    }
    if (!fgets(entry->name, sizeof entry->name, file)) {
        entry->name[0] = '\0';
    }
    entry->name[strcspn(entry->name, "\n")] = '\0';
    fclose(file);
}

static void find_stable(struct camera_entry *entry) {
    char folder[PATH_MAX - 300], link[PATH_MAX], target[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/v4l/by-id", camera_dev_root());
    DIR *directory = opendir(folder);
    struct dirent *item;
    while (directory && (item = readdir(directory))) {
        snprintf(link, sizeof link, "%s/%s", folder, item->d_name);
        if (!realpath(link, target)) {
            continue;
        }
        const char *slash = strrchr(target, '/');
        if (slash && video_number(slash + 1) == entry->number &&
            strlen(link) < sizeof entry->stable) {
            memcpy(entry->stable, link, strlen(link) + 1);
            break;
        }
    }
    if (directory) {
        closedir(directory);
    }
}

static int by_number(const void *a, const void *b) {
    const struct camera_entry *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

int camera_list(struct camera_entry *entries, int capacity) {
    int n = 0;
    DIR *directory = opendir(camera_dev_root());
    struct dirent *item;
    while (directory && n < capacity && (item = readdir(directory))) {
        struct camera_entry entry = {.number = video_number(item->d_name)};
        if (entry.number < 0) {
            continue;
        }
        snprintf(entry.path, sizeof entry.path, "%s/video%d", camera_dev_root(), entry.number);
        char card[sizeof entry.name] = "";
        entry.kind = camera_ask(entry.path, card, sizeof card);
        read_name(&entry);
        if (entry.name[0] == '\0') {
            memcpy(entry.name, card, sizeof card);
        }
        if (entry.kind != CAMERA_NONE) { // UVC cameras have a second device, for metadata
            find_stable(&entry);
            entries[n++] = entry;
        }
    }
    if (directory) {
        closedir(directory);
    }
    qsort(entries, (size_t)n, sizeof *entries, by_number);
    return n;
}

const char *camera_kind_drawback(enum camera_kind kind) {
    switch (kind) {
    case CAMERA_VIRTUAL:
        return LOG_WORDS("it shows what another program feeds in");
    case CAMERA_GREY:
        return LOG_WORDS("it gives grey or infrared pictures");
    case CAMERA_SENSOR:
        return LOG_WORDS("it gives the raw values of a sensor");
    case CAMERA_UNREADABLE:
        return LOG_WORDS("it gives pictures that cannot be read");
    default:
        return "";
    }
}

static int by_worth(const void *a, const void *b) {
    const struct camera_entry *x = a, *y = b;
    bool bad = x->problem[0], worse = y->problem[0];
    return bad != worse         ? bad - worse
           : x->kind != y->kind ? (int)x->kind - (int)y->kind
                                : by_number(a, b);
}

void camera_rank(struct camera_entry *entries, int n) {
    for (int i = 0; i < n; i++) {
        const char *problem = camera_probe(entries[i].path);
        snprintf(entries[i].problem, sizeof entries->problem, "%s", problem ? problem : "");
    }
    qsort(entries, (size_t)n, sizeof *entries, by_worth);
}

static bool is_number(const char *wanted) {
    return *wanted != '\0' && strspn(wanted, "0123456789") == strlen(wanted);
}

bool camera_is_at(const struct camera_entry *entry, const char *path) {
    return strcmp(path, entry->path) == 0 || (*path && strcmp(path, entry->stable) == 0);
}

static bool is_exactly(const struct camera_entry *entry, const char *wanted) {
    return is_number(wanted) ? atoi(wanted) == entry->number : camera_is_at(entry, wanted);
}

static bool has_name(const struct camera_entry *entry, const char *wanted) {
    return !is_number(wanted) &&
           (strcasestr(entry->name, wanted) || strcasestr(entry->stable, wanted));
}

bool camera_find(const char *wanted, struct camera_entry *entry) {
    struct camera_entry entries[MAX_CAMERAS];
    int n = camera_list(entries, MAX_CAMERAS), best = -1;
    for (int i = 0; i < n; i++) {
        if (is_exactly(&entries[i], wanted)) {
            *entry = entries[i];
            return true;
        }
        bool better = best < 0 || entries[i].kind < entries[best].kind;
        best = better && has_name(&entries[i], wanted) ? i : best;
    }
    if (best >= 0) {
        *entry = entries[best];
    }
    return best >= 0;
}
