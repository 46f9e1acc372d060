// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "grid.h"

int grid_groups(const struct kernels *kernels, int vectors) {
    return (vectors + kernels->vectors - 1) / kernels->vectors;
}

void grid_group(int n_groups, int vectors, int group, int *from, int *to) {
    *from = vectors * group / n_groups;
    *to = vectors * (group + 1) / n_groups;
}

void grid_run(const struct kernels *kernels, const struct conv_grid *grid) {
    int n_groups = grid_groups(kernels, grid->vectors);
    for (int group = 0; group < n_groups; group++) {
        int from, to;
        grid_group(n_groups, grid->vectors, group, &from, &to);
        int k = from * kernels->lanes;
        struct conv_grid part = *grid;
        part.vectors = to - from;
        part.w += (ptrdiff_t)grid->n_taps * grid->channels * k;
        part.bias += grid->bias ? k : 0;
        part.z += grid->z ? k : 0;
        part.y += k;
        kernels->conv(&part);
    }
}

void grid_pack(const struct kernels *kernels, const struct grid_weights *w, real *packed) {
    int lanes = kernels->lanes, vectors = (w->filters + lanes - 1) / lanes;
    int n_groups = grid_groups(kernels, vectors);
    for (int group = 0; group < n_groups; group++) {
        int from, to;
        grid_group(n_groups, vectors, group, &from, &to);
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
