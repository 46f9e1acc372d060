// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Copies the first picture of an animated WebP that passed picture_check, as a WebP of its own, and
// returns its size; 0 when the file is no animation or has no picture. libwebp's simple decoder
// reads no animations.  out:(n)
// Source: WebP container specification, "Animation" (RFC 9649, 2.7.1.1).
size_t webp_first_picture(const uint8_t *webp, size_t n, uint8_t *out);

#ifdef __cplusplus
}
#endif
