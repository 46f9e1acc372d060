// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum save_kind {
    SAVE_PNG, // into the user's folder for pictures
    SAVE_JPEG,
    SAVE_VIDEO // .mkv, into the one for videos
};

// A path that does not exist yet, named after the date and time, for what the user saves.
// folder: where; NULL: the first writable one of $XDG_PICTURES_DIR (or $XDG_VIDEOS_DIR), the
// same from user-dirs.dirs, ~/Pictures (~/Videos), each of which is made if it is missing, and the
// working folder.
void save_path(enum save_kind kind, const char *folder, char *path, size_t size);

// Creates the folder if it does not exist. False (logged) when it is not writable.
bool save_folder_ready(const char *folder);
