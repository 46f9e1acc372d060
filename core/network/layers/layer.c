// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/layer.h"

#include "core/base/hash.h"

const struct layer *const layers[N_OPS] = {
    [OP_INPUT] = &layer_input,
    [OP_CONV] = &layer_conv,
    [OP_PAD] = &layer_pad,
    [OP_TILE] = &layer_tile,
    [OP_POOL] = &layer_pool,
    [OP_UNPOOL] = &layer_unpool,
    [OP_GLOBAL_POOL] = &layer_global_pool,
    [OP_SPECTRAL_POOL] = &layer_spectral_pool,
    [OP_ACTIVATION] = &layer_activation,
    [OP_PRELU] = &layer_prelu,
    [OP_BATCH_NORM] = &layer_batch_norm,
    [OP_GROUP_NORM] = &layer_group_norm,
    [OP_AFFINE] = &layer_affine,
    [OP_DENSE] = &layer_dense,
    [OP_DROPOUT] = &layer_dropout,
    [OP_ADD] = &layer_add,
    [OP_MULTIPLY] = &layer_multiply,
    [OP_CONCAT] = &layer_concat,
    [OP_RESHAPE] = &layer_reshape,
    [OP_TRANSPOSE] = &layer_transpose,
    [OP_RESIZE] = &layer_resize,
    [OP_SOFTMAX] = &layer_softmax,
    [OP_LOG_SOFTMAX] = &layer_log_softmax,
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
