// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/consumers.h"

#include "core/base/min_max.h"
#include "core/nhwc/nhwc_conv.h"

static bool reads(const struct node *reader, int node) {
    for (int j = 0; j < reader->n_inputs; j++) {
        if (reader->inputs[j] == node) {
            return true;
        }
    }
    return false;
}

int nhwc_border_for(const struct graph *graph, int node) {
    int border = 0;
    for (int i = node + 1; i < graph->n_nodes; i++) {
        const struct node *reader = &graph->nodes[i];
        if (reads(reader, node) && nhwc_conv_supports(reader)) {
            const struct window *win = &reader->conv.window;
            border = max_int(
                border, max_int(max_int(win->top, win->bottom), max_int(win->left, win->right)));
        }
    }
    return border;
}

bool nhwc_narrow_for(const struct graph *graph, int node, const struct kernels *kernels) {
    for (int i = node + 1; i < graph->n_nodes; i++) {
        if (reads(&graph->nodes[i], node) && !nhwc_conv_supports(&graph->nodes[i])) {
            return false;
        }
    }
    return graph->nodes[node].shape.c < kernels->lanes;
}
