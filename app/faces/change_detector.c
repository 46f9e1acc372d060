// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/change_detector.h"

#include <math.h>
#include <string.h>

#define LEAST_CHANGE 8.0f // grey levels; below it nothing counts as a change
#define MOST_CHANGE 24.0f // above it everything does, whatever the noise
#define NOISE_SIGMAS 4.5f // of one in 150,000 resting cells
#define DENSE 0.5f        // share of a face's cells that a new face changes at least
#define SHAKE 3           // samples, in each direction, that do not count
#define MAX_CELLS (CHANGE_SIDE * CHANGE_SIDE)

static int max_int(int a, int b) {
    return a > b ? a : b;
}

static int min_int(int a, int b) {
    return a < b ? a : b;
}

static int clamp_int(int x, int low, int high) {
    return min_int(max_int(x, low), high);
}

static void begin(struct change_map *map, const struct image *grey) {
    int longer = max_int(grey->width, grey->height);
    memset(map, 0, sizeof *map);
    map->width = grey->width;
    map->height = grey->height;
    map->cell_px = max_int((longer + CHANGE_SIDE - 1) / CHANGE_SIDE, CHANGE_SAMPLES);
    map->columns = (grey->width + map->cell_px - 1) / map->cell_px;
    map->rows = (grey->height + map->cell_px - 1) / map->cell_px;
    for (int octave = 0; octave < CHANGE_OCTAVES; octave++) {
        for (int i = 0; i < map->columns * map->rows; i++) {
            map->past[octave].at_s[i] = -INFINITY;
        }
    }
}

// ---- the present picture ----

static int sample_px(const struct change_map *map, int sample, int side) {
    int px = (2 * sample + 1) * map->cell_px / (2 * CHANGE_SAMPLES);
    return min_int(px, side - 1);
}

static void take_samples(struct change_map *map, const struct image *grey) {
    int n_across = map->columns * CHANGE_SAMPLES, n_down = map->rows * CHANGE_SAMPLES;
    int at[CHANGE_GRID];
    for (int i = 0; i < n_across; i++) {
        at[i] = sample_px(map, i, grey->width);
    }
    for (int j = 0; j < n_down; j++) {
        const uint8_t *row = grey->data + sample_px(map, j, grey->height) * grey->stride;
        for (int i = 0; i < n_across; i++) {
            map->now[j * CHANGE_GRID + i] = row[at[i]];
        }
    }
}

static float cell_mean(const uint8_t *samples, int x, int y) {
    int sum = 0;
    for (int j = 0; j < CHANGE_SAMPLES; j++) {
        for (int i = 0; i < CHANGE_SAMPLES; i++) {
            sum += samples[(y * CHANGE_SAMPLES + j) * CHANGE_GRID + x * CHANGE_SAMPLES + i];
        }
    }
    return (float)sum / (CHANGE_SAMPLES * CHANGE_SAMPLES);
}

// Takes in the means; returns the median of how much the cells differ from the picture before.
static float take_means(struct change_map *map) {
    int histogram[256] = {0}, n = map->columns * map->rows, below = 0, level = 0;
    for (int i = 0; i < n; i++) {
        float mean = cell_mean(map->now, i % map->columns, i / map->columns);
        histogram[(int)(8 * fminf(fabsf(mean - map->mean[i]), 31))]++;
        map->mean[i] = mean;
    }
    while (below + histogram[level] <= n / 2) {
        below += histogram[level++];
    }
    return (float)level / 8;
}

void change_map_update(struct change_map *map, const struct image *grey, double t) {
    bool fresh = map->width != grey->width || map->height != grey->height;
    if (fresh) {
        begin(map, grey);
    }
    map->t = t;
    take_samples(map, grey);
    float median = take_means(map);
    map->noise += fresh ? 0 : 0.1f * (1.48f * median - map->noise);
}

// ---- changes ----

// What an octave has seen, as sums of cells that may begin at any sample.
struct past {
    const double *at_s;
    uint16_t sums[CHANGE_GRID * CHANGE_GRID];
};

static void fill_past(const struct change_map *map, int octave, struct past *past) {
    int across = (map->columns - 1) * CHANGE_SAMPLES + 1;
    int down = (map->rows - 1) * CHANGE_SAMPLES + 1;
    uint16_t rows[CHANGE_GRID * CHANGE_SAMPLES];
    past->at_s = map->past[octave].at_s;
    for (int y = 0; y < down + CHANGE_SAMPLES - 1; y++) {
        const uint8_t *from = map->past[octave].samples + y * CHANGE_GRID;
        uint16_t *row = rows + y % CHANGE_SAMPLES * CHANGE_GRID;
        for (int x = 0; x < across; x++) {
            row[x] = (uint16_t)(from[x] + from[x + 1] + from[x + 2] + from[x + 3]);
        }
        int top = y - (CHANGE_SAMPLES - 1);
        for (int x = 0; top >= 0 && x < across; x++) {
            past->sums[top * CHANGE_GRID + x] =
                (uint16_t)(rows[x] + rows[CHANGE_GRID + x] + rows[2 * CHANGE_GRID + x] +
                           rows[3 * CHANGE_GRID + x]);
        }
    }
}

static float past_mean(const struct change_map *map, const struct past *past, int x, int y) {
    x = clamp_int(x, 0, (map->columns - 1) * CHANGE_SAMPLES);
    y = clamp_int(y, 0, (map->rows - 1) * CHANGE_SAMPLES);
    return (float)past->sums[y * CHANGE_GRID + x] / (CHANGE_SAMPLES * CHANGE_SAMPLES);
}

