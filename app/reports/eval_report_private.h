// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Private to eval*.c.

#include "app/reports/eval_report.h"

#include <stdio.h>

// Of a model with more than two labels: which is called which. Pictures whose label it does not
// know are left out.
struct confusion {
    int n, n_found, n_right; // pictures; those with a face; those whose top-1 label is theirs
    int faces[MODEL_MAX_LABELS][MODEL_MAX_LABELS]; // by what they are, then what they are called
};

// False when the model has only two labels, or there is no face.
bool eval_confusion(const struct eval_report *report, struct confusion *confusion);
void eval_write_confusion(FILE *out, const struct eval_report *report);

// The ROC and the reliability curve. False (logged) without memory.
bool eval_write_curves(FILE *out, const struct eval_report *report);

// By attribute: accuracy, hits and false alarms.
void eval_write_groups(FILE *out, const struct eval_report *report);

// Accuracy by pose, size, light and sharpness.
void eval_write_conditions(FILE *out, const struct eval_report *report);
