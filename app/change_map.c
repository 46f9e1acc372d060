// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "change_map.h"

#include <math.h>
#include <string.h>

#define SAMPLES 4         // a side, of a cell
#define LEAST_CHANGE 8.0f // grey levels; below it nothing counts as a change
#define MOST_CHANGE 24.0f // above it everything does, whatever the noise
#define NOISE_SIGMAS 4.5f // of one in 150,000 resting cells
#define NEIGHBOURS 3      // changed cells around one, itself included, that make it believable

static int max_int(int a, int b) {
    return a > b ? a : b;
}

static int min_int(int a, int b) {
    return a < b ? a : b;
}

static void begin(struct change_map *map, const struct image *grey) {
    int longer = max_int(grey->width, grey->height);
    memset(map, 0, sizeof *map);
    map->width = grey->width;
    map->height = grey->height;
    map->cell_px = max_int((longer + CHANGE_SIDE - 1) / CHANGE_SIDE, SAMPLES);
    map->columns = (grey->width + map->cell_px - 1) / map->cell_px;
    map->rows = (grey->height + map->cell_px - 1) / map->cell_px;
    for (int i = 0; i < map->columns * map->rows; i++) {
        map->searched_s[i] = -INFINITY;
    }
}

static float cell_mean(const struct image *grey, int x0, int y0, int cell_px) {
    int sum = 0;
    for (int j = 0; j < SAMPLES; j++) {
        int y = min_int(y0 + (2 * j + 1) * cell_px / (2 * SAMPLES), grey->height - 1);
        const uint8_t *row = grey->data + y * grey->stride;
        for (int i = 0; i < SAMPLES; i++) {
            sum += row[min_int(x0 + (2 * i + 1) * cell_px / (2 * SAMPLES), grey->width - 1)];
        }
    }
    return (float)sum / (SAMPLES * SAMPLES);
}

// Takes in the picture; returns the median of how much the cells differ from the picture before.
static float take(struct change_map *map, const struct image *grey) {
    int histogram[256] = {0}, n = map->columns * map->rows, below = 0, level = 0;
    for (int i = 0; i < n; i++) {
        float mean = cell_mean(grey, i % map->columns * map->cell_px,
                               i / map->columns * map->cell_px, map->cell_px);
        histogram[(int)(8 * fminf(fabsf(mean - map->now[i]), 31))]++;
        map->now[i] = mean;
    }
    while (below + histogram[level] <= n / 2) {
        below += histogram[level++];
    }
    return (float)level / 8;
}

// How much lighter the whole picture has become since it was searched.
static float light(const struct change_map *map) {
    double sum = 0;
    int n = map->columns * map->rows;
    for (int i = 0; i < n; i++) {
        sum += (double)(map->now[i] - map->searched[i]);
    }
    return (float)(sum / n);
}

static int count_around(const struct change_map *map, const bool *cells, int column, int row) {
    int n = 0;
    for (int y = max_int(row - 1, 0); y <= min_int(row + 1, map->rows - 1); y++) {
        for (int x = max_int(column - 1, 0); x <= min_int(column + 1, map->columns - 1); x++) {
            n += cells[y * map->columns + x];
        }
    }
    return n;
}

void change_map_update(struct change_map *map, const struct image *grey, double t) {
    bool differs[CHANGE_SIDE * CHANGE_SIDE];
    bool fresh = map->width != grey->width || map->height != grey->height;
    if (fresh) {
        begin(map, grey);
    }
    float median = take(map, grey);
    map->noise += fresh ? 0 : 0.1f * (1.48f * median - map->noise);
    float threshold = fminf(fmaxf(NOISE_SIGMAS * map->noise, LEAST_CHANGE), MOST_CHANGE);
    float shift = light(map);
    for (int i = 0; i < map->columns * map->rows; i++) {
        differs[i] = fabsf(map->now[i] - map->searched[i] - shift) > threshold;
    }
    for (int i = 0; i < map->columns * map->rows; i++) {
        map->changed[i] = t - map->searched_s[i] > CHANGE_REFRESH_S ||
                          (differs[i] && count_around(map, differs, i % map->columns,
                                                      i / map->columns) >= NEIGHBOURS);
    }
}

bool change_map_area(const struct change_map *map, struct box *area) {
    int left = map->columns, top = map->rows, right = 0, bottom = 0;
    for (int i = 0; i < map->columns * map->rows; i++) {
        if (map->changed[i]) {
            left = min_int(left, i % map->columns);
            right = max_int(right, i % map->columns + 1);
            top = min_int(top, i / map->columns);
            bottom = max_int(bottom, i / map->columns + 1);
        }
    }
    if (right == 0) {
        return false;
    }
    int x = left * map->cell_px, y = top * map->cell_px;
    *area = (struct box){(float)x, (float)y, (float)(min_int(right * map->cell_px, map->width) - x),
                         (float)(min_int(bottom * map->cell_px, map->height) - y)};
    return true;
}

void change_map_done(struct change_map *map, struct box area, double t) {
    for (int i = 0; i < map->columns * map->rows; i++) {
        float x = ((float)(i % map->columns) + 0.5f) * (float)map->cell_px;
        float y = ((float)(i / map->columns) + 0.5f) * (float)map->cell_px;
        if (x >= area.x && x < area.x + area.w && y >= area.y && y < area.y + area.h) {
            map->searched[i] = map->now[i];
            map->searched_s[i] = t;
            map->changed[i] = false;
        }
    }
}
