// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stddef.h>

// Memory for vectors: aligned to 64 bytes, contents undefined. Blocks of megabytes ask for huge
// pages where the system has them (Linux's madvise), which saves a page fault for every 4 KB at the
// first touch and misses of the address cache afterwards. NULL without memory; freed with free().
void *aligned_malloc(size_t bytes);

// So many reals, and as many more as it takes for what comes next to be aligned to 64 bytes, too.
static inline size_t aligned_round(size_t n) {
    return (n + 15) / 16 * 16;
}
