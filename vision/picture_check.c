// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/picture_check.h"

#include "vision/picture_bytes.h"
#include "vision/picture_kind.h"
#include "vision/picture_tiff.h"

#include <zlib.h>

static const char CUT[] = "it is cut short; copy or download it again";
static const char RAW[] = "it is a camera's raw file, which is not read; save it as JPEG";
static const char DAMAGED[] = "it is damaged; copy or download it again";

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

// ---- TIFF: strips or tiles, somewhere in the file ----

static bool tiff_blocks_are_there(const struct tiff *t, enum tiff_tag offsets_tag,
                                  enum tiff_tag lengths_tag) {
    struct tiff_values offsets = tiff_find(t, offsets_tag), lengths = tiff_find(t, lengths_tag);
    if (lengths.n > t->b.n) {
        return false;
    }
    for (uint32_t i = 0; i < lengths.n; i++) {
        if ((uint64_t)tiff_value(t, offsets, i) + tiff_value(t, lengths, i) > t->b.n) {
            return false;
        }
    }
    return true;
}

// Raw files are TIFFs that begin with a thumbnail, or with a sensor's values.
static bool tiff_is_raw(const struct tiff *t) {
    uint32_t thumbnail = tiff_number(t, TIFF_SUBFILE) & 1,
             colours = tiff_number(t, TIFF_PHOTOMETRIC);
    return thumbnail || tiff_find(t, TIFF_DNG_VERSION).n || colours >= 32803;
}

static const char *check_tiff(struct bytes b, struct picture_claim *claim) {
    struct tiff t = tiff_of(b);
    if (has(b, 2, "+") || has(b, 3, "+")) {
        return "it is a BigTIFF, which is not read; save it as JPEG or PNG";
    }
    if (t.directory + (uint64_t)2 > b.n) {
        return CUT;
    }
    if (tiff_is_raw(&t)) {
        return RAW;
    }
    claim->width = tiff_number(&t, TIFF_WIDTH);
    claim->height = tiff_number(&t, TIFF_HEIGHT);
    bool whole = tiff_blocks_are_there(&t, TIFF_STRIPS, TIFF_STRIP_BYTES) &&
                 tiff_blocks_are_there(&t, TIFF_TILES, TIFF_TILE_BYTES);
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

// ---- GIF: blocks, each of sub-blocks that begin with their length and end with an empty one ----

// Past a list of colours, if the flags say that there is one.
static size_t gif_skip_colours(size_t at, uint32_t flags) {
    return at + (flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0);
}

// Past the sub-blocks at an offset; past the end of the file when they are cut short.
static size_t gif_skip_blocks(struct bytes b, size_t at) {
    while (at < b.n && b.data[at] > 0) {
        at += b.data[at] + (size_t)1;
    }
    return at + 1;
}

// The first picture alone is read.
static const char *check_gif(struct bytes b, struct picture_claim *claim) {
    enum { EXTENSION = 0x21, PICTURE = 0x2c };
    claim->width = le16(b, 6);
    claim->height = le16(b, 8);
    size_t at = gif_skip_colours(13, u8(b, 10));
    while (u8(b, at) == EXTENSION) {
        at = gif_skip_blocks(b, at + 2);
    }
    if (at < b.n && u8(b, at) != PICTURE) {
        return DAMAGED;
    }
    at = gif_skip_blocks(b, gif_skip_colours(at + 10, u8(b, at + 9)) + 1);
    return at > b.n ? CUT : NULL;
}

// ---- JPEG 2000: a codestream, alone or in a box of a file ----

static const char *check_jpeg_2000(struct bytes b, struct picture_claim *claim) {
    size_t at = 0;
    while (!has(b, 0, "\xff") && at < b.n && !has(b, at + 4, "jp2c")) {
        uint32_t size = be32(b, at);
        at += size >= 8 ? size : b.n;
    }
    uint32_t size = be32(b, at);
    struct bytes stream =
        has(b, 0, "\xff") ? b : bytes_from(b, at + 8, size > 8 ? size - (size_t)8 : b.n);
    claim->width = (int64_t)be32(stream, 8) - be32(stream, 16);
    claim->height = (int64_t)be32(stream, 12) - be32(stream, 20);
    bool whole = stream.n > 2 && has(stream, stream.n - 2, "\xff\xd9");
    return !whole ? CUT : claim->width < 1 || claim->height < 1 ? DAMAGED : NULL;
}

// ---- which is it ----

static const char *check_raw(struct bytes b, struct picture_claim *claim) {
    (void)b, (void)claim;
    return RAW;
}

// Of those that have none the decoder says more.
static const char *(*const checks[N_FORMATS])(struct bytes b, struct picture_claim *claim) = {
    [FORMAT_JPEG] = check_jpeg, [FORMAT_PNG] = check_png,
    [FORMAT_WEBP] = check_webp, [FORMAT_TIFF] = check_tiff,
    [FORMAT_BMP] = check_bmp,   [FORMAT_PNM] = check_pnm,
    [FORMAT_GIF] = check_gif,   [FORMAT_JPEG_2000] = check_jpeg_2000,
    [FORMAT_RAW] = check_raw,
};

const char *picture_check(const uint8_t *bytes, size_t n, struct picture_claim *claim) {
    const struct picture_kind *kind = picture_kind_of(bytes, n);
    *claim = (struct picture_claim){0};
    if (!kind) {
        return "it is not a picture; JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF and others are known";
    }
    return checks[kind->format] ? checks[kind->format]((struct bytes){bytes, n}, claim) : NULL;
}
