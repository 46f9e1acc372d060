// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/cli/options.h"

// The option that names it, an entry of an option table.
#define MODEL_SPEC(wanted)                                                                         \
    {                                                                                              \
        .name = "model", .letter = 'm', .kind = OPTION_TEXT, .target = (wanted),                   \
        .argument = "FILE", .help = "another model: a file, or expression",                        \
        .environment = "SMILECAM_MODEL", .suggested = "smile|expression"                           \
    }
