// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/picture_heif_lean.h"

#include "vision/picture_bytes.h"

#define FULL_BOX 12 // the header of boxes that have a version

// The size of the box at an offset, at most up to the end of what is around it.
static size_t box_size(struct bytes b, size_t at, size_t end) {
    uint64_t size = be32(b, at);
    if (size == 1) {
        size = (uint64_t)be32(b, at + 8) << 32 | be32(b, at + 12);
    }
    bool inside = size >= 8 && size <= end - at;
    return inside ? (size_t)size : end - at;
}

// The first box of that type in [from, end); end without one.
static size_t find_box(struct bytes b, size_t from, size_t end, const char *type) {
    while (from + 8 <= end && !has(b, from + 4, type)) {
        from += box_size(b, from, end);
    }
    return from + 8 <= end ? from : end;
}

void heif_forget_references(uint8_t *heif, size_t n) {
    struct bytes b = {heif, n};
    size_t meta = find_box(b, 0, n, "meta");
    size_t meta_end = meta + box_size(b, meta, n);
    size_t list = meta < n ? find_box(b, meta + FULL_BOX, meta_end, "iref") : n;
    size_t end = list < meta_end ? list + box_size(b, list, meta_end) : 0;
    for (size_t at = list + FULL_BOX; at + 8 <= end; at += box_size(b, at, end)) {
        if (!has(b, at + 4, "dimg")) {
            memcpy(heif + at + 4, "skip", 4);
        }
    }
}
