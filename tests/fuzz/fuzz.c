// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/fuzz/fuzz.h"

#include "core/base/log.h"
#include "tests/support/scratch.h"

#include <stdlib.h>

static void hide(enum log_level level, const char *line) {
    (void)level;
    (void)line;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    log_set_writer(hide);
    return 0;
}

const char *fuzz_file(const char *name, const uint8_t *bytes, size_t len) {
    static bool started;
    if (!started) {
        scratch_init();
        atexit(scratch_finish);
        started = true;
    }
    const char *path = scratch_path(name);
    scratch_write(path, bytes, len);
    return path;
}
