// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/picture_orientation.h"

#include "vision/picture_kind.h"
#include "vision/picture_tiff.h"

static const struct bytes none = {(const uint8_t *)"", 0};

// Segments follow each other up to the first scan.
static struct bytes exif_of_jpeg(struct bytes b) {
    enum { APP1 = 0xe1, SOS = 0xda };
    size_t at = 2;
    while (u8(b, at) == 0xff && u8(b, at + 1) != SOS) {
        size_t length = be16(b, at + 2);
        if (u8(b, at + 1) == APP1 && has_bytes(b, at + 4, "Exif\0", 5)) {
            return bytes_from(b, at + 4, length);
        }
        at += u8(b, at + 1) == 0xff ? 1 : 2 + length;
    }
    return none;
}

static struct bytes exif_of_png(struct bytes b) {
    for (size_t at = 8; at + 12 <= b.n; at += be32(b, at) + (size_t)12) {
        if (has(b, at + 4, "eXIf")) {
            return bytes_from(b, at + 8, be32(b, at));
        }
    }
    return none;
}

static struct bytes exif_of_webp(struct bytes b) {
    for (size_t at = 12; at + 8 <= b.n; at += 8 + le32(b, at + 4) + (size_t)(le32(b, at + 4) & 1)) {
        if (has(b, at, "EXIF")) {
            return bytes_from(b, at + 8, le32(b, at + 4));
        }
    }
    return none;
}

static struct bytes exif_of(struct bytes b) {
    const struct picture_kind *kind = picture_kind_of(b.data, b.n);
    switch (kind ? kind->format : N_FORMATS) {
    case FORMAT_JPEG:
        return exif_of_jpeg(b);
    case FORMAT_PNG:
        return exif_of_png(b);
    case FORMAT_WEBP:
        return exif_of_webp(b);
    default:
        return none;
    }
}

int picture_orientation(const uint8_t *bytes, size_t n) {
    struct bytes exif = exif_of((struct bytes){bytes, n});
    if (has_bytes(exif, 0, "Exif\0", 5)) { // JPEG's mark, which some programs write elsewhere, too
        exif = bytes_from(exif, 6, exif.n);
    }
    struct tiff tiff = tiff_of(exif);
    uint32_t orientation = tiff_number(&tiff, TIFF_ORIENTATION);
    return orientation >= 1 && orientation <= 8 ? (int)orientation : 1;
}
