// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/cli/options.h"

#include "vision/vision.h"

// Which landmark file, as options that all commands share which find faces: entries of an option
// table whose targets are those of a struct landmark_file.
#define LANDMARK_SPECS(file)                                                                       \
    {.name = "landmarks",                                                                          \
     .kind = OPTION_TEXT,                                                                          \
     .target = &(file)->path,                                                                      \
     .argument = "FILE",                                                                           \
     .help = "dlib's 68 landmarks, not Debian's",                                                  \
     .environment = "SMILECAM_LANDMARKS"},                                                         \
    {                                                                                              \
        .name = "trust", .kind = OPTION_FLAG, .target = &(file)->trusted,                          \
        .help = "take them whatever their SHA-256"                                                 \
    }
