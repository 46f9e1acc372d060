// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"

// Writes a copy of the model whose probabilities are fitted to held-out scores (smilecam cv
// --scores), with the false alarm rate of each threshold in its metadata.
enum exit_code model_calibrate(const char *model, const char *scores, const char *output);
