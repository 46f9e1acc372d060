// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// How a JPEG, PNG or WebP file that passed picture_check is to be turned: EXIF's number, 1 to 8 (1:
// as it is). What its EXIF block does not say, or says wrongly, is 1.
// Source: CIPA DC-008 (Exif 2.32), 4.6.4; PNG's eXIf and WebP's EXIF chunks hold the same block.
int picture_orientation(const uint8_t *bytes, size_t n);

#ifdef __cplusplus
}
#endif
