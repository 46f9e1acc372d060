// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// The pictures of a folder, as picture_is_file has them, in name order (10 after 9). What is hidden
// is left out (path_is_hidden).
struct folder_list {
    int n;
    char **paths; // folder/name
};

// False (logged) when the folder cannot be read; an empty folder is not a failure.
bool folder_list_init(struct folder_list *list, const char *folder);
void folder_list_finish(struct folder_list *list); // legal on a zeroed list
