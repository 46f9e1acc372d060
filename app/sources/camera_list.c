// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/camera_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

// UVC cameras have a second device for metadata, and some devices only put pictures out.
static bool can_capture(struct camera_entry *entry) {
    int fd = open(entry->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        entry->busy_or_denied = errno == EACCES || errno == EPERM || errno == EBUSY;
        return entry->busy_or_denied;
    }
    struct v4l2_capability capability = {0};
    bool answered = ioctl(fd, VIDIOC_QUERYCAP, &capability) == 0;
    close(fd);
    unsigned flags = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps
                                                                    : capability.capabilities;
    if (answered && entry->name[0] == '\0') {
        snprintf(entry->name, sizeof entry->name, "%s", (const char *)capability.card);
    }
    return answered && (flags & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)) != 0;
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
        read_name(&entry);
        if (can_capture(&entry)) {
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

static bool matches(const struct camera_entry *entry, const char *wanted) {
    char *end;
    long number = strtol(wanted, &end, 10);
    if (*wanted != '\0' && *end == '\0') {
        return number == entry->number;
    }
    return strcmp(wanted, entry->path) == 0 || strcmp(wanted, entry->stable) == 0 ||
           strcasestr(entry->name, wanted) || strcasestr(entry->stable, wanted);
}

bool camera_find(const char *wanted, struct camera_entry *entry) {
    struct camera_entry entries[MAX_CAMERAS];
    int n = camera_list(entries, MAX_CAMERAS);
    for (int i = 0; i < n; i++) {
        if (matches(&entries[i], wanted)) {
            *entry = entries[i];
            return true;
        }
    }
    return false;
}
