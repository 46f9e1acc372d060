// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

// What a face chip looks like in 256 bits, so that the same photograph is known again when it was
// scaled, cut, compressed or lightened anew: each bit says whether one place is brighter than the
// next to its right, over a grid of 16 rows of 17 (a difference hash).

struct chip_hash {
    uint64_t bits[4];
};

// chip: GREY8; in one of fewer pixels than places, neighbours share them.
struct chip_hash chip_hash_of(const struct image *chip);

// How many bits differ, 0 to 256. Up to CHIP_COPY it is taken to be the same photograph: of
// GENKI-4K and 13,000 press portraits, all of them faces in the same place, no two that are not
// differ in less than 24.
int chip_hash_distance(struct chip_hash a, struct chip_hash b);
#define CHIP_COPY 20
