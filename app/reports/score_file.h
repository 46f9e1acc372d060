// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// Scores of pictures as smilecam cv and eval write them: lines of file,label,score; no score where
// no face was found.

struct score_line {
    char name[192]; // the end of a longer name
    int truth;      // 1: its label means a smile
    float score;    // NaN without one
};

struct score_list {
    int n, capacity;
    struct score_line *lines;
};

// False (logged: the file, the line) when it cannot be read or a line makes no sense.
bool score_list_read(struct score_list *list, const char *path);
void score_list_finish(struct score_list *list); // legal on a zeroed one
