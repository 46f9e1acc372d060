// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <cstddef>
#include <vector>

// Reads a whole file, at most limit bytes, once. Returns nullptr, or in a few words why it cannot
// be used. Throws std::bad_alloc.
const char *file_bytes_read(const char *path, std::size_t limit, std::vector<char> &bytes);

// Writes a whole file under a temporary name in the same folder and renames it, so that nobody ever
// sees half of it. Returns nullptr, or why it could not, and then leaves nothing behind.
const char *file_bytes_write(const char *path, const void *bytes, std::size_t n);
