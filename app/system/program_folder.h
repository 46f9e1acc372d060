// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <limits.h>
#include <stdbool.h>

// Writes the folder of the running program, or "". True when it lies in its build tree: only such a
// program trusts the paths of the build and source trees; an installed one must not.
bool program_folder(char folder[PATH_MAX]);
