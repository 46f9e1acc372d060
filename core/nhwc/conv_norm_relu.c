// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/conv_norm_relu.h"

#include "core/network/layers/layer.h"
#include "core/base/min_max.h"
#include "core/nhwc/conv_gradients.h"

#include <math.h>
#include <string.h>

// The weights for the gradient of x, behind those for the convolution.
static real *packed_back(const struct conv_norm_relu_pass *pass) {
    return pass->packed + conv_norm_relu_packed_len(pass->block) -
           conv_norm_relu_packed_back_len(pass->block);
}

void conv_norm_relu_pack(const struct conv_norm_relu_pass *pass) {
    const struct conv_norm_relu *block = pass->block;
    struct nhwc_conv conv = conv_norm_relu_conv(block);
    const real *bias = block->conv->conv.bias ? pass->conv_params[1] : NULL;
    nhwc_conv_pack(&conv, pass->conv_params[0], bias, pass->packed);
    conv_gradients_pack(block, pass->conv_params[0], packed_back(pass));
}

static size_t sample_at(const struct nhwc *layout, int sample) {
    return (size_t)sample * nhwc_len(layout);
}

// Where a row's first pixel is in a batch.
static size_t row_at(const struct nhwc *layout, int sample, int row) {
    return sample_at(layout, sample) + (size_t)nhwc_at(layout, row, 0);
}

static double *shard_sums(const struct conv_norm_relu_pass *pass, int shard) {
    return pass->sums + (ptrdiff_t)shard * 2 * pass->block->d_raw.pitch;
}

static struct pixels row_size(const struct conv_norm_relu *block) {
    return (struct pixels){block->d_raw.shape.w, block->d_raw.pitch};
}

static size_t row_len(const struct conv_norm_relu *block) {
    return (size_t)block->d_raw.shape.w * (size_t)block->d_raw.pitch;
}

static void convolve_shard(void *arg, int shard, int worker) {
    const struct conv_norm_relu_pass *pass = arg;
    const struct conv_norm_relu *block = pass->block;
    struct nhwc_conv conv = conv_norm_relu_conv(block);
    real *scratch = pass->scratch + (size_t)worker * conv_norm_relu_scratch_len(block);
    double *sum = shard_sums(pass, shard), *square = sum + block->d_raw.pitch;
    const real *zero = pass->saved; // the means, cleared
    memset(sum, 0, 2 * (size_t)block->d_raw.pitch * sizeof *sum);
    int from, to;
    layer_shard(pass->n, shard, &from, &to);
    for (int i = from; i < to; i++) {
        real *raw = (block->norm ? pass->raw : pass->out) + sample_at(&conv.y, i);
        const real *z = pass->z && !block->norm ? pass->z + sample_at(&block->z, i) : NULL;
        nhwc_conv_run(&conv, pass->packed, pass->x + sample_at(&block->x, i), &block->z, z,
                      block->relu && !block->norm, raw, scratch);
        for (int row = 0; block->norm && pass->training && row < block->raw.shape.h; row++) {
            const real *at = raw + nhwc_at(&block->raw, row, 0);
            block->kernels->channel_sums(row_size(block), at, NULL, at, zero, sum, square);
        }
    }
}

static void add_sums(const struct conv_norm_relu_pass *pass, int c, double *sum, double *dot) {
    *sum = *dot = 0;
    for (int shard = 0; shard < N_SHARDS; shard++) {
        *sum += shard_sums(pass, shard)[c];
        *dot += shard_sums(pass, shard)[pass->block->d_raw.pitch + c];
    }
}

static double count_of(const struct conv_norm_relu_pass *pass) {
    struct shape s = pass->block->d_raw.shape;
    return (double)s.h * s.w * pass->n;
}

