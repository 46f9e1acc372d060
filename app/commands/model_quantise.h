// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"

// "smilecam model quantise": measures on the faces of a crops file the ranges that a model's
// tensors have, and writes the model with them (its weights stay as they are) to output. Returns an
// exit_code; failures are logged.
enum exit_code model_quantise(const char *model, const char *crops, const char *output);
