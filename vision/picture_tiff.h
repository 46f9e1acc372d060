// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "vision/picture_bytes.h"

// A TIFF file, or the EXIF block of another kind, which has the same form: a directory of tags, of
// which the first picture's matter here. Source: TIFF revision 6.0, section 2.

enum tiff_tag {
    TIFF_SUBFILE = 254,
    TIFF_WIDTH = 256,
    TIFF_HEIGHT = 257,
    TIFF_PHOTOMETRIC = 262,
    TIFF_STRIPS = 273,
    TIFF_ORIENTATION = 274,
    TIFF_STRIP_BYTES = 279,
    TIFF_TILES = 324,
    TIFF_TILE_BYTES = 325,
    TIFF_DNG_VERSION = 50706,
};

struct tiff {
    struct bytes b;
    bool big_endian;
    size_t directory;
};

// Any bytes are legal; those that are no TIFF have no tags.
struct tiff tiff_of(struct bytes b);

// The values of a tag; none when it is not there.
struct tiff_values {
    size_t at; // the first
    size_t size;
    uint32_t n;
};
struct tiff_values tiff_find(const struct tiff *t, enum tiff_tag tag);

// The index'th of them; 0 past the last.
uint32_t tiff_value(const struct tiff *t, struct tiff_values values, uint32_t index);

// The first value of a tag; 0 when it is not there.
uint32_t tiff_number(const struct tiff *t, enum tiff_tag tag);
