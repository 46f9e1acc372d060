// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/aligned_memory.h"
#include "core/kernels/gemm.h"
#include "core/base/min_max.h"
#include "core/network/layers/layer.h"

#include <stdio.h>
#include <string.h>

// Convolution (cross-correlation, Goodfellow et al., Deep Learning, eq. 9.6) as a matrix product:
//   y:(K, P) = w:(K, C*R*S) patches:(C*R*S, P),  P = output pixels
// The patches are never written out: the product's source packs them straight from a padded copy of
// the picture, in which patch element (c,r,s) of output pixel p is padded[tap[c,r,s] + pixel[p]].

struct dims {
    int c, h, w; // input channels of one group, padded height and width
    int k;       // filters of one group
    int oh, ow;  // output
    int taps, pixels;
};

static struct dims dims_of(const struct node *node, struct shape in) {
    const struct conv *conv = &node->conv;
    const struct window *win = &conv->window;
    struct dims d = {
        .c = in.c / conv->groups,
        .h = in.h + win->top + win->bottom,
        .w = in.w + win->left + win->right,
        .k = conv->filters / conv->groups,
        .oh = node->shape.h,
        .ow = node->shape.w,
    };
    d.taps = d.c * win->kernel_h * win->kernel_w;
    d.pixels = d.oh * d.ow;
    return d;
}

struct patches {
    struct gemm_source source;
    const struct window *window;
    struct dims d;
    const real *padded; // (c, h, w) of one group
};

static ptrdiff_t tap_offset(const struct patches *b, int tap) {
    int s = tap % b->window->kernel_w, r = tap / b->window->kernel_w % b->window->kernel_h;
    int c = tap / (b->window->kernel_w * b->window->kernel_h);
    return ((ptrdiff_t)c * b->d.h + r * b->window->dilation_h) * b->d.w + s * b->window->dilation_w;
}

static ptrdiff_t pixel_offset(const struct patches *b, int pixel) {
    return (ptrdiff_t)(pixel / b->d.ow) * b->window->stride_h * b->d.w +
           pixel % b->d.ow * b->window->stride_w;
}

// patches:(taps, pixels), for the forward pass.
static void pack_patches(const struct gemm_source *source, int tile_n, int k0, int kn, int n0,
                         int nn, real *panel) {
    const struct patches *b = (const struct patches *)source;
    for (int j0 = 0; j0 < nn; j0 += tile_n) {
        int width = min_int(tile_n, nn - j0);
        ptrdiff_t at[MAX_TILE];
        for (int j = 0; j < width; j++) {
            at[j] = pixel_offset(b, n0 + j0 + j);
        }
        bool contiguous = width == tile_n && at[width - 1] - at[0] == width - 1;
        for (int p = 0; p < kn; p++, panel += tile_n) {
            const real *from = b->padded + tap_offset(b, k0 + p);
            if (contiguous) {
                memcpy(panel, from + at[0], (size_t)tile_n * sizeof *panel);
                continue;
            }
            for (int j = 0; j < tile_n; j++) {
                panel[j] = j < width ? from[at[j]] : 0;
            }
        }
    }
}

// The same transposed, (pixels, taps), for the gradient of the weights.
static void pack_patches_transposed(const struct gemm_source *source, int tile_n, int k0, int kn,
                                    int n0, int nn, real *panel) {
    const struct patches *b = (const struct patches *)source;
    const real *from[MAX_TILE];
    for (int j0 = 0; j0 < nn; j0 += tile_n) {
        int width = min_int(tile_n, nn - j0), x = k0 % b->d.ow, y = k0 / b->d.ow;
        for (int j = 0; j < width; j++) {
            from[j] = b->padded + tap_offset(b, n0 + j0 + j);
        }
        for (int p = 0; p < kn; p++, panel += tile_n) {
            ptrdiff_t at = (ptrdiff_t)y * b->window->stride_h * b->d.w + x * b->window->stride_w;
            for (int j = 0; j < width; j++) {
                panel[j] = from[j][at];
            }
            for (int j = width; j < tile_n; j++) {
                panel[j] = 0;
            }
            if (++x == b->d.ow) {
                x = 0;
                y++;
            }
        }
    }
}

