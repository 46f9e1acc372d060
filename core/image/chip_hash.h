// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

// A difference hash of a face chip in 256 bits, to recognise copies of a photograph that were
// rescaled, cropped, recompressed or brightened: over a grid of 16 rows of 17 cells, a bit is
// set where a cell is brighter than its right neighbour.

struct chip_hash {
    uint64_t bits[4];
};

// chip: GREY8. In a chip of fewer pixels than cells, neighbouring cells share pixels.
struct chip_hash chip_hash_of(const struct image *chip);

// The number of bits that differ, 0 to 256. At most CHIP_COPY means the same photograph: among
// GENKI-4K and 13,000 press portraits, no two different photographs differ in fewer than 24 bits.
int chip_hash_distance(struct chip_hash a, struct chip_hash b);
#define CHIP_COPY 20
