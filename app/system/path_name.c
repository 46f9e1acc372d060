// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/path_name.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

const char *path_base(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *path_extension(const char *path) {
    const char *base = path_base(path), *dot = strrchr(base, '.');
    return dot && dot > base ? dot : base + strlen(base);
}

bool path_insert(const char *path, const char *words, char *out, size_t size) {
    const char *extension = path_extension(path);
    int n = snprintf(out, size, "%.*s%s%s", (int)(extension - path), path, words, extension);
    return n > 0 && (size_t)n < size;
}

#define MOST_NAME_BYTES 255
#define PART ".part"
#define CHECKSUM_BYTES 9 // "-0123abcd"

// FNV-1a
static uint32_t checksum(const char *text) {
    uint32_t sum = 2166136261u;
    while (*text) {
        sum = (sum ^ (uint8_t)*text++) * 16777619u;
    }
    return sum;
}

bool path_part(const char *path, char *out, size_t size) {
    const char *base = path_base(path), *extension = path_extension(path);
    size_t added = strlen(PART) + CHECKSUM_BYTES + strlen(extension);
    if (strlen(base) + strlen(PART) <= MOST_NAME_BYTES) {
        return path_insert(path, PART, out, size);
    }
    if (added >= MOST_NAME_BYTES) {
        return false;
    }
    size_t kept = MOST_NAME_BYTES - added;
    while (kept > 0 && ((uint8_t)base[kept] & 0xc0) == 0x80) { // within a letter of UTF-8
        kept--;
    }
    int n = snprintf(out, size, "%.*s-%08x" PART "%s", (int)(base - path) + (int)kept, path,
                     checksum(base), extension);
    return n > 0 && (size_t)n < size;
}