// Mean and variance of channel c over the batch; updates the running ones.
static void measure(const struct conv_norm_relu_pass *pass, int c, double *mean, double *variance) {
    double sum, square, count = count_of(pass);
    add_sums(pass, c, &sum, &square);
    *mean = sum / count;
    *variance = fmax(square / count - *mean * *mean, 0);
    double momentum = (double)pass->block->norm->batch_norm.momentum;
    double unbiased = count > 1 ? *variance * count / (count - 1) : *variance;
    real *running = &pass->norm_params[NORM_MEAN][c];
    *running += (real)(momentum * (*mean - (double)*running));
    running = &pass->norm_params[NORM_VARIANCE][c];
    *running += (real)(momentum * (unbiased - (double)*running));
}

// saved: mean, inverse deviation, then a and b of out = a * raw + b
static void find_scales(const struct conv_norm_relu_pass *pass) {
    const struct conv_norm_relu *block = pass->block;
    int pitch = block->d_raw.pitch;
    real *mean = pass->saved, *inverse = mean + pitch, *a = inverse + pitch, *b = a + pitch;
    for (int c = 0; c < block->d_raw.shape.c; c++) {
        double m = (double)pass->norm_params[NORM_MEAN][c];
        double variance = (double)pass->norm_params[NORM_VARIANCE][c];
        if (pass->training) {
            measure(pass, c, &m, &variance);
        }
        double i = 1 / sqrt(variance + (double)block->norm->batch_norm.epsilon);
        mean[c] = (real)m;
        inverse[c] = (real)i;
        a[c] = (real)(i * (double)pass->norm_params[NORM_SCALE][c]);
        b[c] = (real)((double)pass->norm_params[NORM_SHIFT][c] - m * (double)a[c]);
    }
}

static void normalise_sample(void *arg, int i, int worker) {
    (void)worker;
    const struct conv_norm_relu_pass *pass = arg;
    const struct conv_norm_relu *block = pass->block;
    const real *a = pass->saved + 2 * block->d_raw.pitch, *b = a + block->d_raw.pitch;
    for (int row = 0; row < block->raw.shape.h; row++) {
        block->kernels->scale_shift(row_size(block), pass->raw + row_at(&block->raw, i, row), a, b,
                                    pass->z ? pass->z + row_at(&block->z, i, row) : NULL,
                                    block->relu, pass->out + row_at(&block->out, i, row));
    }
}

void conv_norm_relu_forward(const struct conv_norm_relu_pass *pass) {
    memset(pass->saved, 0, conv_norm_relu_saved_len(pass->block) * sizeof *pass->saved);
    thread_pool_run(pass->threads, N_SHARDS, convolve_shard, (void *)pass);
    if (pass->block->norm) {
        find_scales(pass);
        thread_pool_run(pass->threads, pass->n, normalise_sample, (void *)pass);
    }
}

// Sums over the batch for batch norm's gradient, and, in the same sweep, the gradient of z.
static void sum_shard(void *arg, int shard, int worker) {
    (void)worker;
    const struct conv_norm_relu_pass *pass = arg;
    const struct conv_norm_relu *block = pass->block;
    double *sum = shard_sums(pass, shard), *dot = sum + block->d_raw.pitch;
    memset(sum, 0, 2 * (size_t)block->d_raw.pitch * sizeof *sum);
    int from, to;
    layer_shard(pass->n, shard, &from, &to);
    for (int i = from; i < to; i++) {
        for (int row = 0; row < block->d_raw.shape.h; row++) {
            const real *d = pass->dout + row_at(&block->dout, i, row);
            const real *y = block->relu ? pass->out + row_at(&block->out, i, row) : NULL;
            if (pass->dz) {
                block->kernels->relu_back(row_len(block), d, y, pass->add_dz,
                                          pass->dz + row_at(&block->dz, i, row));
            }
            if (block->norm) {
                const real *x = pass->raw + row_at(&block->raw, i, row);
                block->kernels->channel_sums(row_size(block), d, y, x, pass->saved, sum, dot);
            }
        }
    }
}

