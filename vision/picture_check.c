// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/picture_check.h"

#include <stdbool.h>
#include <string.h>
#include <zlib.h>

struct bytes {
    const uint8_t *data;
    size_t n;
};

#define PNG_MAGIC "\x89PNG\r\n\x1a\n"

static const char CUT[] = "it is cut short; copy or download it again";
static const char DAMAGED[] = "it is damaged; copy or download it again";

// Numbers at an offset; 0 past the end, so that a cut header reads as an impossible one.
static uint32_t u8(struct bytes b, size_t at) {
    return at < b.n ? b.data[at] : 0;
}
static uint32_t le16(struct bytes b, size_t at) {
    return u8(b, at) | u8(b, at + 1) << 8;
}
static uint32_t le32(struct bytes b, size_t at) {
    return le16(b, at) | le16(b, at + 2) << 16;
}
static uint32_t be16(struct bytes b, size_t at) {
    return u8(b, at) << 8 | u8(b, at + 1);
}
static uint32_t be32(struct bytes b, size_t at) {
    return be16(b, at) << 16 | be16(b, at + 2);
}

static bool has(struct bytes b, size_t at, const char *text) {
    size_t n = strlen(text);
    return at <= b.n && n <= b.n - at && memcmp(b.data + at, text, n) == 0;
}

// ---- JPEG: marker segments, with entropy-coded data after each SOS ----

enum { SOI = 0xd8, EOI = 0xd9, SOS = 0xda };

// The next marker that is not part of entropy-coded data (stuffed zeros, restarts) nor a fill byte.
static size_t jpeg_next_marker(struct bytes b, size_t at) {
    for (; at + 1 < b.n; at++) {
        uint8_t code = b.data[at + 1];
        bool restart = code >= 0xd0 && code <= 0xd7;
        if (b.data[at] == 0xff && code != 0 && code != 0xff && !restart) {
            return at;
        }
    }
    return b.n;
}

static bool jpeg_is_frame_header(uint32_t code) {
    return code >= 0xc0 && code <= 0xcf && code != 0xc4 && code != 0xc8 && code != 0xcc;
}

// Segments are stepped over by their length, so an EXIF thumbnail's own end is never taken for the
// end.
static const char *check_jpeg(struct bytes b, struct picture_claim *claim) {
    bool scanned = false;
    size_t at = 2;
    while ((at = jpeg_next_marker(b, at)) < b.n) {
        uint32_t code = b.data[at + 1];
        if (code == EOI) {
            return scanned ? NULL : DAMAGED;
        }
        if (code == SOI || code == 0x01) {
            at += 2;
            continue;
        }
        if (jpeg_is_frame_header(code)) {
            claim->height = be16(b, at + 5);
            claim->width = be16(b, at + 7);
        }
        scanned |= code == SOS;
        at += 2 + be16(b, at + 2);
    }
    return CUT;
}

// ---- PNG: chunks of length, type, data, checksum ----

static const char *check_png(struct bytes b, struct picture_claim *claim) {
    claim->width = be32(b, 16);
    claim->height = be32(b, 20);
    size_t at = 8;
    while (b.n - at >= 12) {
        size_t length = be32(b, at);
        if (length > b.n - at - 12) {
            return CUT;
        }
        bool critical = !(b.data[at + 4] & 0x20);
        if (critical && crc32(0, b.data + at + 4, (uInt)length + 4) != be32(b, at + 8 + length)) {
            return DAMAGED;
        }
        if (has(b, at + 4, "IEND")) {
            return has(b, 12, "IHDR") ? NULL : DAMAGED;
        }
        at += 12 + length;
    }
    return CUT;
}

