// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>

// "talks/a.mkv": the base is "a.mkv", the extension ".mkv". Both point into the path.
const char *path_base(const char *path);
const char *path_extension(const char *path); // "" without one, as of ".profile"

// Whether one of a relative path's folders, or its base, is hidden: its name begins with a dot, or
// it is one that programs put beside the user's own files (__MACOSX of macOS's archives, @eaDir of
// Synology's thumbnails).
bool path_is_hidden(const char *path);

// "talks/a.mkv" and "-smiles" give "talks/a-smiles.mkv". False when it does not fit.
bool path_insert(const char *path, const char *words, char *out, size_t size);

// What a file is called until it is whole: "talks/a.part.mkv". Where that would be longer than a
// name may be, the beginning of the name and a checksum of it. False when it does not fit.
bool path_part(const char *path, char *out, size_t size);
