// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/folder_list.h"

// Files that a name stands for.

// Whether a path is a pattern of numbered files as printf and FFmpeg know it ("f_%04d.png", one
// number in the name), and not a file itself.
bool file_row_is_pattern(const char *path);

// The files of a pattern in the order of their numbers. False (logged) when the folder cannot be
// read or there is none.
bool file_row_init(struct folder_list *list, const char *pattern);

// The videos of a folder in name order, by their extensions; hidden files and those that are not
// whole (".part") are none. Logged as folder_list_init.
bool file_row_videos(struct folder_list *list, const char *folder);
