// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

extern "C" {
#include "core/base/aligned_memory.h"
}

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

// Memory for the bytes of a file: aligned_malloc's, and not cleared before reading into it.
template <typename T> struct block_allocator {
    using value_type = T;
    block_allocator() = default;
    template <typename U> block_allocator(const block_allocator<U> &) {}
    T *allocate(std::size_t n) {
        void *block = aligned_malloc(n * sizeof(T));
        if (!block) {
            throw std::bad_alloc();
        }
        return static_cast<T *>(block);
    }
    void deallocate(T *block, std::size_t) { std::free(block); }
    template <typename U> void construct(U *) {}
    bool operator==(const block_allocator &) const { return true; }
    bool operator!=(const block_allocator &) const { return false; }
};

using file_bytes = std::vector<char, block_allocator<char>>;

// Reads a whole file, at most limit bytes, once. Returns nullptr, or in a few words why the file is
// unusable. Throws std::bad_alloc.
const char *file_bytes_read(const char *path, std::size_t limit, file_bytes &bytes);
