// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/model_info.h"

#include <stdio.h>

// Which label is called which.
struct confusion {
    int n, n_found, n_right;  // pictures; those with a face; those whose top-1 label is theirs
    int of[MODEL_MAX_LABELS]; // pictures of each label
    int faces[MODEL_MAX_LABELS][MODEL_MAX_LABELS]; // by what they are, then what they are called
};

// Counts a picture; called -1: no face was found.
void confusion_add(struct confusion *confusion, int label, int called);

// Mean over the labels of the share that is called right; a picture without a face is not. NaN when
// a label has no picture.
double confusion_balanced_accuracy(const struct confusion *confusion, int n_labels);

// A table, a line for each label.
void confusion_print(FILE *out, const struct confusion *confusion, int n_labels,
                     const char labels[][MODEL_LABEL_LEN]);
