// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// The image files of a folder, by the extensions that picture_read knows, in name order (10 after
// 9).
struct folder_list {
    int n;
    char **paths; // folder/name
};

// False (logged) when the folder cannot be read; an empty folder is not a failure.
bool folder_list_init(struct folder_list *list, const char *folder);
void folder_list_finish(struct folder_list *list); // legal on a zeroed list
