// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/cpu_limit.h"

static const char *limit = "auto";

void cpu_limit_set(const char *name) {
    limit = name;
}

const char *cpu_limit(void) {
    return limit;
}
