// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include "core/base/hash.h"

#include <stdio.h>

const struct layer *const layers[N_OPS] = {
    [OP_INPUT] = &layer_input,
    [OP_CONV] = &layer_conv,
    [OP_PAD] = &layer_pad,
    [OP_TILE] = &layer_tile,
    [OP_POOL] = &layer_pool,
    [OP_GLOBAL_POOL] = &layer_global_pool,
    [OP_SPECTRAL_POOL] = &layer_spectral_pool,
    [OP_ACTIVATION] = &layer_activation,
    [OP_PRELU] = &layer_prelu,
    [OP_BATCH_NORM] = &layer_batch_norm,
    [OP_AFFINE] = &layer_affine,
    [OP_DENSE] = &layer_dense,
    [OP_DROPOUT] = &layer_dropout,
    [OP_ADD] = &layer_add,
    [OP_MULTIPLY] = &layer_multiply,
    [OP_CONCAT] = &layer_concat,
    [OP_RESHAPE] = &layer_reshape,
    [OP_TRANSPOSE] = &layer_transpose,
    [OP_SOFTMAX] = &layer_softmax,
};

uint64_t layer_hash(uint64_t hash, const struct node *node) {
    hash = fnv1a(hash, &node->op, sizeof node->op);
    hash = fnv1a(hash, &node->shape, sizeof node->shape);
    hash = fnv1a(hash, node->inputs, sizeof node->inputs);
    for (const struct attribute *a = layers[node->op]->attributes; a->len > 0; a++) {
        hash = fnv1a(hash, (const char *)node + a->at, a->len);
    }
    return hash;
}

void layer_param(struct node *node, const char *role, int d0, int d1, int d2, int d3,
                 bool decayed) {
    struct param *param = &node->params[node->n_params++];
    *param =
        (struct param){.role = role, .dims = {d0, d1, d2, d3}, .trained = true, .decayed = decayed};
    while (param->n_dims < 4 && param->dims[param->n_dims] > 0) {
        param->n_dims++;
    }
}

static bool in_range(int x, int low, int high) {
    return x >= low && x <= high;
}

bool layer_window_shape(const struct window *w, struct shape in, int channels, struct shape *out,
                        char *error) {
    enum { MOST = 1024 };
    if (!in_range(w->kernel_h, 1, MOST) || !in_range(w->kernel_w, 1, MOST) ||
        !in_range(w->stride_h, 1, MOST) || !in_range(w->stride_w, 1, MOST) ||
        !in_range(w->dilation_h, 1, MOST) || !in_range(w->dilation_w, 1, MOST) ||
        !in_range(w->top, 0, MOST) || !in_range(w->left, 0, MOST) ||
        !in_range(w->bottom, 0, MOST) || !in_range(w->right, 0, MOST)) {
        snprintf(error, GRAPH_ERROR_LEN,
                 "kernel, stride and dilation must be 1 to %d, padding 0 to %d", MOST, MOST);
        return false;
    }
    *out = (struct shape){
        channels,
        window_out(in.h, w->kernel_h, w->stride_h, w->dilation_h, w->top + w->bottom),
        window_out(in.w, w->kernel_w, w->stride_w, w->dilation_w, w->left + w->right),
    };
    if (out->h < 1 || out->w < 1) {
        snprintf(error, GRAPH_ERROR_LEN, "a %dx%d kernel does not fit into %dx%d", w->kernel_h,
                 w->kernel_w, in.h, in.w);
        return false;
    }
    return true;
}

void layer_shard(int n, int part, int *from, int *to) {
    *from = n * part / N_SHARDS;
    *to = n * (part + 1) / N_SHARDS;
}
