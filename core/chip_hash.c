// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "chip_hash.h"

#include <assert.h>

#define ROWS 16
#define COLUMNS 17

static int cell_mean(const struct image *chip, int column, int row) {
    int x0 = column * chip->width / COLUMNS, x1 = (column + 1) * chip->width / COLUMNS;
    int y0 = row * chip->height / ROWS, y1 = (row + 1) * chip->height / ROWS;
    int sum = 0;
    for (int y = y0; y < y1; y++) {
        for (int x = x0; x < x1; x++) {
            sum += chip->data[y * chip->stride + x];
        }
    }
    return 256 * sum / ((x1 - x0) * (y1 - y0));
}

struct chip_hash chip_hash_of(const struct image *chip) {
    assert(chip->format == PIXEL_GREY8 && chip->width >= COLUMNS && chip->height >= ROWS);
    struct chip_hash hash = {0};
    for (int row = 0, bit = 0; row < ROWS; row++) {
        int left = cell_mean(chip, 0, row);
        for (int column = 1; column < COLUMNS; column++, bit++) {
            int right = cell_mean(chip, column, row);
            hash.bits[bit / 64] |= (uint64_t)(left > right) << bit % 64;
            left = right;
        }
    }
    return hash;
}

int chip_hash_distance(struct chip_hash a, struct chip_hash b) {
    int n = 0;
    for (int i = 0; i < 4; i++) {
        n += __builtin_popcountll(a.bits[i] ^ b.bits[i]);
    }
    return n;
}
