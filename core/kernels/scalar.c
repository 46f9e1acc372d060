// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/kernels/kernels.h"

// The reference: what the other tables are tested against.

#define TILE_M 4
#define TILE_N 8
#define LANES 8
#define PIXELS 4
#define VECTORS 3

static void gemm_tile(int k, const real *a, const real *b, real *c, ptrdiff_t ldc,
                      bool accumulate) {
    real sum[TILE_M][TILE_N] = {{0}};
    for (int p = 0; p < k; p++, a += TILE_M, b += TILE_N) {
        for (int i = 0; i < TILE_M; i++) {
            for (int j = 0; j < TILE_N; j++) {
                sum[i][j] += a[i] * b[j];
            }
        }
    }
    for (int i = 0; i < TILE_M; i++) {
        for (int j = 0; j < TILE_N; j++) {
            c[i * ldc + j] = accumulate ? c[i * ldc + j] + sum[i][j] : sum[i][j];
        }
    }
}

static real finish(real sum, const real *z, bool relu) {
    real v = z ? sum + *z : sum;
    return relu && v < 0 ? 0 : v;
}

static void conv_output(const struct conv_grid *g, const real *x, const real *z, real *y) {
    int width = g->vectors * LANES;
    for (int k = 0; k < width; k++) {
        const real *w = g->w + k;
        bool filler = g->half && k >= width - LANES / 2;
        real sum = 0;
        for (int tap = 0; tap < g->n_taps; tap++) {
            for (int c = 0; c < g->channels; c++, w += width) {
                sum += x[g->taps[tap] + c] * *w;
            }
        }
        sum = (filler ? 0 : sum) + (g->bias ? g->bias[k] : 0);
        y[k] = finish(sum, z ? z + k : NULL, g->relu);
    }
}

static void conv(const struct conv_grid *g) {
    for (int i = 0; i < g->rows; i++) {
        for (int j = 0; j < g->columns; j++) {
            conv_output(g, g->x + i * g->x_row + j * g->x_step,
                        g->z ? g->z + i * g->z_row + j * g->z_step : NULL,
                        g->y + i * g->y_row + j * g->y_step);
        }
    }
}

static void grad_tile(const struct grad_tile *t) {
    for (int c = 0; c < t->n; c++) {
        for (int k = 0; k < t->vectors * LANES; k++) {
            real sum = 0;
            for (int i = 0; i < t->samples * t->rows; i++) {
                int sample = i / t->rows, row = i % t->rows;
                const real *x = t->x + sample * t->x_sample + row * t->x_row + c;
                const real *d = t->d + sample * t->d_sample + row * t->d_row + k;
                for (int j = 0; j < t->columns; j++) {
                    sum += x[j * t->x_step] * d[j * t->d_step];
                }
            }
            t->dw[c * t->dw_step + k] += sum;
        }
    }
}

static void depthwise_output(const struct conv_grid *g, const real *x, const real *z, real *y) {
    for (int k = 0; k < g->vectors * LANES; k++) {
        const real *w = g->w + (ptrdiff_t)(k / LANES) * g->n_taps * LANES + k % LANES;
        real sum = g->bias ? g->bias[k] : 0;
        for (int t = 0; t < g->n_taps; t++) {
            sum += x[g->taps[t] + k] * w[t * LANES];
        }
        y[k] = finish(sum, z ? z + k : NULL, g->relu);
    }
}

static void depthwise(const struct conv_grid *g) {
    for (int i = 0; i < g->rows; i++) {
        for (int j = 0; j < g->columns; j++) {
            depthwise_output(g, g->x + i * g->x_row + j * g->x_step,
                             g->z ? g->z + i * g->z_row + j * g->z_step : NULL,
                             g->y + i * g->y_row + j * g->y_step);
        }
    }
}

static void depthwise_grad(const struct depthwise_grad *g) {
    int width = g->vectors * LANES;
    for (int t = 0; t < g->n_taps; t++) {
        for (int k = 0; k < width; k++) {
            real sum = 0;
            for (int i = 0; i < g->rows; i++) {
                for (int j = 0; j < g->columns; j++) {
                    sum += g->x[i * g->x_row + j * g->x_step + g->taps[t] + k] *
                           g->d[i * g->d_row + j * g->d_step + k];
                }
            }
            g->dw[t * width + k] += sum;
        }
    }
}

// out:(m, m) = f:(m, n) in:(n, n) f', the transforms as they are written in the paper.
static void sandwich(int m, int n, const real *f, const real *in, real *out) {
    real half[WINOGRAD_IN * WINOGRAD_IN];
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            real sum = 0;
            for (int k = 0; k < n; k++) {
                sum += f[i * n + k] * in[k * n + j];
            }
            half[i * n + j] = sum;
        }
    }
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < m; j++) {
            real sum = 0;
            for (int k = 0; k < n; k++) {
                sum += half[i * n + k] * f[j * n + k];
            }
            out[i * m + j] = sum;
        }
    }
}