static void pad(const struct window *win, const real *x, struct shape in, real *padded) {
    int h = in.h + win->top + win->bottom, w = in.w + win->left + win->right;
    memset(padded, 0, (size_t)in.c * (size_t)h * (size_t)w * sizeof *padded);
    for (int c = 0; c < in.c; c++) {
        for (int i = 0; i < in.h; i++) {
            memcpy(padded + ((ptrdiff_t)c * h + i + win->top) * w + win->left,
                   x + ((ptrdiff_t)c * in.h + i) * in.w, (size_t)in.w * sizeof *x);
        }
    }
}

// dx += the inside of dpadded
static void unpad(const struct window *win, const real *dpadded, struct shape in, real *dx) {
    int h = in.h + win->top + win->bottom, w = in.w + win->left + win->right;
    for (int c = 0; c < in.c; c++) {
        for (int i = 0; i < in.h; i++) {
            const real *from = dpadded + ((ptrdiff_t)c * h + i + win->top) * w + win->left;
            real *to = dx + ((ptrdiff_t)c * in.h + i) * in.w;
            for (int j = 0; j < in.w; j++) {
                to[j] += from[j];
            }
        }
    }
}

// dpadded += patches scattered back, the transpose of packing them
static void scatter_patches(const struct patches *b, const real *dpatches, real *dpadded) {
    for (int tap = 0; tap < b->d.taps; tap++) {
        real *to = dpadded + tap_offset(b, tap);
        for (int y = 0; y < b->d.oh; y++, dpatches += b->d.ow) {
            real *row = to + (ptrdiff_t)y * b->window->stride_h * b->d.w;
            for (int x = 0; x < b->d.ow; x++) {
                row[x * b->window->stride_w] += dpatches[x];
            }
        }
    }
}

// A worker's scratch: the padded picture, the gradient of the padded picture, the gradient of the
// patches, two packed left-hand matrices (weights; gradient of the output), the product's own.
struct scratch {
    size_t padded, gemm, left, right, dpadded, dpatches, len;
};

static size_t conv_packed_len(const struct node *node, struct shape in,
                              const struct kernels *kernels) {
    struct dims d = dims_of(node, in);
    return (size_t)node->conv.groups * gemm_packed_len(kernels, d.k, d.taps);
}

static struct scratch scratch_of(const struct node *node, struct shape in,
                                 const struct kernels *kernels) {
    struct dims d = dims_of(node, in);
    struct scratch s = {0};
    size_t padded = aligned_round((size_t)in.c * (size_t)d.h * (size_t)d.w);
    s.gemm = s.padded + padded;
    s.left = s.gemm + gemm_scratch_len(kernels);
    s.right = s.left +
              max_size(conv_packed_len(node, in, kernels), gemm_packed_len(kernels, d.taps, d.k));
    s.dpadded = s.right + gemm_packed_len(kernels, d.k, d.pixels);
    s.dpatches = s.dpadded + padded;
    s.len = s.dpatches + aligned_round((size_t)d.taps * (size_t)d.pixels);
    return s;
}

static void conv_pack(const struct node *node, struct shape in, const struct kernels *kernels,
                      const real *weights, real *packed) {
    struct dims d = dims_of(node, in);
    for (int g = 0; g < node->conv.groups; g++) {
        gemm_pack(kernels, d.k, d.taps, weights, d.taps, 1, packed);
        weights += (ptrdiff_t)d.k * d.taps;
        packed += gemm_packed_len(kernels, d.k, d.taps);
    }
}

