// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/attention_map.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define CLEAR 6.0f      // log-odds from which a place is nearly as opaque as it gets
#define MAX_ALPHA 0.62f // the face stays visible
#define BLUR 0.55f      // cells
#define FADE 0.25f      // share of half a side over which the edges fade

// The model sees the middle of the chip only.
static void shrink(struct point corners[4], float share) {
    float x = 0, y = 0;
    for (int i = 0; i < 4; i++) {
        x += corners[i].x / 4;
        y += corners[i].y / 4;
    }
    for (int i = 0; i < 4; i++) {
        corners[i].x = x + share * (corners[i].x - x);
        corners[i].y = y + share * (corners[i].y - y);
    }
}

void attention_map_read(struct smile_classifier *classifier, int i, struct sighting *sighting) {
    const struct model_info *info = smile_classifier_info(classifier);
    const float *cells = smile_classifier_map(classifier, i);
    struct point *corners = sighting->map.corners;
    if (cells && face_chip_place(sighting->face.points, info->chip_padding, corners)) {
        shrink(corners, (float)info->input_size / (float)info->chip_size);
        attention_map_fill(&sighting->map, info, cells);
    }
}

static float mean_of_block(const float *cells, int stride, int x0, int x1, int y0, int y1) {
    float sum = 0;
    for (int y = y0; y < y1; y++) {
        for (int x = x0; x < x1; x++) {
            sum += cells[y * stride + x];
        }
    }
    return sum / (float)((x1 - x0) * (y1 - y0));
}

// The middle of the first of n cells that share what was seen by many.
static void place(float *first, float *step, int n, int many, int size, float x, float step_x) {
    float each = (float)many / (float)n;
    *first = (x + (each - 1) / 2 * step_x) / (float)size;
    *step = each * step_x / (float)size;
}

void attention_map_fill(struct attention_map *map, const struct model_info *info,
                        const float *cells) {
    int width = info->map_width, height = info->map_height, size = info->input_size;
    int w = map->width = width < FACE_MAP_SIDE ? width : FACE_MAP_SIDE;
    int h = map->height = height < FACE_MAP_SIDE ? height : FACE_MAP_SIDE;
    place(&map->x, &map->step_x, w, width, size, info->map_x, info->map_step_x);
    place(&map->y, &map->step_y, h, height, size, info->map_y, info->map_step_y);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            map->cells[y * w + x] = mean_of_block(cells, width, x * width / w, (x + 1) * width / w,
                                                  y * height / h, (y + 1) * height / h);
        }
    }
}

static uint32_t pack(float alpha, uint32_t rgb) {
    return (uint32_t)lrintf(255 * alpha) << 24 | rgb;
}

uint32_t attention_map_colour(float cell) {
    float clarity = 1 - expf(-2 * fabsf(cell) / CLEAR);
    return pack(MAX_ALPHA * clarity * clarity, cell > 0 ? 0x54e2b2 : 0x9a86f4);
}

// How much each of an axis' n cells counts at each pixel, by a bell around its middle. Beyond the
// outermost cells there is nothing but them.
static void bells(float weights[FACE_MAP_PIXELS][FACE_MAP_SIDE], int side, int n, float first,
                  float step) {
    for (int p = 0; p < side; p++) {
        float at = (((float)p + 0.5f) / (float)side - first) / step, sum = 0;
        at = fminf(fmaxf(at, -0.5f), (float)n - 0.5f);
        for (int i = 0; i < n; i++) {
            float d = (at - (float)i) / BLUR;
            weights[p][i] = expf(-d * d / 2);
            sum += weights[p][i];
        }
        for (int i = 0; i < n; i++) {
            weights[p][i] /= sum;
        }
    }
}

// A square with round corners whose edges fade.
static float edge(int x, int y, int side) {
    float dx = ((float)(2 * x + 1) / (float)side - 1), dy = ((float)(2 * y + 1) / (float)side - 1);
    float r = sqrtf(sqrtf(dx * dx * dx * dx + dy * dy * dy * dy)), t = fmaxf(1 - r, 0) / FADE;
    return t >= 1 ? 1 : t * t * (3 - 2 * t);
}

void attention_map_paint(const struct attention_map *map, uint32_t *pixels, int side) {
    assert(side <= FACE_MAP_PIXELS);
    float across[FACE_MAP_PIXELS][FACE_MAP_SIDE], down[FACE_MAP_PIXELS][FACE_MAP_SIDE];
    bells(across, side, map->width, map->x, map->step_x);
    bells(down, side, map->height, map->y, map->step_y);
    for (int y = 0; y < side; y++) {
        float row[FACE_MAP_SIDE] = {0};
        for (int i = 0; i < map->height; i++) {
            for (int j = 0; j < map->width; j++) {
                row[j] += down[y][i] * map->cells[i * map->width + j];
            }
        }
        for (int x = 0; x < side; x++) {
            float cell = 0;
            for (int j = 0; j < map->width; j++) {
                cell += across[x][j] * row[j];
            }
            uint32_t colour = attention_map_colour(cell);
            float alpha = (float)(colour >> 24) / 255 * edge(x, y, side);
            pixels[y * side + x] = pack(alpha, colour & 0xffffff);
        }
    }
}
