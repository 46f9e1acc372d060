// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"

#include "vision/vision.h"

#include <stdbool.h>

#define BENCH_MAX_RUNS 1000

// Times each stage alone, on one thread, on the demo face: the same image everywhere, so that
// machines can be compared. Prints a table, or one JSON object per stage.
enum exit_code bench_stages_run(int width, int height, int runs, const char *model, bool json);
