// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "grid.h"

int grid_groups(const struct kernels *kernels, int out_vectors) {
    return (out_vectors + kernels->vectors - 1) / kernels->vectors;
}

void grid_group(int n_groups, int out_vectors, int group, int *from, int *to) {
    *from = out_vectors * group / n_groups;
    *to = out_vectors * (group + 1) / n_groups;
}

// Points the tile at the n outputs from number first on; surplus inputs repeat the last.
static void aim(const struct grid *g, int first, int n, int k, struct conv_tile *tile,
                const real **z, real **y) {
    int row = first / g->columns, column = first % g->columns;
    tile->n = n;
    for (int p = 0; p < n; p++) {
        tile->x[p] = g->x + row * g->x_row + column * g->x_step;
        y[p] = g->y + row * g->y_row + column * g->y_step + k;
        z[p] = g->z ? g->z + row * g->z_row + column * g->z_step + k : NULL;
        if (++column == g->columns) {
            column = 0;
            row++;
        }
    }
    for (int p = n; p < MAX_PIXELS; p++) {
        tile->x[p] = tile->x[n - 1];
    }
}

void grid_run(const struct kernels *kernels, const struct grid *g) {
    int n_groups = grid_groups(kernels, g->out_vectors), n = g->rows * g->columns;
    for (int group = 0; group < n_groups; group++) {
        int from, to;
        grid_group(n_groups, g->out_vectors, group, &from, &to);
        const real *z[MAX_PIXELS];
        real *y[MAX_PIXELS];
        int k = from * kernels->lanes;
        struct conv_tile tile = {
            .channels = g->channels,
            .vectors = to - from,
            .n_taps = g->n_taps,
            .taps = g->taps,
            .w = g->w + (ptrdiff_t)g->n_taps * g->channels * k,
            .bias = g->bias ? g->bias + k : NULL,
            .z = g->z ? z : NULL,
            .y = y,
            .relu = g->relu,
            .accumulate = g->accumulate,
        };
        for (int first = 0; first < n; first += kernels->pixels) {
            int left = n - first;
            aim(g, first, left < kernels->pixels ? left : kernels->pixels, k, &tile, z, y);
            kernels->conv_tile(&tile);
        }
    }
}

void grid_pack(const struct kernels *kernels, const struct grid_weights *w, real *packed) {
    int lanes = kernels->lanes, out_vectors = (w->filters + lanes - 1) / lanes;
    int n_groups = grid_groups(kernels, out_vectors);
    for (int group = 0; group < n_groups; group++) {
        int from, to;
        grid_group(n_groups, out_vectors, group, &from, &to);
        for (int t = 0; t < w->n_taps; t++) {
            for (int c = 0; c < w->channels; c++) {
                const real *data = w->data + c * w->in_step + w->taps[t];
                for (int k = from * lanes; k < to * lanes; k++) {
                    *packed++ = k < w->filters ? data[k * w->out_step] : 0;
                }
            }
        }
    }
}
