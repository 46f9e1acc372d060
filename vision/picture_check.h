// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// What a picture file says of itself, read before any decoder is let near it: decoders fill the
// missing half of a cut file with grey and call it a success, and allocate what the header asks
// for.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct picture_claim {
    int64_t width, height; // as stored, before any EXIF rotation
};

// Returns NULL when bytes are a picture (picture_kind.h) that is all there, with *claim set;
// otherwise why not, in a few words that continue "cannot read FILE: ". Of a kind that only its
// decoder understands, the claim stays 0x0. Any bytes are legal.
const char *picture_check(const uint8_t *bytes, size_t n, struct picture_claim *claim);

// Copies a PNG that passed picture_check without what its pixels do not need, and returns the
// copy's size. libpng complains on stderr of the colour profiles and texts that many programs write
// wrongly.  out:(n)
size_t png_essentials(const uint8_t *png, size_t n, uint8_t *out);

#ifdef __cplusplus
}
#endif
