// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// What is read of a picture before any decoder is let near it.
#include "vision/picture_check.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct picture_claim claim;
    const char *problem = picture_check(bytes, len, &claim);
    if (!problem && (claim.width < 0 || claim.height < 0)) {
        abort();
    }
    if (!problem && picture_is_png(bytes, len)) {
        uint8_t *copy = malloc(len);
        if (copy && png_essentials(bytes, len, copy) > len) {
            abort();
        }
        free(copy);
    }
    return 0;
}