// How much lighter the whole picture has become since it was searched.
static float light(const struct change_map *map, const struct past *past) {
    double sum = 0;
    int n = map->columns * map->rows;
    for (int i = 0; i < n; i++) {
        sum += (double)(map->mean[i] - past_mean(map, past, i % map->columns * CHANGE_SAMPLES,
                                                 i / map->columns * CHANGE_SAMPLES));
    }
    return (float)(sum / n);
}

// Half open, in cells.
struct cells {
    int left, top, right, bottom;
};

// How many cells above and to the left of each corner have changed (a summed-area table).
struct counts {
    int n[CHANGE_SIDE + 1][CHANGE_SIDE + 1];
};

// Counts what has changed if all that was there moved by (dx, dy) samples.
static void count_changes(const struct change_map *map, const struct past *past, float lighter,
                          int dx, int dy, struct counts *counts) {
    float threshold = fminf(fmaxf(NOISE_SIGMAS * map->noise, LEAST_CHANGE), MOST_CHANGE);
    memset(counts->n[0], 0, sizeof counts->n[0]);
    for (int y = 0; y < map->rows; y++) {
        int row = 0;
        counts->n[y + 1][0] = 0;
        for (int x = 0; x < map->columns; x++) {
            int i = y * map->columns + x;
            float before =
                past_mean(map, past, x * CHANGE_SAMPLES - dx, y * CHANGE_SAMPLES - dy) + lighter;
            row += map->t - past->at_s[i] > CHANGE_REFRESH_S ||
                   fabsf(map->mean[i] - before) > threshold;
            counts->n[y + 1][x + 1] = counts->n[y][x + 1] + row;
        }
    }
}

static int count(const struct counts *counts, struct cells c) {
    return counts->n[c.bottom][c.right] - counts->n[c.top][c.right] - counts->n[c.bottom][c.left] +
           counts->n[c.top][c.left];
}

static struct cells square_at(const struct change_map *map, int x, int y, int side) {
    return (struct cells){x, y, min_int(x + side, map->columns), min_int(y + side, map->rows)};
}

// Unmarks the squares that are dense with changes no more; returns how many are left.
static int keep_dense(const struct change_map *map, const struct counts *counts, int side,
                      bool changed[MAX_CELLS]) {
    int n = 0;
    for (int i = 0; i < map->columns * map->rows; i++) {
        struct cells square = square_at(map, i % map->columns, i / map->columns, side);
        int size = (square.right - square.left) * (square.bottom - square.top);
        changed[i] = changed[i] && (float)count(counts, square) >= DENSE * (float)size;
        n += changed[i];
    }
    return n;
}

// Marks the squares (by their first cell) whose change no shake of the camera explains.
static int mark_squares(const struct change_map *map, int octave, int side,
                        bool changed[MAX_CELLS]) {
    struct past past;
    struct counts counts;
    memset(changed, true, MAX_CELLS);
    fill_past(map, octave, &past);
    float lighter = light(map, &past);
    count_changes(map, &past, lighter, 0, 0, &counts);
    int n = keep_dense(map, &counts, side, changed);
    for (int dy = -SHAKE; dy <= SHAKE && n > 0; dy++) {
        for (int dx = -SHAKE; dx <= SHAKE && n > 0; dx++) {
            count_changes(map, &past, lighter, dx, dy, &counts);
            n = keep_dense(map, &counts, side, changed);
        }
    }
    return n;
}

// ---- areas ----

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

void change_map_areas(const struct change_map *map, int octave, float face_px,
                      struct change_areas *areas) {
    struct cells list[CHANGE_AREAS];
    bool changed[MAX_CELLS];
    int n = 0, side = max_int((int)lroundf(face_px / (float)map->cell_px), 1);
    int left = mark_squares(map, octave, side, changed);
    for (int i = 0; left > 0; i++) {
        if (changed[i]) {
            n = join(list, n, square_at(map, i % map->columns, i / map->columns, side), side);
            left--;
        }
    }
    for (int i = 0; i < n; i++) {
        int x = list[i].left * map->cell_px, y = list[i].top * map->cell_px;
        int right = min_int(list[i].right * map->cell_px, map->width);
        int bottom = min_int(list[i].bottom * map->cell_px, map->height);
        areas->boxes[i] = (struct box){(float)x, (float)y, (float)(right - x), (float)(bottom - y)};
    }
    areas->n = n;
}

static void copy_samples(struct change_map *map, struct change_past *past, int x, int y) {
    for (int j = 0; j < CHANGE_SAMPLES; j++) {
        int at = (y * CHANGE_SAMPLES + j) * CHANGE_GRID + x * CHANGE_SAMPLES;
        memcpy(past->samples + at, map->now + at, CHANGE_SAMPLES);
    }
}

// The cells whose middle lies in the area.
static struct cells cells_of(const struct change_map *map, struct box area) {
    float px = (float)map->cell_px;
    return (struct cells){
        .left = clamp_int((int)ceilf(area.x / px - 0.5f), 0, map->columns),
        .top = clamp_int((int)ceilf(area.y / px - 0.5f), 0, map->rows),
        .right = clamp_int((int)ceilf((area.x + area.w) / px - 0.5f), 0, map->columns),
        .bottom = clamp_int((int)ceilf((area.y + area.h) / px - 0.5f), 0, map->rows),
    };
}

void change_map_done(struct change_map *map, int octave, struct box area) {
    struct change_past *past = &map->past[octave];
    struct cells cells = cells_of(map, area);
    for (int y = cells.top; y < cells.bottom; y++) {
        for (int x = cells.left; x < cells.right; x++) {
            copy_samples(map, past, x, y);
            past->at_s[y * map->columns + x] = map->t;
        }
    }
}
