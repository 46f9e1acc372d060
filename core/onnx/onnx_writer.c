// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/onnx/onnx_writer.h"

bool writer_has_gaps(const struct node *node) {
    return node->op == OP_PAD && (node->pad.gap_h || node->pad.gap_w);
}

int writer_conv_of_gaps(const struct graph *graph, int gaps) {
    const struct pad *p = &graph->nodes[gaps].pad;
    int reader = writer_has_gaps(&graph->nodes[gaps]) ? graph_only_consumer(graph, gaps) : -1;
    if (reader < 0 || graph->nodes[reader].op != OP_CONV || p->front || p->back || p->top ||
        p->left || p->bottom || p->right) {
        return -1;
    }
    const struct window *w = &graph->nodes[reader].conv.window;
    int reach_h = w->dilation_h * (w->kernel_h - 1), reach_w = w->dilation_w * (w->kernel_w - 1);
    bool fits = w->stride_h == 1 && w->stride_w == 1 && w->top <= reach_h && w->left <= reach_w &&
                w->bottom <= reach_h + p->gap_h && w->right <= reach_w + p->gap_w;
    return fits ? reader : -1;
}

// Whether a node reads its inputs as vectors.
static bool wants_vector(const struct writer *w, int index) {
    const struct node *node = &w->graph->nodes[index];
    return w->is_vector[node->op == OP_RESHAPE ? node->inputs[0] : index]; // it reads either
}

const char *writer_input(struct writer *w, int index, int i) {
    const struct node *node = &w->graph->nodes[index];
    int input = node->inputs[i];
    bool vector = wants_vector(w, index);
    if (vector == w->is_vector[input]) {
        return w->tensor[input];
    }
    char *name = message_text(&w->m, "%s_%s", node->name, vector ? "flat" : "picture");
    Onnx__NodeProto *turn = name ? message_node(&w->m, vector ? "Flatten" : "Reshape", name) : NULL;
    message_input(turn, w->tensor[input]);
    if (!vector) {
        message_list(&w->m, turn, "shape", 4, (int[]){0, w->graph->nodes[input].shape.c, 1, 1});
    }
    return turn ? turn->output[0] : NULL;
}