static void conv_run(const struct node *node, struct shape in, const struct kernels *kernels,
                     const real *packed, const real *bias, const real *x, real *y, real *scratch) {
    struct dims d = dims_of(node, in);
    struct scratch s = scratch_of(node, in, kernels);
    pad(&node->conv.window, x, in, scratch + s.padded);
    for (int g = 0; g < node->conv.groups; g++) {
        struct patches b = {{pack_patches},
                            &node->conv.window,
                            d,
                            scratch + s.padded + (ptrdiff_t)g * d.c * d.h * d.w};
        ptrdiff_t out = (ptrdiff_t)g * d.k * d.pixels;
        struct gemm product = {d.k,      d.pixels,  d.taps,
                               packed,   &b.source, y + out,
                               d.pixels, false,     bias ? bias + g * d.k : NULL};
        gemm_run(kernels, &product, scratch + s.gemm);
        packed += gemm_packed_len(kernels, d.k, d.taps);
    }
}

static size_t conv_scratch_len(const struct node *node, const struct shape *in,
                               const struct kernels *kernels) {
    return scratch_of(node, in[0], kernels).len;
}

static size_t conv_shard_len(const struct node *node, const struct shape *in) {
    struct dims d = dims_of(node, in[0]);
    return (size_t)node->conv.filters * (size_t)d.taps + (size_t)node->conv.filters;
}

static bool conv_shape(struct node *node, const struct shape *in, char *error) {
    const struct conv *conv = &node->conv;
    if (conv->filters < 1 || conv->filters > MAX_CHANNELS || conv->groups < 1 ||
        in[0].c % conv->groups || conv->filters % conv->groups) {
        snprintf(error, GRAPH_ERROR_LEN, "%d filters in %d groups do not divide %d channels",
                 conv->filters, conv->groups, in[0].c);
        return false;
    }
    const struct window *win = &conv->window;
    if (!window_shape(win, in[0], conv->filters, &node->shape, error)) {
        return false;
    }
    double height = (double)in[0].h + win->top + win->bottom,
           width = (double)in[0].w + win->left + win->right;
    if (height * width * in[0].c > (double)MAX_TENSOR ||
        (double)in[0].c * win->kernel_h * win->kernel_w * node->shape.h * node->shape.w >
            (double)MAX_VALUES * 16) {
        snprintf(error, GRAPH_ERROR_LEN, "padding or kernel make this too large to compute");
        return false;
    }
    node_add_param(node, "weight", conv->filters, in[0].c / conv->groups, win->kernel_h,
                   win->kernel_w, true);
    if (conv->bias) {
        node_add_param(node, "bias", conv->filters, 0, 0, 0, false);
    }
    return true;
}

static void forward_shard(void *arg, int shard, int worker) {
    const struct pass *pass = arg;
    const struct node *node = pass->node;
    real *scratch = pass->scratch + (size_t)worker * pass->scratch_len;
    real *packed = scratch + scratch_of(node, pass->in[0], pass->kernels).left;
    const real *bias = node->conv.bias ? pass->params[1] : NULL;
    int from, to;
    layer_shard(pass->n, shard, &from, &to);
    if (from < to) {
        conv_pack(node, pass->in[0], pass->kernels, pass->params[0], packed);
    }
    for (int sample = from; sample < to; sample++) {
        conv_run(node, pass->in[0], pass->kernels, packed, bias,
                 pass->x[0] + (size_t)sample * shape_len(pass->in[0]),
                 pass->y + (size_t)sample * shape_len(node->shape), scratch);
    }
}

static void conv_forward(const struct pass *pass) {
    thread_pool_run(pass->threads, N_SHARDS, forward_shard, (void *)pass);
}

// dw:(K, taps) += dy:(K, P) patches':(P, taps);  dbias:(K) += row sums of dy
static void weight_gradient(const struct pass *pass, const struct patches *b, const real *dy,
                            real *dw, real *dbias, real *scratch, struct scratch s) {
    struct dims d = b->d;
    struct patches turned = *b;
    turned.source.pack = pack_patches_transposed;
    gemm_pack(pass->kernels, d.k, d.pixels, dy, d.pixels, 1, scratch + s.right);
    struct gemm product = {d.k,    d.taps, d.pixels, scratch + s.right, &turned.source, dw,
                           d.taps, true,   NULL};
    gemm_run(pass->kernels, &product, scratch + s.gemm);
    for (int k = 0; pass->node->conv.bias && k < d.k; k++) {
        real sum = 0;
        for (int p = 0; p < d.pixels; p++) {
            sum += dy[(ptrdiff_t)k * d.pixels + p];
        }
        dbias[k] += sum;
    }
}

