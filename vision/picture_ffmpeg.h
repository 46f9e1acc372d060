// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Pictures that OpenCV does not read and FFmpeg does.

#include "core/image/image.h"

#ifdef __cplusplus
extern "C" {
#endif

// Decodes the first picture of a file of at most max_pixels with FFmpeg's decoder of that name, as
// PIXEL_BGR24. Returns NULL, or why not, as picture_check does; *image is then empty. The caller
// frees *image.
const char *ffmpeg_picture_decode(const char *decoder, const uint8_t *bytes, size_t n,
                                  int64_t max_pixels, struct image *image);

#ifdef __cplusplus
}
#endif
