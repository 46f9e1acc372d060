// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Private to eval*.c.

#include "app/reports/confusion.h"
#include "app/reports/eval_report.h"

#include <stdio.h>

// Of a model with more than two labels; pictures whose label it does not know are left out. False
// when it has only two, or there is no face.
bool eval_confusion(const struct eval_report *report, struct confusion *confusion);
void eval_write_confusion(FILE *out, const struct eval_report *report);

// The ROC and the reliability curve. False (logged) without memory.
bool eval_write_curves(FILE *out, const struct eval_report *report);

// By attribute: accuracy, hits and false alarms.
void eval_write_groups(FILE *out, const struct eval_report *report);

// Accuracy by pose, size, light and sharpness.
void eval_write_conditions(FILE *out, const struct eval_report *report);