static void winograd_in(int channels, const real *d, ptrdiff_t d_row, ptrdiff_t d_step, real *v,
                        ptrdiff_t v_step) {
    static const real b[WINOGRAD_POINTS] = {4, 0, -5, 0,  1, 0, 0, -4, -4, 1,  1, 0,
                                            0, 4, -4, -1, 1, 0, 0, -2, -1, 2,  1, 0,
                                            0, 2, -1, -2, 1, 0, 0, 4,  0,  -5, 0, 1};
    for (int c = 0; c < channels; c++) {
        real patch[WINOGRAD_POINTS], out[WINOGRAD_POINTS];
        for (int i = 0; i < WINOGRAD_POINTS; i++) {
            patch[i] = d[i / WINOGRAD_IN * d_row + i % WINOGRAD_IN * d_step + c];
        }
        sandwich(WINOGRAD_IN, WINOGRAD_IN, b, patch, out);
        for (int i = 0; i < WINOGRAD_POINTS; i++) {
            v[i * v_step + c] = out[i];
        }
    }
}

static void winograd_out(const struct winograd_tile *t) {
    static const real a[WINOGRAD_OUT * WINOGRAD_IN] = {1, 1, 1, 1, 1, 0, 0, 1, -1, 2, -2, 0,
                                                       0, 1, 1, 4, 4, 0, 0, 1, -1, 8, -8, 1};
    for (int c = 0; c < t->channels; c++) {
        real points[WINOGRAD_POINTS], out[WINOGRAD_OUT * WINOGRAD_OUT];
        for (int i = 0; i < WINOGRAD_POINTS; i++) {
            points[i] = t->m[i * t->m_step + c];
        }
        sandwich(WINOGRAD_OUT, WINOGRAD_IN, a, points, out);
        for (int i = 0; i < WINOGRAD_OUT * WINOGRAD_OUT; i++) {
            int y = i / WINOGRAD_OUT, x = i % WINOGRAD_OUT;
            const real *z = t->z ? t->z + y * t->z_row + x * t->z_step + c : NULL;
            t->y[y * t->y_row + x * t->y_step + c] =
                finish(out[i] + (t->bias ? t->bias[c] : 0), z, t->relu);
        }
    }
}

static void pool(const struct pool_patch *p) {
    for (int c = 0; c < p->channels; c++) {
        real most = p->x[c], sum = 0;
        for (int i = 0; i < p->rows; i++) {
            for (int j = 0; j < p->columns; j++) {
                real x = p->x[i * p->x_row + j * p->x_step + c];
                most = x > most ? x : most;
                sum += x;
            }
        }
        p->y[c] = p->mean ? sum / (real)(p->rows * p->columns) : most;
    }
}

static bool counts(const real *y, size_t i) {
    return !y || y[i] > 0;
}

static void channel_sums(struct pixels size, const real *d, const real *y, const real *x,
                         const real *centre, double *sum, double *dot) {
    for (int c = 0; c < size.channels; c++) {
        real sums = 0, dots = 0;
        for (int p = 0; p < size.n; p++) {
            size_t i = (size_t)p * (size_t)size.channels + (size_t)c;
            real part = counts(y, i) ? d[i] : 0;
            sums += part;
            dots += part * (x[i] - centre[c]);
        }
        sum[c] += (double)sums;
        dot[c] += (double)dots;
    }
}

static void scale_shift(struct pixels size, const real *x, const real *a, const real *b,
                        const real *z, bool relu, real *y) {
    for (int i = 0; i < size.n * size.channels; i++) {
        int c = i % size.channels;
        y[i] = finish(a[c] * x[i] + b[c], z ? z + i : NULL, relu);
    }
}

static void norm_back(struct pixels size, const real *d, const real *y, const real *x,
                      const real *p, const real *q, const real *r, real *dx) {
    for (int i = 0; i < size.n * size.channels; i++) {
        int c = i % size.channels;
        dx[i] = p[c] * (counts(y, (size_t)i) ? d[i] : 0) + q[c] * x[i] + r[c];
    }
}

static void relu_back(size_t n, const real *d, const real *y, bool add, real *dx) {
    for (size_t i = 0; i < n; i++) {
        real part = counts(y, i) ? d[i] : 0;
        dx[i] = add ? dx[i] + part : part;
    }
}

static void bias_relu(size_t n, const real *x, real bias, const real *z, bool relu, real *y) {
    for (size_t i = 0; i < n; i++) {
        real v = x[i] + bias + (z ? z[i] : 0);
        y[i] = relu && v < 0 ? 0 : v;
    }
}

static void axpy(size_t n, real a, const real *x, real *y) {
    for (size_t i = 0; i < n; i++) {
        y[i] += a * x[i];
    }
}

const struct kernels kernels_scalar = {
    .name = "scalar",
    .tile_m = TILE_M,
    .tile_n = TILE_N,
    .lanes = LANES,
    .pixels = PIXELS,
    .vectors = VECTORS,
    .gemm_tile = gemm_tile,
    .conv = conv,
    .grad_tile = grad_tile,
    .depthwise = depthwise,
    .depthwise_grad = depthwise_grad,
    .winograd_in = winograd_in,
    .winograd_out = winograd_out,
    .pool = pool,
    .channel_sums = channel_sums,
    .scale_shift = scale_shift,
    .norm_back = norm_back,
    .relu_back = relu_back,
    .bias_relu = bias_relu,
    .axpy = axpy,
};
