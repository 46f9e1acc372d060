// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// What is read of a picture before any decoder is let near it.
#include "vision/picture_check.h"
#include "vision/picture_heif_lean.h"
#include "vision/picture_kind.h"
#include "vision/picture_orientation.h"
#include "vision/picture_webp.h"
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct picture_claim claim;
    const char *problem = picture_check(bytes, len, &claim);
    if (!problem && (claim.width < 0 || claim.height < 0)) {
        abort();
    }
    enum picture_format format = problem ? N_FORMATS : picture_kind_of(bytes, len)->format;
    uint8_t *copy = malloc(len + 1);
    bool large = copy && ((format == FORMAT_PNG && png_essentials(bytes, len, copy) > len) ||
                          (format == FORMAT_WEBP && webp_first_picture(bytes, len, copy) > len));
    if (copy) {
        memcpy(copy, bytes, len);
        heif_forget_references(copy, len);
    }
    free(copy);
    if (large || picture_orientation(bytes, len) < 1 || picture_orientation(bytes, len) > 8) {
        abort();
    }
    return 0;
}
