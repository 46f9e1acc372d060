// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// Files of a folder, in name order (10 after 9). What is hidden is left out (path_is_hidden).
struct folder_list {
    int n;
    char **paths; // folder/name
};

// Those that are wanted, by their path. folder: "" for the present one, which the paths then leave
// out. False (logged) when the folder cannot be read; an empty folder is not a failure.
bool folder_list_choose(struct folder_list *list, const char *folder,
                        bool (*is_wanted)(const char *path, const void *of), const void *of);

// The pictures, as picture_is_file has them.
bool folder_list_init(struct folder_list *list, const char *folder);

// Adds a path at the end. False (logged) without memory.
bool folder_list_add(struct folder_list *list, const char *path);
void folder_list_finish(struct folder_list *list); // legal on a zeroed list
