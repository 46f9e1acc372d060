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

static bool is_hidden_name(const char *name, size_t n) {
    bool dots = (n == 1 && name[0] == '.') || (n == 2 && name[0] == '.' && name[1] == '.');
    return (name[0] == '.' && !dots) || (n == 8 && strncmp(name, "__MACOSX", n) == 0) ||
           (n == 6 && strncmp(name, "@eaDir", n) == 0);
}

bool path_is_hidden(const char *path) {
    while (*path) {
        size_t n = strcspn(path, "/");
        if (n > 0 && is_hidden_name(path, n)) {
            return true;
        }
        path += n;
        path += strspn(path, "/");
    }
    return false;
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
