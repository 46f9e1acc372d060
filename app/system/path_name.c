// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/path_name.h"

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
