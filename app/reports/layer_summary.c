// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/layer_summary.h"

#include "core/network/layers/layer.h"

#include <stdio.h>

// "3x3 /2" or "3x5 /2x1, dilation 2"
static void describe_window(const struct window *w, char *text, size_t room) {
    size_t used = (size_t)snprintf(text, room, "%dx%d", w->kernel_h, w->kernel_w);
    if (w->stride_h != w->stride_w) {
        used += (size_t)snprintf(text + used, room - used, " /%dx%d", w->stride_h, w->stride_w);
    } else if (w->stride_h != 1) {
        used += (size_t)snprintf(text + used, room - used, " /%d", w->stride_h);
    }
    if (w->dilation_h != 1 || w->dilation_w != 1) {
        snprintf(text + used, room - used, ", dilation %d", w->dilation_h);
    }
}

void layer_summary(const struct node *node, char *text, size_t room) {
    char window[64] = "";
    switch (node->op) {
    case OP_CONV:
        describe_window(&node->conv.window, window, sizeof window);
        snprintf(text, room, node->conv.groups > 1 ? "conv %s, %d groups" : "conv %s", window,
                 node->conv.groups);
        break;
    case OP_POOL:
        describe_window(&node->pool.window, window, sizeof window);
        snprintf(text, room, "%s pool %s", pool_name(node->pool.kind), window);
        break;
    case OP_UNPOOL:
        describe_window(&node->pool.window, window, sizeof window);
        snprintf(text, room, "unpool %s", window);
        break;
    case OP_PAD:
        snprintf(text, room, node->pad.gap_h || node->pad.gap_w ? "gaps of %dx%d" : "border",
                 node->pad.gap_h, node->pad.gap_w);
        break;
    case OP_TILE:
        snprintf(text, room, "tile %dx%d", node->tiles, node->tiles);
        break;
    case OP_ACTIVATION:
        snprintf(text, room, "%s", activation_name(node->activation.kind));
        break;
    default:
        snprintf(text, room, "%s", layers[node->op]->name);
    }
}
