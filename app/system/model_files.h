// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// The model file to use: wanted (from --model or SMILECAM_MODEL) if it is not NULL, else the
// shipped smile.onnx, beside the installed program or in the source tree of a program that was not
// installed. "expression" is the shipped expression.onnx, unless there is a file of that name. The
// path is not opened, only chosen; valid for ever.
const char *model_file_find(const char *wanted);

// Whether that model can be read; if not, logged. For a look before outputs are opened.
bool model_file_readable(const char *wanted);

// Likewise the architecture file to train: wanted, or the product's own; "lenet5" is the shipped
// architectures/lenet5.net.
const char *model_file_architecture(const char *wanted);
