// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sessions/annotate_batch.h"

#include <limits.h>

// What the outputs of a batch are called, and which are there.

// FOLDER/a.csv, or FOLDER/a.part.csv until it is whole. False when it is too long.
bool batch_name(const struct batch_output *output, const char *input, bool part,
                char path[PATH_MAX]);

// Makes the folders. False (logged) when one cannot be made.
bool batch_make_folders(const struct annotate_batch *batch);

// False (logged) when two inputs would write one output, or a name is too long.
bool batch_check_names(const struct annotate_batch *batch);

// Whether an output of an input is there.
bool batch_is_there(const struct annotate_batch *batch, int output, const char *input);
