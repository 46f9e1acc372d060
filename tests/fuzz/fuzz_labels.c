// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Lists of labels: as a CSV, as the labels.txt of GENKI-4K, and as an archive that holds either.
#include "app/photos/picture_set.h"
#include "tests/support/scratch.h"
#include "tests/fuzz/fuzz.h"

#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

static void open_set(const char *path) {
    struct picture_set set;
    if (picture_set_open(&set, path)) {
        picture_set_close(&set);
    }
}

// The folder in which fuzz_file puts its files, with one picture beside them.
static const char *make_folder(void) {
    static const char *folder;
    if (!folder) {
        folder = dirname(strdup(fuzz_file("labels.txt", NULL, 0)));
        mkdir(scratch_path("files"), 0700);
        fuzz_file("files/file0001.jpg", NULL, 0);
    }
    return folder;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    const char *folder = make_folder();
    open_set(fuzz_file("list.csv", bytes, len));
    open_set(fuzz_file("labels.tar", bytes, len));
    fuzz_file("labels.txt", bytes, len);
    open_set(folder);
    return 0;
}
