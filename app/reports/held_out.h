// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/reports/eval_report.h"

// Scores that were written down while their pictures were held out (smilecam cv --scores).

// Gives the items the scores of the files, whose paths stand in a list with commas: the mean of the
// files for a picture, NaN where none has a score. Pictures are known by the end of their names.
// Returns how many got a score; -1 (logged: the file, the line) when a file cannot be used.
int held_out_read(const char *paths, struct eval_item *items, int n);
