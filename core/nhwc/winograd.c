// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/winograd.h"

#include "core/base/min_max.h"

#include <stdlib.h>
#include <string.h>

// Tiles transformed together: few enough for their 36 points to stay in the second-level cache,
// enough to use each weight several times.
#define TILES 16

// One point of all tiles is a matrix; matrices lie a little apart, since at a power of two all
// points of a pixel would fall on the same cache lines.
static ptrdiff_t point_step(int pitch) {
    return TILES * pitch + 16;
}

// Scratch: the points of the inputs, those of the outputs, a patch for tiles at the edge.
size_t winograd_scratch_len(int x_pitch, int y_pitch) {
    size_t widest = (size_t)(x_pitch > y_pitch ? x_pitch : y_pitch);
    return WINOGRAD_POINTS * ((size_t)point_step(x_pitch) + (size_t)point_step(y_pitch) + widest);
}

// u = G g G'
static void transform_weights(const real *data, const int *taps, double u[WINOGRAD_POINTS]) {
    static const double g[WINOGRAD_IN][3] = {
        {1.0 / 4, 0, 0},
        {-1.0 / 6, -1.0 / 6, -1.0 / 6},
        {-1.0 / 6, 1.0 / 6, -1.0 / 6},
        {1.0 / 24, 1.0 / 12, 1.0 / 6},
        {1.0 / 24, -1.0 / 12, 1.0 / 6},
        {0, 0, 1},
    };
    double half[WINOGRAD_IN][3];
    for (int i = 0; i < WINOGRAD_IN; i++) {
        for (int j = 0; j < 3; j++) {
            half[i][j] = g[i][0] * (double)data[taps[j]] + g[i][1] * (double)data[taps[3 + j]] +
                         g[i][2] * (double)data[taps[6 + j]];
        }
    }
    for (int i = 0; i < WINOGRAD_POINTS; i++) {
        const double *a = half[i / WINOGRAD_IN], *b = g[i % WINOGRAD_IN];
        u[i] = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }
}

void winograd_pack(const struct kernels *kernels, const struct grid_weights *w, real *packed) {
    int lanes = kernels->lanes, vectors = (w->filters + lanes - 1) / lanes;
    int n_groups = grid_groups(kernels, vectors);
    ptrdiff_t point = (ptrdiff_t)w->channels * vectors * lanes;
    memset(packed, 0, (size_t)(WINOGRAD_POINTS * point) * sizeof *packed);
    for (int group = 0; group < n_groups; group++) {
        int from, to;
        grid_group(n_groups, vectors, group, &from, &to);
        for (int c = 0; c < w->channels; c++) {
            for (int k = from * lanes; k < to * lanes; k++) {
                int channel = grid_channel(kernels, w->filters, k);
                if (channel < 0) {
                    continue;
                }
                double u[WINOGRAD_POINTS];
                transform_weights(w->data + c * w->in_step + channel * w->out_step, w->taps, u);
                real *at = packed +
                           ((ptrdiff_t)from * w->channels + (ptrdiff_t)c * (to - from)) * lanes +
                           k - from * lanes;
                for (int i = 0; i < WINOGRAD_POINTS; i++) {
                    at[i * point] = (real)u[i];
                }
            }
        }
    }
}

struct work {
    const struct kernels *kernels;
    const struct conv_grid *grid;
    int x_pitch, y_pitch, across; // tiles in a row
    real *v, *m, *patch;
};

static void place_of(const struct work *w, int tile, int *y, int *x) {
    *y = tile / w->across * WINOGRAD_OUT;
    *x = tile % w->across * WINOGRAD_OUT;
}

// A patch that hangs over the edge of what the taps reach is completed with zeros.
static void tile_in(const struct work *w, int tile, real *v) {
    const struct conv_grid *g = w->grid;
    int y, x;
    place_of(w, tile, &y, &x);
    const real *d = g->x + g->taps[0] + y * g->x_row + x * g->x_step;
    int rows = min_int(WINOGRAD_IN, g->rows - y + 2),
        columns = min_int(WINOGRAD_IN, g->columns - x + 2);
    ptrdiff_t d_row = g->x_row;
    if (rows < WINOGRAD_IN || columns < WINOGRAD_IN) {
        ptrdiff_t row = WINOGRAD_IN * w->x_pitch;
        memset(w->patch, 0, (size_t)(WINOGRAD_IN * row) * sizeof *d);
        for (int i = 0; i < rows; i++) {
            memcpy(w->patch + i * row, d + i * d_row,
                   (size_t)columns * (size_t)w->x_pitch * sizeof *d);
        }
        d = w->patch;
        d_row = row;
    }
    w->kernels->winograd_in(w->x_pitch, d, d_row, w->x_pitch, v, point_step(w->x_pitch));
}

