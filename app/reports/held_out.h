// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/reports/eval_report.h"

// Scores of pictures while these were held out of training (smilecam cv --scores).

// Gives the items the scores of the files, whose paths are separated by commas: for each picture
// the mean of the files, NaN where none has a score. Pictures are matched by the end of their
// names. Returns how many got a score; -1 (logged: the file, the line) when a file cannot be used.
int held_out_read(const char *paths, struct eval_item *items, int n);
