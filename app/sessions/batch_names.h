// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <limits.h>
#include <stdbool.h>

// What a batch of videos is to make, what its files are called, and which are there.

#define BATCH_MAX_OUTPUTS 12
#define BATCH_NOWHERE "/dev/null" // an output that is not wanted

// talks/a.mp4 becomes FOLDER/a.mkv, its table FOLDER/a.csv.
struct batch_output {
    char *option;          // "--csv"
    const char *folder;    // made when it is not there
    const char *extension; // ".csv"
    const char *proof;     // what is there when it is whole: the name and this, "/index.html"
    bool own_parts;        // the process takes care of them itself
    bool segmented;        // FOLDER/a-001.mkv and so on
};

struct annotate_batch {
    char **inputs;
    int n_inputs;
    struct batch_output outputs[BATCH_MAX_OUTPUTS];
    int n_outputs;
    const char *summary; // one table for all videos, or NULL
    bool overwrite;      // what is there is made again
    int n_jobs;          // at a time
    char **options;      // for each of them, n_options words; outputs among them do not count
    int n_options;
};

// FOLDER/a.csv, or FOLDER/a.part.csv until it is whole. False when it is too long.
bool batch_name(const struct batch_output *output, const char *input, bool part,
                char path[PATH_MAX]);

// Makes the folders. False (logged) when one cannot be made.
bool batch_make_folders(const struct annotate_batch *batch);

// False (logged) when two inputs would write one output, or a name is too long.
bool batch_check_names(const struct annotate_batch *batch);

// Whether an output of an input is there.
bool batch_is_there(const struct annotate_batch *batch, int output, const char *input);