// dpatches:(taps, P) = w':(taps, K) dy:(K, P), then scattered
static void input_gradient(const struct pass *pass, const struct patches *b, const real *dy,
                           const real *w, real *dpadded, real *scratch, struct scratch s) {
    struct dims d = b->d;
    struct gemm_matrix right = gemm_matrix(dy, d.pixels, 1);
    gemm_pack(pass->kernels, d.taps, d.k, w, 1, d.taps, scratch + s.left);
    struct gemm product = {d.taps,           d.pixels,      d.k,
                           scratch + s.left, &right.source, scratch + s.dpatches,
                           d.pixels,         false,         NULL};
    gemm_run(pass->kernels, &product, scratch + s.gemm);
    scatter_patches(b, scratch + s.dpatches, dpadded);
}

static void backward_sample(const struct pass *pass, int sample, real *dw, real *scratch) {
    const struct node *node = pass->node;
    struct shape in = pass->in[0];
    struct dims d = dims_of(node, in);
    struct scratch s = scratch_of(node, in, pass->kernels);
    const real *dy = pass->dy + (size_t)sample * shape_len(node->shape);
    real *dbias = dw + (size_t)node->conv.filters * (size_t)d.taps;
    size_t padded_len = (size_t)in.c * (size_t)d.h * (size_t)d.w;
    pad(&node->conv.window, pass->x[0] + (size_t)sample * shape_len(in), in, scratch + s.padded);
    memset(scratch + s.dpadded, 0, padded_len * sizeof *scratch);
    for (int g = 0; g < node->conv.groups; g++) {
        ptrdiff_t plane = (ptrdiff_t)g * d.c * d.h * d.w, weights = (ptrdiff_t)g * d.k * d.taps;
        struct patches b = {{pack_patches}, &node->conv.window, d, scratch + s.padded + plane};
        const real *dy_group = dy + (ptrdiff_t)g * d.k * d.pixels;
        weight_gradient(pass, &b, dy_group, dw + weights, dbias + g * d.k, scratch, s);
        if (pass->dx[0]) {
            input_gradient(pass, &b, dy_group, pass->params[0] + weights,
                           scratch + s.dpadded + plane, scratch, s);
        }
    }
    if (pass->dx[0]) {
        unpad(&node->conv.window, scratch + s.dpadded, in,
              pass->dx[0] + (size_t)sample * shape_len(in));
    }
}

static void backward_shard(void *arg, int shard, int worker) {
    const struct pass *pass = arg;
    size_t len = conv_shard_len(pass->node, pass->in);
    real *dw = pass->shards + (size_t)shard * len;
    memset(dw, 0, len * sizeof *dw);
    int from, to;
    layer_shard(pass->n, shard, &from, &to);
    for (int sample = from; sample < to; sample++) {
        backward_sample(pass, sample, dw, pass->scratch + (size_t)worker * pass->scratch_len);
    }
}

static void conv_backward(const struct pass *pass) {
    thread_pool_run(pass->threads, N_SHARDS, backward_shard, (void *)pass);
    size_t len = conv_shard_len(pass->node, pass->in), n_bias = (size_t)pass->node->conv.filters;
    for (int shard = 0; shard < N_SHARDS; shard++) {
        const real *dw = pass->shards + (size_t)shard * len;
        pass->kernels->axpy(len - n_bias, 1, dw, pass->dparams[0]);
        if (pass->node->conv.bias) {
            pass->kernels->axpy(n_bias, 1, dw + len - n_bias, pass->dparams[1]);
        }
    }
}

const struct layer layer_conv = {
    .name = "conv",
    .attributes = {ATTR(conv.window), ATTR(conv.groups), ATTR(conv.bias)},
    .shape = conv_shape,
    .forward = conv_forward,
    .backward = conv_backward,
    .scratch_len = conv_scratch_len,
    .shard_len = conv_shard_len,
};
