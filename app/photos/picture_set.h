// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

#include <stdbool.h>
#include <stddef.h>

// A set of labelled images: the official GENKI-4K layout, a folder per
// label, or a CSV (label_table.h); as a folder or packed (tar, also compressed).

struct picture {
    char *name;       // within the set
    char *label;      // "smile", "neutral", "happy" ...; GENKI-4K's 1 and 0 become the first two
    char *attributes; // "male=1;pose=3", of a CSV with more columns; NULL: none
    float pose[3];    // yaw, pitch, roll in radians; NaN if unknown
    char *path;       // of its own file, or NULL when it lies in memory
    void *bytes;
    size_t len;
};

struct picture_set {
    int n, capacity;
    int n_missing;            // labelled, but without a file; logged once
    struct picture *pictures; // in name order, or the CSV's
    const char *layout;       // "GENKI-4K", "folder per label", "CSV"
};

// False (logged: the path, what was expected) when it cannot be read or holds no labelled picture.
// Labels without a file are counted and logged once.
bool picture_set_open(struct picture_set *set, const char *path);

// Keeps the pictures whose name begins with prefix (NULL: all). False (logged, naming the path)
// when that is none.
bool picture_set_keep(struct picture_set *set, const char *prefix, const char *path);
void picture_set_close(struct picture_set *set); // legal on a zeroed one

// The whole file of a picture; NULL (logged) when unreadable. Free with picture_release.
const void *picture_bytes(const struct picture *picture, size_t *len);
void picture_release(const struct picture *picture, const void *bytes);
