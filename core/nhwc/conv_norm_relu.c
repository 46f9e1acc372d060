// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/conv_norm_relu.h"

#include "core/base/aligned_memory.h"
#include "core/network/layers/layer.h"
#include "core/base/min_max.h"
#include "core/nhwc/winograd.h"

#include <math.h>
#include <string.h>

#define CHUNK_LEN (48 << 10) // reals of d_raw that are kept at once, to stay in the cache

// How far beyond raw the taps reach from a pixel of x, along one axis.
static int reach(int size, int out, int kernel, int stride, int dilation, int before) {
    int below = dilation * (kernel - 1) - before, above = (size - 1 + before) / stride - (out - 1);
    return max_int(max_int((below + stride - 1) / stride, above), 0);
}

static struct nhwc_conv conv_of(const struct unit *u) {
    return (struct nhwc_conv){
        .window = u->conv->conv.window,
        .x = u->x,
        .y = u->norm ? u->raw : u->out,
        .winograd = u->winograd,
        .kernels = u->kernels,
    };
}

void conv_norm_relu_init(struct unit *u) {
    const struct window *w = &u->conv->conv.window;
    struct shape in = u->x.shape, out = u->conv->shape;
    u->d_raw =
        nhwc_of(out,
                max_int(reach(in.h, out.h, w->kernel_h, w->stride_h, w->dilation_h, w->top),
                        reach(in.w, out.w, w->kernel_w, w->stride_w, w->dilation_w, w->left)),
                u->kernels);
    u->chunk = max_int(CHUNK_LEN / (int)nhwc_len(&u->d_raw), 1);
    u->winograd = nhwc_conv_winograd_pays(u->conv, in, u->kernels);
    u->winograd_back = u->winograd && in.h >= 8 && in.w >= 8;
}

size_t conv_norm_relu_packed_len(const struct unit *u) {
    struct nhwc_conv conv = conv_of(u);
    return nhwc_conv_packed_len(&conv) + conv_norm_relu_packed_back_len(u);
}

// saved: for each channel mean and 1 / sqrt(variance + epsilon), and room for three factors.
size_t conv_norm_relu_saved_len(const struct unit *u) {
    return aligned_round(5 * (size_t)u->d_raw.pitch);
}

// For each part of a batch and each channel two sums.
size_t conv_norm_relu_sums_len(const struct unit *u) {
    return N_SHARDS * 2 * (size_t)u->d_raw.pitch;
}

// scratch: the d_raw of a chunk, then what the convolutions want.
size_t conv_norm_relu_scratch_len(const struct unit *u) {
    size_t back = winograd_scratch_len(u->d_raw.pitch, u->dx.pitch);
    struct nhwc_conv conv = conv_of(u);
    return aligned_round((size_t)u->chunk * nhwc_len(&u->d_raw) +
                         max_size(nhwc_conv_scratch_len(&conv), u->winograd_back ? back : 0));
}

// A part: the weights' gradient, then the bias's.
size_t conv_norm_relu_shard_len(const struct unit *u) {
    const struct window *w = &u->conv->conv.window;
    size_t weights = (size_t)(w->kernel_h * w->kernel_w) * (size_t)u->x.shape.c;
    return aligned_round((weights + 1) * (size_t)u->d_raw.pitch);
}

void conv_norm_relu_pack(const struct conv_norm_relu_pass *pass) {
    const struct unit *u = pass->unit;
    struct nhwc_conv conv = conv_of(u);
    const real *bias = u->conv->conv.bias ? pass->conv_params[1] : NULL;
    nhwc_conv_pack(&conv, pass->conv_params[0], bias, pass->packed);
    conv_norm_relu_pack_back(u, pass->conv_params[0], pass->packed + nhwc_conv_packed_len(&conv));
}

static real *sample_of(const struct nhwc *b, const real *batch, int sample) {
    return (real *)batch + (size_t)sample * nhwc_len(b);
}

static double *shard_sums(const struct conv_norm_relu_pass *pass, int part) {
    return pass->sums + (ptrdiff_t)part * 2 * pass->unit->d_raw.pitch;
}

static struct pixels row_size(const struct unit *u) {
    return (struct pixels){u->d_raw.shape.w, u->d_raw.pitch};
}

