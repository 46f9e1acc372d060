// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/image/chip_hash.h"

#include <assert.h>

#define ROWS 16
#define COLUMNS 17

// The pixels of cell i of n along size pixels; cells smaller than a pixel share it.
static void cell(int i, int n, int size, int *begin, int *end) {
    *begin = i * size / n;
    *end = (i + 1) * size / n;
    *end += *end == *begin;
}

static int cell_mean(const struct image *chip, int column, int row) {
    int x0, x1, y0, y1;
    cell(column, COLUMNS, chip->width, &x0, &x1);
    cell(row, ROWS, chip->height, &y0, &y1);
    int sum = 0;
    for (int y = y0; y < y1; y++) {
        for (int x = x0; x < x1; x++) {
            sum += chip->data[y * chip->stride + x];
        }
    }
    return 256 * sum / ((x1 - x0) * (y1 - y0));
}

struct chip_hash chip_hash_of(const struct image *chip) {
    assert(chip->format == PIXEL_GREY8 && chip->width > 0 && chip->height > 0);
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
