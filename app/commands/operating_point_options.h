// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/smile_classifier.h"
#include "app/cli/options.h"

// From what probability on it is a smile, as options that all commands share which read faces:
// entries of an option table whose targets are those of a struct operating_point.
#define OPERATING_POINT_SPECS(point)                                                               \
    {.name = "threshold",                                                                          \
     .kind = OPTION_REAL,                                                                          \
     .target = &(point)->threshold,                                                                \
     .argument = "P",                                                                              \
     .help = "a smile from this probability on",                                                   \
     .minimum = 0.01,                                                                              \
     .maximum = 0.99},                                                                             \
    {                                                                                              \
        .name = "false-alarms", .kind = OPTION_REAL, .target = &(point)->false_alarms,             \
        .argument = "RATE", .help = "the threshold for this share of errors", .minimum = 0.0001,   \
        .maximum = 0.5                                                                             \
    }
