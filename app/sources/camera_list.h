// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "vision/vision.h"

#include <stdbool.h>

// The cameras of this machine, from /dev and /sys (SMILECAM_DEV_ROOT and SMILECAM_SYS_ROOT instead,
// in tests). Listing switches no camera on.

#define MAX_CAMERAS 64

struct camera_entry {
    int number;            // N of /dev/videoN
    char path[256];        // /dev/videoN
    char stable[512];      // the same under /dev/v4l/by-id, which survives a replug; "" without one
    char name[128];        // as the driver calls it; "" if unknown
    enum camera_kind kind; // never CAMERA_NONE
    char problem[200]; // why it cannot be opened, once camera_rank has looked; "": it seems usable
};

// Fills at most capacity entries, sorted by number, leaving out devices that cannot capture
// pictures.
int camera_list(struct camera_entry *entries, int capacity);

// Whether this is the path of the camera, or its stable one.
bool camera_is_at(const struct camera_entry *entry, const char *path);

// Looks which of them can be opened, and sorts them, the best one first: those that can be opened
// before those that cannot, and of these colour before grey (enum camera_kind), then by number.
void camera_rank(struct camera_entry *entries, int n);

// Why a camera of this kind is not the first choice, as "it gives ..."; "" for colour.
const char *camera_kind_drawback(enum camera_kind kind);

// The camera of a number or a path, or the first of the best kind with this part of a name (any
// case): of a camera with two devices, the one that gives colour. False when there is no such
// camera.
bool camera_find(const char *wanted, struct camera_entry *entry);

// The folder of devices: /dev, or SMILECAM_DEV_ROOT.
const char *camera_dev_root(void);

// Whether the path is one of a device: below /dev, or below SMILECAM_DEV_ROOT.
bool camera_is_device_path(const char *path);
