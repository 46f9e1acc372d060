// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/node.h"

#include <string.h>

size_t shape_len(struct shape s) {
    return (size_t)s.c * (size_t)s.h * (size_t)s.w;
}

int window_out(int size, int kernel, int stride, int dilation, int padding) {
    int room = size + padding - dilation * (kernel - 1) - 1;
    return room < 0 ? 0 : room / stride + 1;
}

const struct param *node_param(const struct node *node, const char *role) {
    for (int i = 0; i < node->n_params; i++) {
        if (strcmp(node->params[i].role, role) == 0) {
            return &node->params[i];
        }
    }
    return NULL;
}
