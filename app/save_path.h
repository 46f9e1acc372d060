// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stddef.h>

enum save_kind {
    SAVE_PICTURE, // $XDG_PICTURES_DIR, ~/Pictures or the working folder; .png
    SAVE_VIDEO    // $XDG_VIDEOS_DIR, ~/Videos or the working folder; .mkv
};

// A path for what the user asks to be kept, named after the time of day, that does not exist yet.
// The first of the folders that can be written is taken.
void save_path(enum save_kind kind, char *path, size_t size);
