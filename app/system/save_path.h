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

// A path for what the user asks to be kept, named after the time of day, that does not exist yet.
// folder: where; NULL: the first that can be written of $XDG_PICTURES_DIR (or $XDG_VIDEOS_DIR), the
// same from user-dirs.dirs, ~/Pictures (~/Videos), the working folder.
void save_path(enum save_kind kind, const char *folder, char *path, size_t size);

// Makes the folder if it is not there. False (logged) when nothing can be written into it.
bool save_folder_ready(const char *folder);
