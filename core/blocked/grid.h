// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "blocked.h"

// What forward and backward have in common: a grid of output pixels, each the same weighted sum of
// inputs at fixed offsets from a pixel of its own.

#define MAX_TAPS 128

struct grid {
    int rows, columns;         // of outputs
    int channels, out_vectors; // read at each tap, written at each output
    int n_taps;
    ptrdiff_t taps[MAX_TAPS];
    const real *x, *w, *bias, *z; // of the first output; w from grid_pack; bias, z may be NULL
    real *y;
    ptrdiff_t x_row, x_step, z_row, z_step, y_row, y_step; // from an output to the next
    bool relu, accumulate;
};

void grid_run(const struct kernels *kernels, const struct grid *grid);

// Weight (k, c, t) = weights[k * out_step + c * in_step + taps[t]], k < filters, zero beyond.
// packed: n_taps * channels * out_vectors * lanes reals
struct grid_weights {
    const real *data;
    ptrdiff_t out_step, in_step;
    int filters, channels, n_taps;
    const int *taps;
};
void grid_pack(const struct kernels *kernels, const struct grid_weights *weights, real *packed);

// Output vectors are handled in groups of this many at most, as equal as can be: [*from, *to).
int grid_groups(const struct kernels *kernels, int out_vectors);
void grid_group(int n_groups, int out_vectors, int group, int *from, int *to);
