// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>

// All files of a folder (by path) or of an archive (in memory), in name order. A path may continue
// inside an archive: "sets.tar.gz/fer2013/train".

struct picture_file {
    char *name; // within the folder or archive
    char *path; // of a folder's file
    void *bytes;
    size_t len;
};

struct picture_archive {
    int n, capacity;
    struct picture_file *items;
};

// False (logged) on failure.
bool picture_archive_open(struct picture_archive *files, const char *path);
void picture_archive_close(struct picture_archive *files); // legal on a zeroed one

int picture_file_compare(const void *a, const void *b);
bool picture_file_exists(const char *path);
