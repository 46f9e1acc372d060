// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"

// Writes the model anew with probabilities that agree with the held-out scores of its recipe
// (smilecam cv --scores), and with the thresholds for rates of false alarms among its metadata.
// Returns an exit_code.
enum exit_code model_calibrate(const char *model, const char *scores, const char *output);