static void convolve_shard(void *arg, int part, int worker) {
    const struct conv_norm_relu_pass *pass = arg;
    const struct unit *u = pass->unit;
    struct nhwc_conv conv = conv_of(u);
    real *scratch = pass->scratch + (size_t)worker * conv_norm_relu_scratch_len(u);
    double *sum = shard_sums(pass, part), *square = sum + u->d_raw.pitch;
    const real *zero = pass->saved; // the means, cleared
    memset(sum, 0, 2 * (size_t)u->d_raw.pitch * sizeof *sum);
    int from, to;
    layer_shard(pass->n, part, &from, &to);
    for (int i = from; i < to; i++) {
        real *raw = sample_of(&conv.y, u->norm ? pass->raw : pass->out, i);
        const real *z = pass->z && !u->norm ? sample_of(&u->z, pass->z, i) : NULL;
        nhwc_conv_run(&conv, pass->packed, sample_of(&u->x, pass->x, i), &u->z, z,
                      u->relu && !u->norm, raw, scratch);
        for (int row = 0; u->norm && pass->training && row < u->raw.shape.h; row++) {
            const real *at = raw + nhwc_at(&u->raw, row, 0);
            u->kernels->channel_sums(row_size(u), at, NULL, at, zero, sum, square);
        }
    }
}

static void add_sums(const struct conv_norm_relu_pass *pass, int c, double *sum, double *dot) {
    *sum = *dot = 0;
    for (int part = 0; part < N_SHARDS; part++) {
        *sum += shard_sums(pass, part)[c];
        *dot += shard_sums(pass, part)[pass->unit->d_raw.pitch + c];
    }
}

static double count_of(const struct conv_norm_relu_pass *pass) {
    struct shape s = pass->unit->d_raw.shape;
    return (double)s.h * s.w * pass->n;
}

// Mean and variance of channel c over the batch, and the running ones brought up to date.
static void measure(const struct conv_norm_relu_pass *pass, int c, double *mean, double *variance) {
    double sum, square, count = count_of(pass);
    add_sums(pass, c, &sum, &square);
    *mean = sum / count;
    *variance = fmax(square / count - *mean * *mean, 0);
    double momentum = (double)pass->unit->norm->batch_norm.momentum;
    double unbiased = count > 1 ? *variance * count / (count - 1) : *variance;
    real *running = &pass->norm_params[NORM_MEAN][c];
    *running += (real)(momentum * (*mean - (double)*running));
    running = &pass->norm_params[NORM_VARIANCE][c];
    *running += (real)(momentum * (unbiased - (double)*running));
}

// saved: mean, inverse deviation, then a and b of out = a * raw + b
static void find_scales(const struct conv_norm_relu_pass *pass) {
    const struct unit *u = pass->unit;
    int pitch = u->d_raw.pitch;
    real *mean = pass->saved, *inverse = mean + pitch, *a = inverse + pitch, *b = a + pitch;
    for (int c = 0; c < u->d_raw.shape.c; c++) {
        double m = (double)pass->norm_params[NORM_MEAN][c];
        double variance = (double)pass->norm_params[NORM_VARIANCE][c];
        if (pass->training) {
            measure(pass, c, &m, &variance);
        }
        double i = 1 / sqrt(variance + (double)u->norm->batch_norm.epsilon);
        mean[c] = (real)m;
        inverse[c] = (real)i;
        a[c] = (real)(i * (double)pass->norm_params[NORM_SCALE][c]);
        b[c] = (real)((double)pass->norm_params[NORM_SHIFT][c] - m * (double)a[c]);
    }
}

static void normalise_sample(void *arg, int i, int worker) {
    (void)worker;
    const struct conv_norm_relu_pass *pass = arg;
    const struct unit *u = pass->unit;
    const real *a = pass->saved + 2 * u->d_raw.pitch, *b = a + u->d_raw.pitch;
    const real *raw = sample_of(&u->raw, pass->raw, i);
    const real *z = pass->z ? sample_of(&u->z, pass->z, i) : NULL;
    real *out = sample_of(&u->out, pass->out, i);
    for (int row = 0; row < u->raw.shape.h; row++) {
        u->kernels->scale_shift(row_size(u), raw + nhwc_at(&u->raw, row, 0), a, b,
                                z ? z + nhwc_at(&u->z, row, 0) : NULL, u->relu,
                                out + nhwc_at(&u->out, row, 0));
    }
}

void conv_norm_relu_forward(const struct conv_norm_relu_pass *pass) {
    memset(pass->saved, 0, conv_norm_relu_saved_len(pass->unit) * sizeof *pass->saved);
    thread_pool_run(pass->threads, N_SHARDS, convolve_shard, (void *)pass);
    if (pass->unit->norm) {
        find_scales(pass);
        thread_pool_run(pass->threads, pass->n, normalise_sample, (void *)pass);
    }
}

