// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/real.h"

#include <stdbool.h>
#include <stddef.h>

// The hot functions, one complete table per instruction set; all other code in core is plain C that
// calls through a table. To add an instruction set: a file with its table, a line in cpu.c, a line
// in meson.build.
//
// Convolutions work on NHWC images (core/nhwc/nhwc.h): a vector holds neighbouring channels; the
// sums of a few pixels by a few vectors stay in registers while the inputs stream by. Source:
// Zhang, Franchetti and Low, High Performance Zero-Memory Overhead Direct Convolutions, 2018.

// A convolution as a grid of outputs: the same weighted sum of inputs at fixed offsets from each
// output's own position. For each output (i,j) and channel k of at most kernels->vectors vectors:
//   y[k] = sum over taps t and channels c of x[taps[t] + c] * w[t][c][k], plus bias[k]
// with x, y, z standing for x + i * x_row + j * x_step and so on; plus z[k] when z is not NULL,
// then max(., 0) when relu is set. NaN propagates. y may be z. With half set, the upper half of the
// last vector has no channels, and w repeats the lower half there, so that two outputs can share a
// vector.
struct conv_grid {
    int rows, columns; // outputs
    int channels;      // of inputs, at each tap
    int vectors;       // of outputs' channels
    int n_taps;
    const ptrdiff_t *taps;
    const real *x, *w; // w:(n_taps, channels, vectors * lanes)
    const real *bias;  // (vectors * lanes) or NULL
    const real *z;     // or NULL
    real *y;
    ptrdiff_t x_row, x_step, y_row, y_step, z_row, z_step;
    bool relu, half;
};

// One tile of the gradient of a convolution's weights for one tap: for each input channel c and
// output channel k of the tile
//   dw[c * dw_step + k] += sum over samples h, rows i and columns j of
//       x[h * x_sample + i * x_row + j * x_step + c] * d[h * d_sample + i * d_row + j * d_step + k]
// At least kernels->pixels channels of x are readable at each pixel, whatever n is.
struct grad_tile {
    int n;       // input channels, 1 to kernels->pixels
    int vectors; // of output channels, 1 to kernels->vectors
    int samples, rows, columns;
    const real *x, *d;
    ptrdiff_t x_sample, x_row, x_step, d_sample, d_row, d_step, dw_step;
    real *dw;
};

// The gradient of a depthwise convolution's weights: for each tap t and channel k
//   dw[t][k] += sum over rows i and columns j of
//       x[i * x_row + j * x_step + taps[t] + k] * d[i * d_row + j * d_step + k]
struct depthwise_grad {
    int rows, columns;
    int vectors; // of channels
    int n_taps;
    const ptrdiff_t *taps;
    const real *x, *d;
    ptrdiff_t x_row, x_step, d_row, d_step;
    real *dw; // (n_taps, vectors * lanes)
};

// Pixels side by side, each with the same number of channels, a multiple of lanes.
struct pixels {
    int n, channels;
};

// Winograd's F(4x4, 3x3): 4x4 outputs of a 3x3 convolution from a 6x6 patch with 36 multiplications
// a channel instead of 144. Source: Lavin and Gray, Fast Algorithms for Convolutional Neural
// Networks, 2016; the matrices are theirs:
//   Y = A' [(G g G') . (B' d B)] A
enum { WINOGRAD_OUT = 4, WINOGRAD_IN = 6, WINOGRAD_POINTS = WINOGRAD_IN * WINOGRAD_IN };

// The inverse transform, finished as in conv_grid: y = A' m A + bias for each channel, plus z when
// not NULL, then max(., 0) when relu is set.  m:(36, channels), points m_step apart; y, z:(4, 4,
// channels); y may be z.
struct winograd_tile {
    int channels; // a multiple of lanes
    const real *m;
    ptrdiff_t m_step;
    const real *bias; // (channels) or NULL
    const real *z;
    ptrdiff_t z_row, z_step;
    bool relu;
    real *y;
    ptrdiff_t y_row, y_step;
};

// One output of a pool: for each channel the maximum (a NaN counts only in the first pixel) or the
// mean of rows x columns pixels.
struct pool_patch {
    int rows, columns;
    int channels; // a multiple of lanes
    bool mean;
    const real *x;
    ptrdiff_t x_row, x_step;
    real *y;
};

struct kernels {
    const char *name; // as in --cpu=NAME
    int tile_m, tile_n;
    int lanes;           // reals in a vector
    int pixels, vectors; // the largest tile of a convolution

    // c (+)= a b, one tile.  a:(k, tile_m) b:(k, tile_n) both packed and 64-byte aligned;
    // c:(tile_m, tile_n) with row stride ldc, any alignment; accumulate says whether c is added to.
    void (*gemm_tile)(int k, const real *a, const real *b, real *c, ptrdiff_t ldc, bool accumulate);

    void (*conv)(const struct conv_grid *grid);
    void (*grad_tile)(const struct grad_tile *tile);

    // A grid whose output channel k reads input channel k alone (a depthwise convolution):
    //   y[k] = sum over taps t of x[taps[t] + k] * w[k / lanes][t][k % lanes], plus bias[k] and so
    //   on
    // w:(vectors, n_taps, lanes). Any number of vectors; channels and half are not read.
    void (*depthwise)(const struct conv_grid *grid);

    void (*depthwise_grad)(const struct depthwise_grad *grad);

    // v = B' d B for each channel.  d:(6, 6, channels), rows d_row and pixels d_step apart;
    // v:(36, channels), points v_step apart. channels is a multiple of lanes.
    void (*winograd_in)(int channels, const real *d, ptrdiff_t d_row, ptrdiff_t d_step, real *v,
                        ptrdiff_t v_step);

    void (*winograd_out)(const struct winograd_tile *tile);

    void (*pool)(const struct pool_patch *patch);

    // For each channel c: sum[c] += sum of d, dot[c] += sum of d * (x - centre[c]); d counts only
    // where y > 0 unless y is NULL. The sums within one call are reals.
    void (*channel_sums)(struct pixels size, const real *d, const real *y, const real *x,
                         const real *centre, double *sum, double *dot);

    // y = a[c] * x + b[c], plus z when not NULL, then max(., 0) when relu is set.
    void (*scale_shift)(struct pixels size, const real *x, const real *a, const real *b,
                        const real *z, bool relu, real *y);

    // dx = p[c] * d + q[c] * x + r[c], d counting only where y > 0 unless y is NULL.
    void (*norm_back)(struct pixels size, const real *d, const real *y, const real *x,
                      const real *p, const real *q, const real *r, real *dx);

    // dx = d where y > 0 (everywhere when y is NULL), 0 elsewhere; added to dx when add is set.
    void (*relu_back)(size_t n, const real *d, const real *y, bool add, real *dx);

    // y = x + bias, plus z when not NULL, then max(., 0) when relu is set.  x, z, y:(n); y may be x
    // or z.
    void (*bias_relu)(size_t n, const real *x, real bias, const real *z, bool relu, real *y);

    // y += a x.  x, y:(n)
    void (*axpy)(size_t n, real a, const real *x, real *y);
};

// The largest tiles of any table.
#define MAX_TILE (16 * 64)
#define MAX_PIXELS 8

extern const struct kernels kernels_scalar; // the reference
#ifdef HAVE_KERNELS_X86
extern const struct kernels kernels_avx2, kernels_avx512;
#endif
#ifdef HAVE_KERNELS_ARM
extern const struct kernels kernels_neon;
#endif
