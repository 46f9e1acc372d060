// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Reads a whole file of at most max bytes and appends a zero byte. *len (may be NULL) is its
// length. NULL (logged, naming the path) on failure. The caller frees it.
void *file_read(const char *path, size_t max, size_t *len);

// Writes a file atomically: under a temporary name in the same folder, then renamed. False (logged)
// on failure, which leaves an older file of that name untouched. Follows symbolic links.
bool file_write(const char *path, const void *bytes, size_t len);

// Removes an output that is of no use, if it is a regular file: never a device.
void file_remove(const char *path);
