// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

#define FILE_DIGEST_LEN 65

// The SHA-256 of a file in hexadecimal digits. False (logged) when it cannot be read.
bool file_digest(const char *path, char text[FILE_DIGEST_LEN]);
