// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

// A report in a folder: a page that needs no network, and files beside it.

// Makes the folder if it is not there. False (logged) if it cannot be made.
bool page_folder(const char *folder);

// Opens a file of the folder for writing; path: where. NULL (logged) on failure.
FILE *page_open(const char *folder, const char *name, char path[PATH_MAX]);

// Closes it. whole: all of it was there to be written; if not, that has been said. Removes a file
// that is not whole. False (logged) on failure.
bool page_close(FILE *out, const char *path, bool whole);

// The page's head with the style of all reports.
void page_begin(FILE *out, const char *title);

// An image within the page. An empty one writes nothing. False (logged) without memory.
bool page_picture(FILE *out, const struct image *image);