// With u = (raw - mean) * inverse and means over the batch (0 outside training):
//   d_raw = scale * inverse * (d - mean(d) - u * mean(d * u)) = p * d + q * raw + r
static void find_factors(const struct conv_norm_relu_pass *pass) {
    const struct conv_norm_relu *block = pass->block;
    int pitch = block->d_raw.pitch;
    const real *mean = pass->saved, *inverse = mean + pitch;
    real *p = pass->saved + 2 * pitch, *q = p + pitch, *r = q + pitch;
    for (int c = 0; c < block->d_raw.shape.c; c++) {
        double sum, dot, i = (double)inverse[c];
        add_sums(pass, c, &sum, &dot);
        double sum_u = dot * i, count = count_of(pass);
        pass->norm_dparams[NORM_SHIFT][c] += (real)sum;
        pass->norm_dparams[NORM_SCALE][c] += (real)sum_u;
        double by_mean = pass->training ? sum / count : 0;
        double by_u = pass->training ? sum_u / count : 0;
        double factor = (double)pass->norm_params[NORM_SCALE][c] * i;
        p[c] = (real)factor;
        q[c] = (real)(-factor * by_u * i);
        r[c] = (real)(factor * (by_u * i * (double)mean[c] - by_mean));
    }
}

static void find_d_raw(const struct conv_norm_relu_pass *pass, int i, real *d_raw) {
    const struct conv_norm_relu *block = pass->block;
    const real *p = pass->saved + 2 * block->d_raw.pitch;
    for (int row = 0; row < block->d_raw.shape.h; row++) {
        const real *d = pass->dout + row_at(&block->dout, i, row);
        const real *y = block->relu ? pass->out + row_at(&block->out, i, row) : NULL;
        real *to = d_raw + nhwc_at(&block->d_raw, row, 0);
        if (block->norm) {
            const real *x = pass->raw + row_at(&block->raw, i, row);
            block->kernels->norm_back(row_size(block), d, y, x, p, p + block->d_raw.pitch,
                                      p + 2 * block->d_raw.pitch, to);
        } else {
            block->kernels->relu_back(row_len(block), d, y, false, to);
        }
    }
}

static void backward_shard(void *arg, int shard, int worker) {
    const struct conv_norm_relu_pass *pass = arg;
    const struct conv_norm_relu *block = pass->block;
    size_t len = nhwc_len(&block->d_raw);
    real *d_raw = pass->scratch + (size_t)worker * conv_norm_relu_scratch_len(block);
    real *scratch = d_raw + (size_t)block->chunk * len;
    real *sums = pass->shards + (size_t)shard * conv_norm_relu_shard_len(block);
    memset(sums, 0, conv_norm_relu_shard_len(block) * sizeof *sums);
    int from, to;
    layer_shard(pass->n, shard, &from, &to);
    for (; from < to; from += block->chunk) {
        int n = to - from < block->chunk ? to - from : block->chunk;
        for (int i = 0; i < n; i++) {
            nhwc_clear_border(&block->d_raw, d_raw + (size_t)i * len);
            find_d_raw(pass, from + i, d_raw + (size_t)i * len);
        }
        conv_gradients_weights(block, n, pass->x + sample_at(&block->x, from), d_raw, sums);
        for (int i = 0; pass->dx && i < n; i++) {
            conv_gradients_x(block, packed_back(pass), d_raw + (size_t)i * len, pass->add_dx,
                             pass->dx + sample_at(&block->dx, from + i), scratch);
        }
    }
}

static void add_shards(void *arg, int tap, int worker) {
    (void)worker;
    const struct conv_norm_relu_pass *pass = arg;
    conv_gradients_add_shards(pass->block, tap, pass->shards, pass->conv_dparams[0],
                              pass->conv_dparams[1]);
}

void conv_norm_relu_backward(const struct conv_norm_relu_pass *pass) {
    const struct window *w = &pass->block->conv->conv.window;
    if (pass->block->norm || pass->dz) {
        thread_pool_run(pass->threads, N_SHARDS, sum_shard, (void *)pass);
    }
    if (pass->block->norm) {
        find_factors(pass);
    }
    thread_pool_run(pass->threads, N_SHARDS, backward_shard, (void *)pass);
    thread_pool_run(pass->threads, w->kernel_h * w->kernel_w, add_shards, (void *)pass);
}