// Sums over the batch for batch norm's gradient, and the addend's gradient on the way.
static void sum_shard(void *arg, int part, int worker) {
    (void)worker;
    const struct conv_norm_relu_pass *pass = arg;
    const struct unit *u = pass->unit;
    double *sum = shard_sums(pass, part), *dot = sum + u->d_raw.pitch;
    memset(sum, 0, 2 * (size_t)u->d_raw.pitch * sizeof *sum);
    int from, to;
    layer_shard(pass->n, part, &from, &to);
    for (int i = from; i < to; i++) {
        const real *dout = sample_of(&u->dout, pass->dout, i);
        const real *out = sample_of(&u->out, pass->out, i);
        for (int row = 0; row < u->d_raw.shape.h; row++) {
            const real *d = dout + nhwc_at(&u->dout, row, 0);
            const real *y = u->relu ? out + nhwc_at(&u->out, row, 0) : NULL;
            if (pass->dz) {
                real *dz = sample_of(&u->dz, pass->dz, i) + nhwc_at(&u->dz, row, 0);
                size_t len = (size_t)u->d_raw.shape.w * (size_t)u->d_raw.pitch;
                u->kernels->relu_back(len, d, y, pass->add_dz, dz);
            }
            if (u->norm) {
                const real *x = sample_of(&u->raw, pass->raw, i) + nhwc_at(&u->raw, row, 0);
                u->kernels->channel_sums(row_size(u), d, y, x, pass->saved, sum, dot);
            }
        }
    }
}

// With u = (raw - mean) * inverse and means over the batch (0 outside training):
//   d_raw = scale * inverse * (d - mean(d) - u * mean(d * u)) = p * d + q * raw + r
static void find_factors(const struct conv_norm_relu_pass *pass) {
    const struct unit *unit = pass->unit;
    int pitch = unit->d_raw.pitch;
    const real *mean = pass->saved, *inverse = mean + pitch;
    real *p = pass->saved + 2 * pitch, *q = p + pitch, *r = q + pitch;
    for (int c = 0; c < unit->d_raw.shape.c; c++) {
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
    const struct unit *u = pass->unit;
    const real *p = pass->saved + 2 * u->d_raw.pitch;
    const real *dout = sample_of(&u->dout, pass->dout, i), *out = sample_of(&u->out, pass->out, i);
    for (int row = 0; row < u->d_raw.shape.h; row++) {
        const real *d = dout + nhwc_at(&u->dout, row, 0);
        const real *y = u->relu ? out + nhwc_at(&u->out, row, 0) : NULL;
        real *to = d_raw + nhwc_at(&u->d_raw, row, 0);
        if (u->norm) {
            const real *x = sample_of(&u->raw, pass->raw, i) + nhwc_at(&u->raw, row, 0);
            u->kernels->norm_back(row_size(u), d, y, x, p, p + u->d_raw.pitch,
                                  p + 2 * u->d_raw.pitch, to);
        } else {
            u->kernels->relu_back((size_t)u->d_raw.shape.w * (size_t)u->d_raw.pitch, d, y, false,
                                  to);
        }
    }
}

static void backward_shard(void *arg, int part, int worker) {
    const struct conv_norm_relu_pass *pass = arg;
    const struct unit *u = pass->unit;
    size_t len = nhwc_len(&u->d_raw);
    real *d_raw = pass->scratch + (size_t)worker * conv_norm_relu_scratch_len(u);
    real *scratch = d_raw + (size_t)u->chunk * len;
    real *sums = pass->parts + (size_t)part * conv_norm_relu_shard_len(u);
    memset(sums, 0, conv_norm_relu_shard_len(u) * sizeof *sums);
    int from, to;
    layer_shard(pass->n, part, &from, &to);
    for (; from < to; from += u->chunk) {
        int n = to - from < u->chunk ? to - from : u->chunk;
        for (int i = 0; i < n; i++) {
            nhwc_clear_border(&u->d_raw, d_raw + (size_t)i * len);
            find_d_raw(pass, from + i, d_raw + (size_t)i * len);
        }
        conv_norm_relu_weight_gradient(pass, from, n, d_raw, sums);
        for (int i = 0; pass->dx && i < n; i++) {
            conv_norm_relu_input_gradient(pass, from + i, d_raw + (size_t)i * len, scratch);
        }
    }
}

static void add_shards(void *arg, int tap, int worker) {
    (void)worker;
    conv_norm_relu_add_shards(arg, tap);
}

void conv_norm_relu_backward(const struct conv_norm_relu_pass *pass) {
    const struct window *w = &pass->unit->conv->conv.window;
    if (pass->unit->norm || pass->dz) {
        thread_pool_run(pass->threads, N_SHARDS, sum_shard, (void *)pass);
    }
    if (pass->unit->norm) {
        find_factors(pass);
    }
    thread_pool_run(pass->threads, N_SHARDS, backward_shard, (void *)pass);
    thread_pool_run(pass->threads, w->kernel_h * w->kernel_w, add_shards, (void *)pass);
}
