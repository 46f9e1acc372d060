// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"

#include <stdbool.h>

// Annotates many videos, several at a time, each in a process of its own: one that fails costs no
// other. What is there already is left alone, so that an interrupted batch goes on where it was.

struct annotate_batch {
    char **inputs;
    int n_inputs;
    const char *folder;        // talks/a.mp4 becomes FOLDER/a.mkv; made when it is not there
    const char *events_folder; // its events FOLDER/a.jsonl; NULL: none
    const char *csv_folder;    // its table FOLDER/a.csv; NULL: none
    bool segmented;            // FOLDER/a-001.mkv and so on
    int n_jobs;                // at a time
    char **options;            // for each of them, n_options words; outputs among them do not count
    int n_options;
};

// Returns an exit_code: partly processed when some failed.
enum exit_code annotate_batch_run(const struct annotate_batch *batch);
