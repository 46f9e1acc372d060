// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/kernels/int8_kernels.h"

static int32_t sum_at(const struct int8_grid *g, const uint8_t *x, int k) {
    int32_t sum = 0;
    const int8_t *w = g->w + (ptrdiff_t)k * 4;
    for (int t = 0; t < g->n_taps; t++) {
        for (int q = 0; q < g->quads; q++, w += (ptrdiff_t)g->vectors * 4) {
            const uint8_t *quad = x + g->taps[t] + (ptrdiff_t)q * 4;
            for (int b = 0; b < 4; b++) {
                sum += quad[b] * w[b];
            }
        }
    }
    return sum;
}

static void conv(const struct int8_grid *g) { // a vector is one channel
    for (int i = 0; i < g->rows; i++) {
        for (int j = 0; j < g->columns; j++) {
            const uint8_t *x = g->x + i * g->x_row + j * g->x_step;
            ptrdiff_t y = i * g->y_row + j * g->y_step, z = i * g->z_row + j * g->z_step;
            for (int k = 0; k < g->vectors; k++) {
                float r = (float)sum_at(g, x, k) * g->scale[k];
                r += g->bias[k];
                if (g->z) {
                    r += (float)g->z[z + k] * g->z_scale;
                }
                r = fminf(fmaxf(r, g->low), g->high);
                if (g->y) {
                    g->y[y + k] = (uint8_t)lrintf(r);
                } else {
                    g->y_real[y + k] = (real)r;
                }
            }
        }
    }
}

static void quantise(size_t n, const real *x, float factor, float zero, uint8_t *y) {
    for (size_t i = 0; i < n; i++) {
        y[i] = int8_byte(x[i], factor, zero);
    }
}

const struct int8_kernels int8_scalar = {.name = "scalar",
                                         .lanes = 1,
                                         .vectors = 4,
                                         .largest_weight = 127,
                                         .conv = conv,
                                         .quantise = quantise};
