// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/picture_tiff.h"

static uint32_t u16(const struct tiff *t, size_t at) {
    return t->big_endian ? be16(t->b, at) : le16(t->b, at);
}
static uint32_t u32(const struct tiff *t, size_t at) {
    return t->big_endian ? be32(t->b, at) : le32(t->b, at);
}

struct tiff tiff_of(struct bytes b) {
    struct tiff t = {.b = b, .big_endian = has_bytes(b, 0, "MM\0*", 4)};
    bool is_tiff = t.big_endian || has_bytes(b, 0, "II*\0", 4);
    t.directory = is_tiff ? u32(&t, 4) : b.n;
    return t;
}

// 0 when there is none.
static size_t entry_of(const struct tiff *t, enum tiff_tag tag) {
    uint32_t n = u16(t, t->directory);
    for (uint32_t i = 0; i < n; i++) {
        size_t entry = t->directory + 2 + 12 * (size_t)i;
        if (u16(t, entry) == (uint32_t)tag) {
            return entry;
        }
    }
    return 0;
}

// An entry holds its values itself when they fit into four bytes.
struct tiff_values tiff_find(const struct tiff *t, enum tiff_tag tag) {
    size_t entry = entry_of(t, tag);
    if (!entry) {
        return (struct tiff_values){0};
    }
    size_t size = u16(t, entry + 2) == 3 ? 2 : 4; // SHORT or LONG
    uint32_t n = u32(t, entry + 4);
    bool inside = size * (uint64_t)n <= 4;
    return (struct tiff_values){inside ? entry + 8 : u32(t, entry + 8), size, n};
}

uint32_t tiff_value(const struct tiff *t, struct tiff_values values, uint32_t index) {
    size_t at = values.at + values.size * index;
    return index >= values.n ? 0 : values.size == 2 ? u16(t, at) : u32(t, at);
}

uint32_t tiff_number(const struct tiff *t, enum tiff_tag tag) {
    return tiff_value(t, tiff_find(t, tag), 0);
}
