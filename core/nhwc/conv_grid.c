// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/conv_grid.h"

int grid_groups(const struct kernels *kernels, int vectors) {
    return (vectors + kernels->vectors - 1) / kernels->vectors;
}

void grid_group(int n_groups, int vectors, int group, int *from, int *to) {
    *from = vectors * group / n_groups;
    *to = vectors * (group + 1) / n_groups;
}

bool grid_half(const struct kernels *kernels, int filters) {
    int vectors = (filters + kernels->lanes - 1) / kernels->lanes, from, to;
    int n_groups = grid_groups(kernels, vectors);
    grid_group(n_groups, vectors, n_groups - 1, &from, &to);
    return to - from >= 2 && vectors * kernels->lanes - filters >= kernels->lanes / 2;
}

int grid_channel(const struct kernels *kernels, int filters, int k) {
    int last = (filters + kernels->lanes - 1) / kernels->lanes * kernels->lanes - kernels->lanes;
    int middle = last + kernels->lanes / 2;
    int channel = k >= middle && grid_half(kernels, filters) ? k - kernels->lanes / 2 : k;
    return channel < filters ? channel : -1;
}

void grid_run(const struct kernels *kernels, const struct conv_grid *grid) {
    int n_groups = grid_groups(kernels, grid->vectors);
    for (int group = 0; group < n_groups; group++) {
        int from, to;
        grid_group(n_groups, grid->vectors, group, &from, &to);
        int k = from * kernels->lanes;
        struct conv_grid part = *grid;
        part.vectors = to - from;
        part.half = grid->half && group == n_groups - 1;
        part.w += (ptrdiff_t)grid->n_taps * grid->channels * k;
        part.bias = grid->bias ? grid->bias + k : NULL;
        part.z = grid->z ? grid->z + k : NULL;
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
                    int channel = grid_channel(kernels, w->filters, k);
                    *packed++ = channel >= 0 ? data[channel * w->out_step] : 0;
                }
            }
        }
    }
}

void grid_pack_depthwise(const struct kernels *kernels, const struct grid_weights *w,
                         real *packed) {
    for (int first = 0; first < w->filters; first += kernels->lanes) {
        for (int t = 0; t < w->n_taps; t++) {
            for (int k = first; k < first + kernels->lanes; k++) {
                *packed++ = k < w->filters ? w->data[k * w->out_step + w->taps[t]] : 0;
            }
        }
    }
}
