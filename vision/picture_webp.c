// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/picture_webp.h"

#include "vision/picture_bytes.h"

#define FRAME_HEADER 16 // its place, size, duration and flags

static size_t chunk_size(struct bytes b, size_t at) {
    uint32_t n = le32(b, at + 4);
    return 8 + (size_t)n + (n & 1);
}

// The first chunk at or behind an offset whose name begins so; b.n without one.
static size_t find(struct bytes b, size_t at, const char *name) {
    while (at + 8 <= b.n && !has(b, at, name)) {
        at += chunk_size(b, at);
    }
    return at + 8 <= b.n ? at : b.n;
}

static void put_le32(uint8_t *out, size_t value) {
    for (int i = 0; i < 4; i++) {
        out[i] = (uint8_t)(value >> 8 * i);
    }
}

size_t webp_first_picture(const uint8_t *webp, size_t n, uint8_t *out) {
    struct bytes b = {webp, n};
    size_t frame = find(b, 12, "ANMF");
    struct bytes inside = bytes_from(b, frame + 8, le32(b, frame + 4));
    size_t picture = find(inside, FRAME_HEADER, "VP8"); // "VP8 " or "VP8L"; an ALPH chunk is before
    struct bytes pixels = bytes_from(inside, picture, chunk_size(inside, picture));
    if (!has(b, 12, "VP8X") || pixels.n == 0) {
        return 0;
    }
    memcpy(out, "RIFF", 4);
    put_le32(out + 4, pixels.n + 4);
    memcpy(out + 8, "WEBP", 4);
    memcpy(out + 12, pixels.data, pixels.n);
    return pixels.n + 12;
}
