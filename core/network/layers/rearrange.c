// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Layers that compute nothing: each output is one of the inputs.
#include "core/network/layers/layer.h"

#include <stdio.h>
#include <string.h>

// y:(N, C', H', W') = x:(N, C, H, W), the same values in the same order

static bool reshape_shape(struct node *node, const struct shape *in, char *error) {
    struct shape wanted = node->reshape;
    node->shape = wanted;
    if (wanted.c < 1 || wanted.h < 1 || wanted.w < 1 ||
        (double)wanted.c * wanted.h * wanted.w != (double)shape_len(in[0])) {
        snprintf(error, GRAPH_ERROR_LEN, "%dx%dx%d does not have as many values as %dx%dx%d",
                 wanted.c, wanted.h, wanted.w, in[0].c, in[0].h, in[0].w);
        return false;
    }
    return true;
}

static void reshape_forward(const struct pass *pass) {
    memcpy(pass->y, pass->x[0], shape_len(pass->in[0]) * (size_t)pass->n * sizeof *pass->y);
}

static void reshape_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        pass->kernels->axpy(shape_len(pass->in[0]) * (size_t)pass->n, 1, pass->dy, pass->dx[0]);
    }
}

const struct layer layer_reshape = {.name = "reshape",
                                    .shape = reshape_shape,
                                    .forward = reshape_forward,
                                    .backward = reshape_backward};

// Runs a function on each pair of places of one sample that belong together, in the order of y.
static void for_each_pair(const struct pass *pass,
                          ptrdiff_t (*place)(const struct pass *, struct shape),
                          void (*visit)(const struct pass *, size_t at, size_t from)) {
    struct shape out = pass->node->shape;
    size_t at = 0, x_len = shape_len(pass->in[0]);
    for (int n = 0; n < pass->n; n++) {
        for (int c = 0; c < out.c; c++) {
            for (int h = 0; h < out.h; h++) {
                for (int w = 0; w < out.w; w++) {
                    visit(pass, at++,
                          (size_t)n * x_len + (size_t)place(pass, (struct shape){c, h, w}));
                }
            }
        }
    }
}

static void copy_one(const struct pass *pass, size_t at, size_t from) {
    pass->y[at] = pass->x[0][from];
}

static void add_one(const struct pass *pass, size_t at, size_t from) {
    pass->dx[0][from] += pass->dy[at];
}

// y[i0, i1, i2] = x at the place whose axis axes[j] is i_j

static bool transpose_shape(struct node *node, const struct shape *in, char *error) {
    int sizes[] = {in[0].c, in[0].h, in[0].w}, seen = 0;
    for (int i = 0; i < 3; i++) {
        seen |= node->axes[i] >= 0 && node->axes[i] < 3 ? 1 << node->axes[i] : 0;
    }
    if (seen != 7) {
        snprintf(error, GRAPH_ERROR_LEN, "a transposition names each of the three axes once");
        return false;
    }
    node->shape = (struct shape){sizes[node->axes[0]], sizes[node->axes[1]], sizes[node->axes[2]]};
    return true;
}

static ptrdiff_t transposed_place(const struct pass *pass, struct shape at) {
    ptrdiff_t strides[] = {(ptrdiff_t)pass->in[0].h * pass->in[0].w, pass->in[0].w, 1};
    const int *axes = pass->node->axes;
    return at.c * strides[axes[0]] + at.h * strides[axes[1]] + at.w * strides[axes[2]];
}

static void transpose_forward(const struct pass *pass) {
    for_each_pair(pass, transposed_place, copy_one);
}

static void transpose_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        for_each_pair(pass, transposed_place, add_one);
    }
}

const struct layer layer_transpose = {.name = "transpose",
                                      .attributes = {ATTR(axes)},
                                      .shape = transpose_shape,
                                      .forward = transpose_forward,
                                      .backward = transpose_backward};

// Of each pixel the channel whose turn it is (graph.h).

static bool tile_shape(struct node *node, const struct shape *in, char *error) {
    int t = node->tiles;
    if (t < 1 || t > 64 || in[0].c % (t * t)) {
        snprintf(error, GRAPH_ERROR_LEN, "%d channels are not filters of %dx%d kernels", in[0].c, t,
                 t);
        return false;
    }
    node->shape = (struct shape){in[0].c / (t * t), in[0].h, in[0].w};
    return true;
}

static ptrdiff_t tiled_place(const struct pass *pass, struct shape at) {
    int t = pass->node->tiles, turn = at.h % t * t + at.w % t;
    ptrdiff_t channel = (ptrdiff_t)turn * pass->node->shape.c + at.c;
    return (channel * pass->in[0].h + at.h) * pass->in[0].w + at.w;
}

static void tile_forward(const struct pass *pass) {
    for_each_pair(pass, tiled_place, copy_one);
}

static void tile_backward(const struct pass *pass) {
    if (pass->dx[0]) {
        for_each_pair(pass, tiled_place, add_one);
    }
}

const struct layer layer_tile = {.name = "tile",
                                 .attributes = {ATTR(tiles)},
                                 .shape = tile_shape,
                                 .forward = tile_forward,
                                 .backward = tile_backward};
