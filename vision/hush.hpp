// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// While one of these lives, the lines that libraries print on stderr from this thread do not reach
// the user, who is told in this program's words. libjpeg, libpng and OpenCV have no other way to be
// silent.
class hush {
  public:
    hush();
    ~hush();
    hush(const hush &) = delete;
    hush &operator=(const hush &) = delete;

    // Whether a library has said these words since the beginning.
    bool heard(const char *words) const;
};
