// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <limits.h>
#include <stdbool.h>

#define MODEL_PATH_LEN (PATH_MAX + 64)

// The model file to use: wanted (from --model or SMILECAM_MODEL) if it is not NULL, else the
// shipped smile.onnx, beside the installed program or in the source tree of a program that was not
// installed. "expression" is the shipped expression.onnx, unless there is a file of that name. The
// file is chosen, not opened. Returns wanted itself or, for a shipped file, path.
const char *model_file_find(const char *wanted, char path[MODEL_PATH_LEN]);

// Whether that model can be read; logged if not. For a check before outputs are opened.
bool model_file_readable(const char *wanted);

// The same for the architecture file to train: wanted, or the product's own; "lenet5" is the
// shipped architectures/lenet5.net.
const char *model_file_architecture(const char *wanted, char path[MODEL_PATH_LEN]);

// The shipped network that finds faces: path.
const char *model_file_faces(char path[MODEL_PATH_LEN]);

// The shipped file of the five landmarks: path.
const char *model_file_landmarks(char path[MODEL_PATH_LEN]);
