// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A picture file in memory, of which nothing is known to be right.
struct bytes {
    const uint8_t *data;
    size_t n;
};

// Numbers at an offset; 0 past the end, so that a cut header reads as an impossible one.
static inline uint32_t u8(struct bytes b, size_t at) {
    return at < b.n ? b.data[at] : 0;
}
static inline uint32_t le16(struct bytes b, size_t at) {
    return u8(b, at) | u8(b, at + 1) << 8;
}
static inline uint32_t le32(struct bytes b, size_t at) {
    return le16(b, at) | le16(b, at + 2) << 16;
}
static inline uint32_t be16(struct bytes b, size_t at) {
    return u8(b, at) << 8 | u8(b, at + 1);
}
static inline uint32_t be32(struct bytes b, size_t at) {
    return be16(b, at) << 16 | be16(b, at + 2);
}

// Whether n bytes, or a text, stand at an offset.
static inline bool has_bytes(struct bytes b, size_t at, const void *bytes, size_t n) {
    return at <= b.n && n <= b.n - at && memcmp(b.data + at, bytes, n) == 0;
}
static inline bool has(struct bytes b, size_t at, const char *text) {
    return has_bytes(b, at, text, strlen(text));
}

// The part from an offset on, of n bytes or fewer.
static inline struct bytes bytes_from(struct bytes b, size_t at, size_t n) {
    size_t from = at < b.n ? at : b.n, room = b.n - from;
    return (struct bytes){b.data + from, n < room ? n : room};
}
