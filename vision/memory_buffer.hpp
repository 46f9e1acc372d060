// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <cstddef>
#include <streambuf>

// Bytes in memory as a stream, which is read only.
struct memory_buffer : std::streambuf {
    memory_buffer(const char *bytes, std::size_t n) {
        char *begin = const_cast<char *>(bytes);
        setg(begin, begin, begin + n);
    }
};
