// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/exit_codes.h"

#include <stdbool.h>

// smilecam eval --boxes: how well faces are found.
struct eval_boxes {
    const char *path, *model;
    const char *report; // folder for a page; NULL: none
    bool held_out;      // only the tenth that training leaves out
    bool json;
    int side, threads;
};

enum exit_code eval_boxes_run(const struct eval_boxes *options);
