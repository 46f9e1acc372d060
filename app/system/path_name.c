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