size_t png_essentials(const uint8_t *png, size_t n, uint8_t *out) {
    struct bytes b = {png, n};
    size_t kept = 8, at = 8;
    memcpy(out, png, 8);
    while (b.n - at >= 12) {
        size_t size = (size_t)be32(b, at) + 12;
        bool critical = !(b.data[at + 4] & 0x20);
        if (critical || has(b, at + 4, "tRNS") || has(b, at + 4, "eXIf")) {
            memcpy(out + kept, png + at, size);
            kept += size;
        }
        if (has(b, at + 4, "IEND")) {
            break;
        }
        at += size;
    }
    return kept;
}

// ---- BMP ----

static int64_t magnitude(uint32_t x) {
    return x & 0x80000000u ? 0x100000000 - (int64_t)x : (int64_t)x;
}

static const char *check_bmp(struct bytes b, struct picture_claim *claim) {
    bool old = le32(b, 14) == 12; // OS/2
    if (b.n < (old ? 26 : 54)) {
        return CUT;
    }
    claim->width = old ? le16(b, 18) : le32(b, 18);
    claim->height = old ? le16(b, 20) : magnitude(le32(b, 22));
    int64_t bits = old ? le16(b, 24) : le16(b, 28);
    uint32_t compression = old ? 0 : le32(b, 30);
    bool packed =
        compression == 1 || compression == 2; // runs: the decoder notices their end itself
    if (claim->width > INT32_MAX) {
        return DAMAGED;
    }
    int64_t row = (claim->width * bits + 31) / 32 * 4;
    int64_t room = (int64_t)b.n - (int64_t)le32(b, 10);
    return !packed && row > 0 && room / row < claim->height ? CUT : NULL;
}

// ---- WebP: a RIFF file ----

static const char *check_webp(struct bytes b, struct picture_claim *claim) {
    if (has(b, 12, "VP8 ")) {
        claim->width = le16(b, 26) & 0x3fff;
        claim->height = le16(b, 28) & 0x3fff;
    } else if (has(b, 12, "VP8L")) {
        claim->width = (le32(b, 21) & 0x3fff) + 1;
        claim->height = (le32(b, 21) >> 14 & 0x3fff) + 1;
    } else if (has(b, 12, "VP8X")) {
        claim->width = (le32(b, 24) & 0xffffff) + 1;
        claim->height = (le32(b, 27) & 0xffffff) + 1;
    }
    return (uint64_t)le32(b, 4) + 8 > b.n ? CUT : NULL;
}

// ---- TIFF: a directory of tags, of which the first picture's size and strips or tiles matter ----

enum { WIDTH = 256, HEIGHT = 257, STRIPS = 273, STRIP_BYTES = 279, TILES = 324, TILE_BYTES = 325 };

struct tiff {
    struct bytes b;
    bool big_endian;
};

static uint32_t tiff16(struct tiff t, size_t at) {
    return t.big_endian ? be16(t.b, at) : le16(t.b, at);
}
static uint32_t tiff32(struct tiff t, size_t at) {
    return t.big_endian ? be32(t.b, at) : le32(t.b, at);
}

// The entry of a tag in the first directory; 0 when it has none.
static size_t tiff_entry(struct tiff t, uint32_t tag) {
    size_t directory = tiff32(t, 4);
    uint32_t n = tiff16(t, directory);
    for (uint32_t i = 0; i < n; i++) {
        size_t entry = directory + 2 + 12 * (size_t)i;
        if (tiff16(t, entry) == tag) {
            return entry;
        }
    }
    return 0;
}

static uint32_t tiff_count(struct tiff t, size_t entry) {
    return entry ? tiff32(t, entry + 4) : 0;
}

// The index'th number of an entry, which holds its values itself when they fit into four bytes.
static uint32_t tiff_value(struct tiff t, size_t entry, uint32_t index) {
    if (!entry) {
        return 0;
    }
    size_t size = tiff16(t, entry + 2) == 3 ? 2 : 4; // SHORT or LONG
    bool inside = size * (uint64_t)tiff_count(t, entry) <= 4;
    size_t at = (inside ? entry + 8 : tiff32(t, entry + 8)) + size * index;
    return size == 2 ? tiff16(t, at) : tiff32(t, at);
}

