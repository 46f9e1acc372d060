// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/scene_cut.h"

#include <math.h>

#define N_CELLS (SCENE_COLUMNS * SCENE_ROWS)
#define SAMPLES 8 // a side, of a cell
// Where people move, the correlation of neighbours was seen to fall to 0.76; unrelated pictures
// gave -0.02 to 0.3.
#define SAME_SCENE 0.5f
#define FLAT 2.0f // grey levels; the deviation below which a picture says nothing

static float cell_mean(const struct image *grey, int column, int row) {
    int sum = 0;
    for (int j = 0; j < SAMPLES; j++) {
        int y = (row * SAMPLES + j) * grey->height / (SCENE_ROWS * SAMPLES);
        for (int i = 0; i < SAMPLES; i++) {
            int x = (column * SAMPLES + i) * grey->width / (SCENE_COLUMNS * SAMPLES);
            sum += grey->data[y * grey->stride + x];
        }
    }
    return (float)sum / (SAMPLES * SAMPLES);
}

static void describe(const struct image *grey, float cells[N_CELLS]) {
    float mean = 0, square = 0;
    for (int i = 0; i < N_CELLS; i++) {
        cells[i] = cell_mean(grey, i % SCENE_COLUMNS, i / SCENE_COLUMNS);
        mean += cells[i] / N_CELLS;
    }
    for (int i = 0; i < N_CELLS; i++) {
        cells[i] -= mean;
        square += cells[i] * cells[i];
    }
    float length = sqrtf(square);
    for (int i = 0; i < N_CELLS; i++) {
        cells[i] = length > FLAT * sqrtf(N_CELLS) ? cells[i] / length : 0;
    }
}

bool scene_cut(struct scene *scene, const struct image *grey) {
    float cells[N_CELLS], correlation = 0;
    describe(grey, cells);
    for (int i = 0; i < N_CELLS; i++) {
        correlation += cells[i] * scene->cells[i];
        scene->cells[i] = cells[i];
    }
    bool cut = scene->known && correlation < SAME_SCENE;
    scene->known = true;
    return cut;
}
