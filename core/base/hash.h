// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stddef.h>
#include <stdint.h>

// FNV-1a, 64 bits (Fowler, Noll and Vo): begins with FNV1A_BASIS; the result for some bytes is the
// beginning for the next ones. Not for keys that an attacker chooses.
#define FNV1A_BASIS 0xcbf29ce484222325u

static inline uint64_t fnv1a(uint64_t hash, const void *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    }
    return hash;
}
