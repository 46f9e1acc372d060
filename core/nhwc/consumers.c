// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/nhwc/consumers.h"

#include "core/base/min_max.h"
#include "core/nhwc/nhwc_conv.h"

static bool consumes(const struct node *consumer, int node) {
    for (int j = 0; j < consumer->n_inputs; j++) {
        if (consumer->inputs[j] == node) {
            return true;
        }
    }
    return false;
}

int nhwc_border_for(const struct graph *graph, int node) {
    int border = 0;
    for (int i = node + 1; i < graph->n_nodes; i++) {
        const struct node *consumer = &graph->nodes[i];
        if (consumes(consumer, node) && nhwc_conv_supports(consumer)) {
            const struct window *win = &consumer->conv.window;
            border = max_int(
                border, max_int(max_int(win->top, win->bottom), max_int(win->left, win->right)));
        }
    }
    return border;
}

bool nhwc_narrow_for(const struct graph *graph, int node, const struct kernels *kernels) {
    for (int i = node + 1; i < graph->n_nodes; i++) {
        const struct node *consumer = &graph->nodes[i];
        if (consumes(consumer, node) &&
            (!nhwc_conv_supports(consumer) || nhwc_conv_depthwise(consumer))) {
            return false;
        }
    }
    return graph->nodes[node].shape.c < kernels->lanes;
}
