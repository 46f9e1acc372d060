// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"

// Measures the ranges of a model's tensors on the faces of a crops file and writes a copy of the
// model, with the same weights, that records them. Failures are logged.
enum exit_code model_quantise(const char *model, const char *crops, const char *output);
