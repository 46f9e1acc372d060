// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Runs a fuzz target once on each file of a folder, with any compiler.
// usage: fuzz_TARGET FOLDER
#include "core/base/file.h"
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static bool replay(const char *folder, const char *name) {
    char path[4096];
    size_t len;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    uint8_t *bytes = file_read(path, (size_t)1 << 24, &len);
    if (bytes) {
        LLVMFuzzerTestOneInput(bytes, len);
    }
    free(bytes);
    return bytes != NULL;
}

int main(int argc, char **argv) {
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 1;
    }
    LLVMFuzzerInitialize(&argc, &argv);
    int n = 0;
    bool ok = true;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] != '.') {
            ok = replay(argv[1], entry->d_name) && ok;
            n++;
        }
    }
    closedir(folder);
    printf("%d files\n", n);
    return ok && n > 0 ? 0 : 1;
}