static bool tiff_blocks_are_there(struct tiff t, uint32_t offsets_tag, uint32_t lengths_tag) {
    size_t offsets = tiff_entry(t, offsets_tag), lengths = tiff_entry(t, lengths_tag);
    uint32_t n = tiff_count(t, lengths);
    if (n > t.b.n) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        if ((uint64_t)tiff_value(t, offsets, i) + tiff_value(t, lengths, i) > t.b.n) {
            return false;
        }
    }
    return true;
}

static const char *check_tiff(struct bytes b, struct picture_claim *claim) {
    struct tiff t = {b, b.data[0] == 'M'};
    if (tiff32(t, 4) + (uint64_t)2 > b.n) {
        return CUT;
    }
    claim->width = tiff_value(t, tiff_entry(t, WIDTH), 0);
    claim->height = tiff_value(t, tiff_entry(t, HEIGHT), 0);
    bool whole = tiff_blocks_are_there(t, STRIPS, STRIP_BYTES) &&
                 tiff_blocks_are_there(t, TILES, TILE_BYTES);
    return whole ? NULL : CUT;
}

// ---- PNM: P1 to P6, numbers in ASCII, comments from # to the end of the line ----

static int64_t pnm_number(struct bytes b, size_t *at) {
    while (*at < b.n && (b.data[*at] < '0' || b.data[*at] > '9')) {
        bool comment = b.data[*at] == '#';
        while (comment && *at < b.n && b.data[*at] != '\n') {
            ++*at;
        }
        ++*at;
    }
    int64_t number = 0;
    while (*at < b.n && b.data[*at] >= '0' && b.data[*at] <= '9' && number < INT32_MAX) {
        number = 10 * number + b.data[(*at)++] - '0';
    }
    return number;
}

static const char *check_pnm(struct bytes b, struct picture_claim *claim) {
    char kind = (char)b.data[1];
    size_t at = 2;
    claim->width = pnm_number(b, &at);
    claim->height = pnm_number(b, &at);
    int64_t white = kind == '1' || kind == '4' ? 1 : pnm_number(b, &at);
    if (kind < '4' || claim->width > INT32_MAX || claim->height > INT32_MAX) {
        return NULL; // text: the decoder notices its end itself
    }
    int64_t samples = claim->width * (kind == '6' ? 3 : 1);
    int64_t row = kind == '4' ? (samples + 7) / 8 : samples * (white > 255 ? 2 : 1);
    int64_t room = (int64_t)b.n - (int64_t)at - 1;
    return row > 0 && room / row < claim->height ? CUT : NULL;
}

// ---- which is it ----

static const struct format {
    size_t at;
    const char *magic;
    const char *(*check)(struct bytes b, struct picture_claim *claim);
} formats[] = {
    {0, "\xff\xd8\xff", check_jpeg},
    {0, PNG_MAGIC, check_png},
    {8, "WEBP", check_webp},
    {0, "II*", check_tiff},
    {0, "MM", check_tiff},
    {0, "BM", check_bmp},
    {0, "P1", check_pnm},
    {0, "P2", check_pnm},
    {0, "P3", check_pnm},
    {0, "P4", check_pnm},
    {0, "P5", check_pnm},
    {0, "P6", check_pnm},
};

bool picture_is_png(const uint8_t *bytes, size_t n) {
    return has((struct bytes){bytes, n}, 0, PNG_MAGIC);
}

const char *picture_check(const uint8_t *bytes, size_t n, struct picture_claim *claim) {
    struct bytes b = {bytes, n};
    *claim = (struct picture_claim){0};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (has(b, formats[i].at, formats[i].magic)) {
            return formats[i].check(b, claim);
        }
    }
    return "it is not a picture; JPEG, PNG, WebP, TIFF, BMP and PNM are known";
}
