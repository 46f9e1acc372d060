// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/aligned_memory.h"

#include <stdlib.h>
#include <sys/mman.h>

#define VECTOR ((size_t)64)
#define HUGE_PAGE ((size_t)2 << 20)

void *aligned_malloc(size_t bytes) {
    size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : VECTOR;
    size_t size = (bytes + VECTOR - 1) / VECTOR * VECTOR;
    void *block = NULL;
    if (posix_memalign(&block, alignment, size + !size) != 0) {
        return NULL;
    }
#ifdef MADV_HUGEPAGE
    if (alignment == HUGE_PAGE) {
        (void)madvise(block, size, MADV_HUGEPAGE); // a wish
    }
#endif
    return block;
}
