// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// In place of picture_heif.c where libheif is missing.
#include "vision/picture_heif.h"

struct heif_picture *heif_picture_open(const uint8_t *bytes, size_t n, struct picture_claim *claim,
                                       const char **problem) {
    (void)bytes, (void)n, (void)claim;
    *problem = "smilecam was built without libheif, which reads HEIC and AVIF; save it as JPEG";
    return NULL;
}

void heif_picture_close(struct heif_picture *picture) {
    (void)picture;
}

const char *heif_picture_decode(struct heif_picture *picture, struct image *image) {
    (void)picture, (void)image;
    return "smilecam was built without libheif; save it as JPEG";
}
