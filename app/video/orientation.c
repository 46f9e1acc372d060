// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/orientation.h"

#include <string.h>

// Tiles, so that the columns that are read stay in the cache.
#define TILE 32

struct orientation orientation_turned(struct orientation o, int degrees) {
    for (int turned = 0; turned < degrees; turned += 90) {
        o = (struct orientation){.xp = -o.yp, .xq = -o.yq, .yp = o.xp, .yq = o.xq};
    }
    return o;
}

static void lay_tile(struct orientation o, const struct image *from, struct image *to, int x0,
                     int y0) {
    int x1 = x0 + TILE < to->width ? x0 + TILE : to->width;
    int y1 = y0 + TILE < to->height ? y0 + TILE : to->height;
    int p0 = o.xp + o.yp < 0 ? from->width - 1 : 0, q0 = o.xq + o.yq < 0 ? from->height - 1 : 0;
    ptrdiff_t step = o.xp * 4 + o.xq * from->stride; // the inverse of the matrix is its transpose
    for (int y = y0; y < y1; y++) {
        const uint8_t *in = from->data + (q0 + o.xq * x0 + o.yq * y) * from->stride +
                            (ptrdiff_t)(p0 + o.xp * x0 + o.yp * y) * 4;
        uint8_t *out = to->data + y * to->stride + (ptrdiff_t)x0 * 4;
        for (int x = x0; x < x1; x++, in += step, out += 4) {
            memcpy(out, in, 4);
        }
    }
}

bool orientation_apply(struct orientation o, const struct image *from, struct image *to) {
    bool sideways = orientation_is_sideways(o);
    int width = sideways ? from->height : from->width,
        height = sideways ? from->width : from->height;
    if (!image_resize_storage(to, width, height, PIXEL_BGRX32)) {
        return false;
    }
    for (int y = 0; y < to->height; y += TILE) {
        for (int x = 0; x < to->width; x += TILE) {
            lay_tile(o, from, to, x, y);
        }
    }
    return true;
}
