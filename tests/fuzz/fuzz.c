// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "fuzz.h"

#include "../../core/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

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

const char *fuzz_file(const uint8_t *bytes, size_t len) {
    static int fd = -1;
    static char path[32];
    if (fd < 0) {
        fd = memfd_create("fuzz", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, bytes, len, 0) != (ssize_t)len) {
        perror("fuzz_file");
        exit(1);
    }
    return path;
}
