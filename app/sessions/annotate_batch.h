// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"

#include <stdbool.h>

// Annotates many videos, several at a time, each in a process of its own: one that fails costs no
// other. What is there already is left alone, so that an interrupted batch goes on where it was,
// and an output that is asked for later is made without the others.

#define BATCH_MAX_OUTPUTS 12
#define BATCH_NOWHERE "/dev/null" // an output that is not wanted

// talks/a.mp4 becomes FOLDER/a.mkv, its table FOLDER/a.csv.
struct batch_output {
    char *option;          // "--csv"
    const char *folder;    // made when it is not there
    const char *extension; // ".csv"
    bool video;            // takes care of its own parts
};

struct annotate_batch {
    char **inputs;
    int n_inputs;
    struct batch_output outputs[BATCH_MAX_OUTPUTS];
    int n_outputs;
    bool segmented; // FOLDER/a-001.mkv and so on
    bool overwrite; // what is there is made again
    int n_jobs;     // at a time
    char **options; // for each of them, n_options words; outputs among them do not count
    int n_options;
};

// Returns an exit_code: partly processed when some failed.
enum exit_code annotate_batch_run(const struct annotate_batch *batch);
