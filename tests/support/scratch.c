// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/support/scratch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char folder[4096];
static int saved_stderr = -1, caught = -1;

static void demand(bool true_thing, const char *what) {
    if (!true_thing) {
        perror(what);
        abort();
    }
}

void scratch_init(void) {
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/smilecam-test-XXXXXX", parent && *parent ? parent : "/tmp");
    demand(mkdtemp(folder), folder);
}

void scratch_finish(void) {
    char command[5000];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    demand(system(command) == 0, command);
}

int scratch_setup(void **state) {
    (void)state;
    scratch_init();
    return 0;
}

int scratch_teardown(void **state) {
    (void)state;
    scratch_finish();
    return 0;
}

const char *scratch_path(const char *name) {
    static char paths[8][5000];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void scratch_write(const char *path, const void *bytes, size_t n) {
    FILE *file = fopen(path, "wb");
    demand(file && (n == 0 || fwrite(bytes, 1, n, file) == n) && fclose(file) == 0, path);
}

void *scratch_read(const char *path, size_t *n) {
    FILE *file = fopen(path, "rb");
    demand(file && fseek(file, 0, SEEK_END) == 0, path);
    *n = (size_t)ftell(file);
    rewind(file);
    void *bytes = malloc(*n + 1);
    demand(bytes && fread(bytes, 1, *n, file) == *n, path);
    fclose(file);
    return bytes;
}

int scratch_count(void) {
    DIR *directory = opendir(folder);
    demand(directory, folder);
    int n = 0;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        n += entry->d_name[0] != '.';
    }
    closedir(directory);
    return n;
}

void stderr_begin(void) {
    fflush(stderr);
    saved_stderr = dup(STDERR_FILENO);
    caught = memfd_create("stderr", 0);
    demand(saved_stderr >= 0 && caught >= 0 && dup2(caught, STDERR_FILENO) >= 0, "stderr");
}

const char *stderr_end(void) {
    static char text[8192];
    fflush(stderr);
    dup2(saved_stderr, STDERR_FILENO);
    ssize_t n = pread(caught, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    close(saved_stderr);
    close(caught);
    return text;
}

bool is_one_error(const char *text, const char *about) {
    const char *end = strchr(text, '\n');
    return strncmp(text, "smilecam: error: ", 17) == 0 && end && end[1] == '\0' &&
           strstr(text, about);
}
