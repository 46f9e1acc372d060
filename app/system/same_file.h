// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// Whether two paths lead to one plain file that is there. NULL leads nowhere.
bool same_file(const char *a, const char *b);

// Whether all n outputs (NULL: not wanted, "-": standard output) go to different places, and none
// over the input (NULL: none). If not, says so.
bool outputs_differ(const char *in, const char *const *outputs, int n);
