// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// The cameras of this machine, from /dev and /sys (SMILECAM_DEV_ROOT and SMILECAM_SYS_ROOT instead,
// in tests). Listing switches no camera on.

#define MAX_CAMERAS 64

struct camera_entry {
    int number;          // N of /dev/videoN
    char path[256];      // /dev/videoN
    char stable[512];    // the same under /dev/v4l/by-id, which survives a replug; "" without one
    char name[128];      // as the driver calls it; "" if unknown
    bool busy_or_denied; // could not be opened to ask whether it is a camera; taken for one
};

// Fills at most capacity entries, sorted by number, leaving out devices that cannot capture
// pictures.
int camera_list(struct camera_entry *entries, int capacity);

// The first camera that matches a number, a path, or part of a name (any case). False when there is
// no such camera.
bool camera_find(const char *wanted, struct camera_entry *entry);

// The folder of devices: /dev, or SMILECAM_DEV_ROOT.
const char *camera_dev_root(void);

// Whether the path is one of a device: below /dev, or below SMILECAM_DEV_ROOT.
bool camera_is_device_path(const char *path);
