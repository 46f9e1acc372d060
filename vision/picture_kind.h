// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The one list of what a picture is.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum picture_format {
    FORMAT_JPEG,
    FORMAT_PNG,
    FORMAT_WEBP,
    FORMAT_TIFF,
    FORMAT_BMP,
    FORMAT_PNM,
    FORMAT_HEIC,
    FORMAT_AVIF,
    FORMAT_GIF,
    FORMAT_JPEG_2000,
    FORMAT_JPEG_XL,
    FORMAT_RAW,
    FORMAT_PSD,
    FORMAT_EXR,
    N_FORMATS
};

enum picture_reader { READER_OPENCV, READER_LIBHEIF, READER_FFMPEG, READER_NONE };

struct picture_kind {
    enum picture_format format;
    const char *name;       // in a sentence: "it is a JPEG picture"
    const char *extensions; // ".jpg.jpeg." in lower case
    enum picture_reader reader;
    const char *decoder; // FFmpeg's
};

// The kind that a file is, by its first 32 bytes; NULL: none of them.
const struct picture_kind *picture_kind_of(const uint8_t *bytes, size_t n);

#ifdef __cplusplus
}
#endif
