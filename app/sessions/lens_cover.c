// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/lens_cover.h"

#define PATIENCE_S 3.0
#define GRID 48
#define BLACK 24            // of 255: what a sensor in the dark makes, noise and all
#define BRIGHT_SHARE 0.005f // of the grid: a sensor has broken cells

static bool is_black(const struct image *picture) {
    int n_bright = 0;
    for (int i = 0; i < GRID; i++) {
        const uint8_t *row = picture->data + (i * picture->height / GRID) * picture->stride;
        for (int k = 0; k < GRID; k++) {
            const uint8_t *pixel = row + (ptrdiff_t)4 * (k * picture->width / GRID);
            n_bright += pixel[0] > BLACK || pixel[1] > BLACK || pixel[2] > BLACK;
        }
    }
    return (float)n_bright < BRIGHT_SHARE * GRID * GRID;
}

bool lens_cover_update(struct lens_cover *watch, const struct image *picture, double t) {
    bool black = picture->format == PIXEL_BGRX32 && is_black(picture);
    if (black && !watch->black) {
        watch->since_s = t;
    }
    watch->black = black;
    return black && t - watch->since_s >= PATIENCE_S;
}
