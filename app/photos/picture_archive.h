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

// The file of exactly that name; NULL without one.
struct picture_file *picture_archive_find(const struct picture_archive *files, const char *name);

// The first file of that name in any folder that is not hidden (path_is_hidden); NULL without one.
struct picture_file *picture_archive_find_anywhere(const struct picture_archive *files,
                                                   const char *name);

// The text of a file of a set (of the file at path, if it has one), which the caller frees; without
// the byte order mark that some editors put before it. NULL (logged, naming the set) when it cannot
// be read or holds a zero byte.
char *picture_file_text(const char *path, const struct picture_file *file, const char *set);

bool picture_file_exists(const char *path);
