// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/blend.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// One row of the matrix from full-range B, G, R to a limited-range plane, in 1/65536, and what the
// plane holds for black.
struct weights {
    int b, g, r, black;
};

// ITU-R BT.601 and BT.709: Y' = Kr R + (1 - Kr - Kb) G + Kb B, Cb and Cr are the scaled differences
// of B and R from it.
static void fill_weights(struct weights planes[3], bool hd) {
    double kr = hd ? 0.2126 : 0.299, kb = hd ? 0.0722 : 0.114, kg = 1 - kr - kb;
    double y = 65536 * 219 / 255.0, c = 65536 * 112 / 255.0;
    double cb = c / (1 - kb), cr = c / (1 - kr);
    planes[0] = (struct weights){(int)lround(y * kb), (int)lround(y * kg), (int)lround(y * kr), 16};
    planes[1] = (struct weights){(int)lround(c), (int)lround(-cb * kg), (int)lround(-cb * kr), 128};
    planes[2] = (struct weights){(int)lround(-cr * kb), (int)lround(-cr * kg), (int)lround(c), 128};
}

static uint8_t blend(uint8_t below, const int bgra[4], const struct weights *w) {
    int colour = w->b * bgra[0] + w->g * bgra[1] + w->r * bgra[2];
    int base = (below * (255 - bgra[3]) + w->black * bgra[3] + 127) / 255;
    int x = base + ((colour + 32768) >> 16);
    return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x);
}

static bool is_clear(const uint8_t *row, int width) {
    uint32_t any = 0;
    for (int x = 0; x < width; x++) {
        uint32_t pixel;
        memcpy(&pixel, row + 4 * (ptrdiff_t)x, 4);
        any |= pixel;
    }
    return any == 0;
}

struct planes {
    struct image image[3];
    struct weights weights[3];
};

// Two by two pixels, which share their colour.
static void blend_block(struct planes *planes, const uint8_t *const rows[2], int x, int y) {
    int sum[4] = {2, 2, 2, 2};
    for (int j = 0; j < 2; j++) {
        for (int i = 0; i < 2; i++) {
            const uint8_t *from = rows[j] + 4 * (ptrdiff_t)(x + i);
            int bgra[4] = {from[0], from[1], from[2], from[3]};
            uint8_t *luma = planes->image[0].data + (y + j) * planes->image[0].stride + x + i;
            *luma = blend(*luma, bgra, &planes->weights[0]);
            for (int k = 0; k < 4; k++) {
                sum[k] += bgra[k];
            }
        }
    }
    int mean[4] = {sum[0] / 4, sum[1] / 4, sum[2] / 4, sum[3] / 4};
    for (int p = 1; p < 3; p++) {
        uint8_t *chroma = planes->image[p].data + y / 2 * planes->image[p].stride + x / 2;
        *chroma = blend(*chroma, mean, &planes->weights[p]);
    }
}

void blend_layer(struct image *i420, struct image *layer) {
    assert(layer->format == PIXEL_BGRX32 && layer->width == i420->width &&
           layer->height == i420->height);
    struct planes planes = {
        .image = {image_plane(i420, 0), image_plane(i420, 1), image_plane(i420, 2)}};
    fill_weights(planes.weights, image_is_hd(i420->width, i420->height));
    for (int y = 0; y < layer->height; y += 2) {
        uint8_t *upper = layer->data + y * layer->stride, *lower = upper + layer->stride;
        const uint8_t *const rows[2] = {upper, lower};
        if (is_clear(upper, layer->width) && is_clear(lower, layer->width)) {
            continue;
        }
        for (int x = 0; x < layer->width; x += 2) {
            if (!is_clear(upper + 4 * (ptrdiff_t)x, 2) || !is_clear(lower + 4 * (ptrdiff_t)x, 2)) {
                blend_block(&planes, rows, x, y);
            }
        }
        memset(upper, 0, (size_t)layer->width * 4);
        memset(lower, 0, (size_t)layer->width * 4);
    }
}
