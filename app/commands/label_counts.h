// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/dataset.h"

// What there is of each label: results on a label with hardly any pictures mean nothing, however
// good they look.

// Logs "WHAT: 40 neutral, 30 smile", and warns of a label that has hardly any, or has none. Of the
// n items, or of all (items NULL). remedy: "prepare more pictures of it".
void label_counts_report(const char *what, const struct dataset *dataset, const int *items, int n,
                         const char *remedy);

// Warns of copies of one picture (of one group) that have different labels. Without memory it does
// not (logged).
void label_counts_warn_of_doubles(const struct dataset *dataset);
