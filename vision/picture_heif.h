// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// HEIC and AVIF, through libheif, which may be missing at build time.

#include "core/image/image.h"
#include "vision/picture_check.h"

#ifdef __cplusplus
extern "C" {
#endif

struct heif_picture;

// Reads what the file's main picture claims to be; *claim is as shown, already upright.
// NULL on failure, and *problem then says why, as picture_check does; valid
// until the thread's next call.
struct heif_picture *heif_picture_open(const uint8_t *bytes, size_t n, struct picture_claim *claim,
                                       const char **problem);
void heif_picture_close(struct heif_picture *picture); // NULL is legal

// Decodes it as PIXEL_BGR24, upright. Returns NULL, or why not; *image is then empty. The caller
// frees *image.
const char *heif_picture_decode(struct heif_picture *picture, struct image *image);

#ifdef __cplusplus
}
#endif
