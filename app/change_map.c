// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "change_map.h"

#include <math.h>
#include <string.h>

#define SAMPLES 4         // a side, of a cell
#define LEAST_CHANGE 8.0f // grey levels; below it nothing counts as a change
#define MOST_CHANGE 24.0f // above it everything does, whatever the noise
#define NOISE_SIGMAS 4.5f // of one in 150,000 resting cells
#define DENSE 0.5f        // share of a face's cells that a new face changes at least

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

void change_map_update(struct change_map *map, const struct image *grey, double t) {
    bool fresh = map->width != grey->width || map->height != grey->height;
    if (fresh) {
        begin(map, grey);
    }
    float median = take(map, grey);
    map->noise += fresh ? 0 : 0.1f * (1.48f * median - map->noise);
    float threshold = fminf(fmaxf(NOISE_SIGMAS * map->noise, LEAST_CHANGE), MOST_CHANGE);
    float shift = light(map);
    for (int i = 0; i < map->columns * map->rows; i++) {
        map->changed[i] = t - map->searched_s[i] > CHANGE_REFRESH_S ||
                          fabsf(map->now[i] - map->searched[i] - shift) > threshold;
    }
}

// ---- areas ----

// Half open, in cells.
struct cells {
    int left, top, right, bottom;
};

static int count(const struct change_map *map, struct cells cells) {
    int n = 0;
    for (int y = cells.top; y < cells.bottom; y++) {
        for (int x = cells.left; x < cells.right; x++) {
            n += map->changed[y * map->columns + x];
        }
    }
    return n;
}

static bool is_near(struct cells a, struct cells b, int gap) {
    return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap &&
           b.top < a.bottom + gap;
}

static struct cells both(struct cells a, struct cells b) {
    return (struct cells){min_int(a.left, b.left), min_int(a.top, b.top), max_int(a.right, b.right),
                          max_int(a.bottom, b.bottom)};
}

// Adds one to the list, joined with whatever is near it; with the last when the list is full.
static int join(struct cells *list, int n, struct cells one, int gap) {
    for (int i = 0; i < n; i++) {
        if (is_near(list[i], one, gap) || (i == n - 1 && n == CHANGE_AREAS)) {
            one = both(list[i], one);
            list[i] = list[--n];
            i = -1;
        }
    }
    list[n] = one;
    return n + 1;
}

int change_map_areas(const struct change_map *map, float least_face_px,
                     struct box areas[CHANGE_AREAS]) {
    struct cells list[CHANGE_AREAS];
    int n = 0, side = max_int((int)lroundf(least_face_px / (float)map->cell_px), 1);
    for (int y = 0; y < map->rows; y++) {
        for (int x = 0; x < map->columns; x++) {
            struct cells square = {x, y, min_int(x + side, map->columns),
                                   min_int(y + side, map->rows)};
            int size = (square.right - x) * (square.bottom - y);
            if ((float)count(map, square) >= DENSE * (float)size) {
                n = join(list, n, square, side);
            }
        }
    }
    for (int i = 0; i < n; i++) {
        int x = list[i].left * map->cell_px, y = list[i].top * map->cell_px;
        int right = min_int(list[i].right * map->cell_px, map->width);
        int bottom = min_int(list[i].bottom * map->cell_px, map->height);
        areas[i] = (struct box){(float)x, (float)y, (float)(right - x), (float)(bottom - y)};
    }
    return n;
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
