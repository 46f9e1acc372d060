// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/program_folder.h"

#include <string.h>
#include <unistd.h>

bool program_folder(char folder[PATH_MAX]) {
    ssize_t n = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    folder[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash) {
        *slash = '\0';
    }
    size_t root = strlen(SMILECAM_BUILD_ROOT);
    return strncmp(folder, SMILECAM_BUILD_ROOT, root) == 0 &&
           (folder[root] == '/' || folder[root] == '\0');
}
