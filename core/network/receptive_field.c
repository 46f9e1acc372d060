// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/receptive_field.h"

#include "core/base/log.h"

#include <stdlib.h>

// The formulas count from the middle of the first pixel; receptive_field_find adds its half.
static void slide(struct receptive_axis *axis, int kernel, int stride, int dilation, int before) {
    float reach = (float)(dilation * (kernel - 1));
    axis->first += (reach / 2 - (float)before) * axis->step;
    axis->size += reach * axis->step;
    axis->step *= (float)stride;
}

static void spread(struct receptive_axis *axis, int in, int out) {
    float step = axis->step * (float)in / (float)out;
    axis->first += (step - axis->step) / 2;
    axis->step = step;
}

static struct receptive_field through(const struct node *node, struct shape in,
                                      struct receptive_field field) {
    const struct window *w = node->op == OP_CONV ? &node->conv.window : &node->pool.window;
    if (node->op == OP_CONV || node->op == OP_POOL) {
        slide(&field.x, w->kernel_w, w->stride_w, w->dilation_w, w->left);
        slide(&field.y, w->kernel_h, w->stride_h, w->dilation_h, w->top);
    } else if (node->op == OP_PAD) {
        field.x.step /= (float)(node->pad.gap_w + 1);
        field.y.step /= (float)(node->pad.gap_h + 1);
        field.x.first -= (float)node->pad.left * field.x.step;
        field.y.first -= (float)node->pad.top * field.y.step;
    } else {
        spread(&field.x, in.w, node->shape.w);
        spread(&field.y, in.h, node->shape.h);
    }
    return field;
}

bool receptive_field_find(const struct graph *graph, int node, struct receptive_field *field) {
    struct receptive_field *fields = calloc((size_t)node + 1, sizeof *fields);
    if (!fields) {
        return log_no_memory("receptive fields");
    }
    fields[0] = (struct receptive_field){{0, 1, 1}, {0, 1, 1}};
    for (int i = 1; i <= node; i++) {
        const struct node *at = &graph->nodes[i];
        for (int j = 0; j < at->n_inputs; j++) {
            int from = at->inputs[j];
            struct receptive_field seen = through(at, graph->nodes[from].shape, fields[from]);
            if (j == 0 || seen.x.size * seen.y.size > fields[i].x.size * fields[i].y.size) {
                fields[i] = seen;
            }
        }
    }
    *field = fields[node];
    field->x.first += 0.5f;
    field->y.first += 0.5f;
    free(fields);
    return true;
}
