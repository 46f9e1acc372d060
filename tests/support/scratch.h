// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// For tests that need files, or care for what is said: a folder of their own, and the lines on
// stderr.

#include <stdbool.h>
#include <stddef.h>

// Makes a new folder, and removes it with all that is in it. Both abort the program on failure.
void scratch_init(void);
void scratch_finish(void);

// The same as fixtures of a group of tests, which leave *state alone; 0.
int scratch_setup(void **state);
int scratch_teardown(void **state);

// The path of name in the folder; valid until eight calls later.
const char *scratch_path(const char *name);

void scratch_write(const char *path, const void *bytes, size_t n);

// Reads a file into memory that the caller frees.
void *scratch_read(const char *path, size_t *n);

// The number of entries in the folder.
int scratch_count(void);

// From begin to end, stderr goes into memory. end returns it as text, valid until the next begin.
void stderr_begin(void);
const char *stderr_end(void);

// Whether text is a single line of the form "smilecam: error: ... about ...".
bool is_one_error(const char *text, const char *about);
