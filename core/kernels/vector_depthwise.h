// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Part of vector.h: depthwise convolution, whose taps multiply vectors of channels by vectors of
// weights, and the gradient of its weights.

enum { DEPTHWISE_PIXELS = 4, DEPTHWISE_TAPS = 9 };

// Pixels side by side; taps come in runs of across, whose inputs are step apart, stride of them
// from one pixel to the next. So an input is read once for all taps of a run and all pixels.
INLINE void depthwise_pixels(const struct conv_grid *g, const real *x, const real *z, real *y,
                             int pixels, int n_taps, int across, int stride) {
    ptrdiff_t step = g->x_step / stride;
    const real *w = g->w;
    for (ptrdiff_t k = 0; k < (ptrdiff_t)g->vectors * LANES; k += LANES) {
        vec sum[DEPTHWISE_PIXELS], bias = g->bias ? load(g->bias + k) : (vec){0};
#pragma GCC unroll 4
        for (int p = 0; p < pixels; p++) {
            sum[p] = bias;
        }
#pragma GCC unroll 3
        for (int t = 0; t < n_taps; t += across, w += across * LANES) {
            const real *from = x + g->taps[t] + k;
#pragma GCC unroll 11
            for (int i = 0; i < (pixels - 1) * stride + across; i++) {
                vec input = load(from + i * step);
#pragma GCC unroll 4
                for (int p = 0; p < pixels; p++) {
                    int s = i - p * stride;
                    if (s >= 0 && s < across) {
                        sum[p] += input * load(w + s * LANES);
                    }
                }
            }
        }
#pragma GCC unroll 4
        for (int p = 0; p < pixels; p++) {
            if (z) {
                sum[p] += load(z + p * g->z_step + k);
            }
            store(y + p * g->y_step + k, g->relu ? relu_of(sum[p]) : sum[p]);
        }
    }
}

INLINE void depthwise_of(const struct conv_grid *g, int n_taps, int across, int stride) {
    for (int row = 0; row < g->rows; row++) {
        const real *x = g->x + row * g->x_row, *z = g->z ? g->z + row * g->z_row : NULL;
        real *y = g->y + row * g->y_row;
        int left = g->columns;
        for (; left >= DEPTHWISE_PIXELS; left -= DEPTHWISE_PIXELS) {
            depthwise_pixels(g, x, z, y, DEPTHWISE_PIXELS, n_taps, across, stride);
            x += DEPTHWISE_PIXELS * g->x_step;
            y += DEPTHWISE_PIXELS * g->y_step;
            z = z ? z + DEPTHWISE_PIXELS * g->z_step : NULL;
        }
        for (; left > 0; left--) {
            depthwise_pixels(g, x, z, y, 1, n_taps, across, stride);
            x += g->x_step;
            y += g->y_step;
            z = z ? z + g->z_step : NULL;
        }
    }
}

// Whether the taps come in runs of across, their inputs step apart.
INLINE bool depthwise_runs(const struct conv_grid *g, int across, ptrdiff_t step) {
    bool runs = g->n_taps % across == 0;
    for (int t = 1; runs && t < g->n_taps; t++) {
        runs = t % across == 0 || g->taps[t] - g->taps[t - 1] == step;
    }
    return runs;
}

static void depthwise(const struct conv_grid *g) {
    bool even = g->x_step % 2 == 0;
    if (g->n_taps == 9 && depthwise_runs(g, 3, g->x_step)) {
        depthwise_of(g, 9, 3, 1);
    } else if (g->n_taps == 9 && even && depthwise_runs(g, 3, g->x_step / 2)) {
        depthwise_of(g, 9, 3, 2);
    } else if (g->n_taps == 25 && depthwise_runs(g, 5, g->x_step)) {
        depthwise_of(g, 25, 5, 1);
    } else if (g->n_taps == 25 && even && depthwise_runs(g, 5, g->x_step / 2)) {
        depthwise_of(g, 25, 5, 2);
    } else {
        depthwise_of(g, g->n_taps, 1, 1);
    }
}

// The gradient for n_taps taps from the first on, of LANES channels.
INLINE void depthwise_grad_taps(const struct depthwise_grad *g, ptrdiff_t k, int first,
                                int n_taps) {
    vec sum[DEPTHWISE_TAPS];
#pragma GCC unroll 9
    for (int t = 0; t < n_taps; t++) {
        sum[t] = (vec){0};
    }
    for (int i = 0; i < g->rows; i++) {
        const real *x = g->x + i * g->x_row + k, *d = g->d + i * g->d_row + k;
        for (int j = 0; j < g->columns; j++, x += g->x_step, d += g->d_step) {
            vec by = load(d);
#pragma GCC unroll 9
            for (int t = 0; t < n_taps; t++) {
                sum[t] += load(x + g->taps[first + t]) * by;
            }
        }
    }
#pragma GCC unroll 9
    for (int t = 0; t < n_taps; t++) {
        real *dw = g->dw + (ptrdiff_t)(first + t) * g->vectors * LANES + k;
        store(dw, load(dw) + sum[t]);
    }
}

static void depthwise_grad(const struct depthwise_grad *g) {
    for (ptrdiff_t k = 0; k < (ptrdiff_t)g->vectors * LANES; k += LANES) {
        int t = 0;
        for (; t + DEPTHWISE_TAPS <= g->n_taps; t += DEPTHWISE_TAPS) {
            depthwise_grad_taps(g, k, t, DEPTHWISE_TAPS);
        }
        for (; t < g->n_taps; t++) {
            depthwise_grad_taps(g, k, t, 1);
        }
    }
}
