// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stddef.h>
#include <stdint.h>

// Renames in a HEIF file all references between its items but those that pictures are composed by
// (dimg), so that nobody follows them: to gain maps, depth, transparency, thumbnails and metadata,
// none of which is needed here. libheif before 1.18 refuses the pictures of iOS 18 because of them.
// Any bytes are legal.
// Source: ISO/IEC 14496-12, 8.11.12 (iref); 23008-12, 6.6.
void heif_forget_references(uint8_t *heif, size_t n);
