// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Reads a whole file of at most max bytes, with a zero byte behind it. *len (may be NULL) is its
// length. NULL (logged, naming the path) on failure. The caller frees it.
void *file_read(const char *path, size_t max, size_t *len);

// Writes a file whole or not at all: under a temporary name in the same folder, then renamed. False
// (logged) on failure; an older file of that name is then untouched. A symbolic link to a file
// stays one.
bool file_write(const char *path, const void *bytes, size_t len);

// Removes what was written in vain, if it is a plain file: never a device.
void file_remove(const char *path);
