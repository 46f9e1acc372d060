// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/log.h"

// What log_write does with a line while no writer is set; for writers that pass lines on.
void log_print(enum log_level level, const char *line);
