// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <limits.h>
#include <stdbool.h>

// One summary for all videos of a batch: what each process writes is added to it, row by row, as
// the videos are done. Those that have rows already are done.

struct batch_table {
    const char *path; // NULL: none is wanted
    char *text;       // of the table as the batch found it, "" when it was not there
};

// overwrite: it begins anew. False (logged) when it is there but cannot be read or removed.
bool batch_table_open(struct batch_table *table, const char *path, bool overwrite);
void batch_table_close(struct batch_table *table); // legal on a zeroed one

bool batch_table_has(const struct batch_table *table, const char *video);

// Where the process of a slot writes its rows.
void batch_table_part(const struct batch_table *table, int slot, char path[PATH_MAX]);

// Adds what a process has written, and removes its file. False (logged) on failure.
bool batch_table_add(const struct batch_table *table, int slot);
