// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stddef.h>

// Memory for vectors: aligned to 64 bytes, contents undefined. Blocks of 2 MB and more ask for huge
// pages (Linux's madvise), which saves page faults at the first touch and TLB misses later. NULL
// (not logged) without memory; free with free().
void *aligned_malloc(size_t bytes);

// n rounded up so that what follows n reals is aligned to 64 bytes, too.
static inline size_t aligned_round(size_t n) {
    return (n + 15) / 16 * 16;
}
