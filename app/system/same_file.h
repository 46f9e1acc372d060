// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// Whether two paths name the same existing file or device. NULL names none.
bool same_node(const char *a, const char *b);

// The same of regular files.
bool same_file(const char *a, const char *b);

// Whether all n outputs (NULL: none, "-": standard output) go to different places, and none would
// overwrite the input (NULL: none). Logged if not.
bool outputs_differ(const char *in, const char *const *outputs, int n);
