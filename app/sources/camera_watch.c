// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/camera_watch.h"

#include "app/sources/camera_list.h"

#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

int camera_watch_open(void) {
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    // IN_ATTRIB: udev gives the user access only after the device has come.
    if (fd >= 0 &&
        inotify_add_watch(fd, camera_dev_root(), IN_CREATE | IN_MOVED_TO | IN_ATTRIB) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void camera_watch_drain(int fd) {
    char events[sizeof(struct inotify_event) + NAME_MAX + 1];
    while (read(fd, events, sizeof events) > 0) {
    }
}
