// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Part of vector.h and vector_int8.h: how tiles of PIXELS outputs go over a convolution's grid, of
// which only the sizes and steps are read here.

// The output that comes next, and where it lies in x, y and z.
struct cursor {
    int column;
    ptrdiff_t x, y, z;
};

INLINE void step_on(const struct conv_grid *g, struct cursor *at) {
    at->x += g->x_step;
    at->y += g->y_step;
    at->z += g->z_step;
    if (++at->column == g->columns) {
        at->column = 0;
        at->x += g->x_row - g->columns * g->x_step;
        at->y += g->y_row - g->columns * g->y_step;
        at->z += g->z_row - g->columns * g->z_step;
    }
}

// Where the pixels of a tile lie. One of less than PIXELS repeats its last.
struct places {
    ptrdiff_t x[PIXELS], y[PIXELS], z[PIXELS];
};

INLINE void find_places(const struct conv_grid *g, int n, struct cursor *at,
                        struct places *places) {
    bool straight = at->column + PIXELS < g->columns;
    for (int p = 0; p < PIXELS; p++) {
        places->x[p] = at->x;
        places->y[p] = at->y;
        places->z[p] = at->z;
        if (straight) {
            at->x += g->x_step;
            at->y += g->y_step;
            at->z += g->z_step;
        } else if (p + 1 < n || n >= PIXELS) {
            step_on(g, at);
        }
    }
    at->column += straight ? PIXELS : 0;
}
