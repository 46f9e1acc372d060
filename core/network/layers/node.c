// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/layers/node.h"

#include <stdio.h>
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

void node_add_param(struct node *node, const char *role, int d0, int d1, int d2, int d3,
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

bool window_shape(const struct window *w, struct shape in, int channels, struct shape *out,
                  char *error) {
    enum { MAX = 1024 };
    if (!in_range(w->kernel_h, 1, MAX) || !in_range(w->kernel_w, 1, MAX) ||
        !in_range(w->stride_h, 1, MAX) || !in_range(w->stride_w, 1, MAX) ||
        !in_range(w->dilation_h, 1, MAX) || !in_range(w->dilation_w, 1, MAX) ||
        !in_range(w->top, 0, MAX) || !in_range(w->left, 0, MAX) || !in_range(w->bottom, 0, MAX) ||
        !in_range(w->right, 0, MAX)) {
        snprintf(error, GRAPH_ERROR_LEN,
                 "kernel, stride and dilation must be 1 to %d, padding 0 to %d", MAX, MAX);
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