// Copies a part of a tile.  to, from:(rows, columns, pitch)
static void copy(int rows, int columns, int pitch, const real *from, ptrdiff_t from_row,
                 ptrdiff_t from_step, real *to, ptrdiff_t to_row, ptrdiff_t to_step) {
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            memcpy(to + i * to_row + j * to_step, from + i * from_row + j * from_step,
                   (size_t)pitch * sizeof *to);
        }
    }
}

// A tile that hangs over the edge is made in the patch and its inside copied.
static void tile_out(const struct work *w, int tile, const real *m) {
    const struct conv_grid *g = w->grid;
    int y, x;
    place_of(w, tile, &y, &x);
    int rows = min_int(WINOGRAD_OUT, g->rows - y), columns = min_int(WINOGRAD_OUT, g->columns - x);
    real *out = g->y + y * g->y_row + x * g->y_step;
    struct winograd_tile t = {
        .channels = w->y_pitch,
        .m = m,
        .m_step = point_step(w->y_pitch),
        .bias = g->bias,
        .z = g->z ? g->z + y * g->z_row + x * g->z_step : NULL,
        .z_row = g->z_row,
        .z_step = g->z_step,
        .relu = g->relu,
        .y = out,
        .y_row = g->y_row,
        .y_step = g->y_step,
    };
    if (rows == WINOGRAD_OUT && columns == WINOGRAD_OUT) {
        w->kernels->winograd_out(&t);
        return;
    }
    ptrdiff_t row = WINOGRAD_OUT * w->y_pitch;
    if (t.z) {
        copy(rows, columns, w->y_pitch, t.z, g->z_row, g->z_step, w->patch, row, w->y_pitch);
        t.z = w->patch;
        t.z_row = row;
        t.z_step = w->y_pitch;
    }
    t.y = w->patch;
    t.y_row = row;
    t.y_step = w->y_pitch;
    w->kernels->winograd_out(&t);
    copy(rows, columns, w->y_pitch, w->patch, row, w->y_pitch, out, g->y_row, g->y_step);
}

static void multiply_points(const struct work *w, int n) {
    static const ptrdiff_t here[] = {0};
    struct conv_grid product = {
        .rows = 1,
        .columns = n,
        .channels = w->grid->channels,
        .vectors = w->grid->vectors,
        .n_taps = 1,
        .taps = here,
        .half = w->grid->half,
        .x_step = w->x_pitch,
        .y_step = w->y_pitch,
    };
    for (int i = 0; i < WINOGRAD_POINTS; i++) {
        product.x = w->v + i * point_step(w->x_pitch);
        product.y = w->m + i * point_step(w->y_pitch);
        product.w = w->grid->w + (ptrdiff_t)i * w->grid->channels * w->y_pitch;
        grid_run(w->kernels, &product);
    }
}

void winograd_run(const struct kernels *kernels, const struct conv_grid *g, real *scratch) {
    struct work w = {
        .kernels = kernels,
        .grid = g,
        .x_pitch = (int)g->x_step,
        .y_pitch = g->vectors * kernels->lanes,
        .across = (g->columns + WINOGRAD_OUT - 1) / WINOGRAD_OUT,
    };
    w.v = scratch;
    w.m = w.v + WINOGRAD_POINTS * point_step(w.x_pitch);
    w.patch = w.m + WINOGRAD_POINTS * point_step(w.y_pitch);
    int n_tiles = w.across * ((g->rows + WINOGRAD_OUT - 1) / WINOGRAD_OUT);
    for (int first = 0; first < n_tiles; first += TILES) {
        int n = min_int(TILES, n_tiles - first);
        for (int i = 0; i < n; i++) {
            tile_in(&w, first + i, w.v + i * w.x_pitch);
        }
        multiply_points(&w, n);
        for (int i = 0; i < n; i++) {
            tile_out(&w, first + i, w.m + i * w.y_pitch);
        }
    }
}
