// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/plan_private.h"

#include "core/nhwc/nhwc_ops.h"
#include "core/nhwc/consumers.h"

#include <assert.h>
#include <string.h>

static real *place(const struct plan *plan, int tensor) {
    return plan->memory + plan->tensors[tensor].at;
}

static void run_conv(struct plan *plan, const struct step *step) {
    const struct tensor *addend = step->addend >= 0 ? &plan->tensors[step->addend] : NULL;
    real *y = place(plan, step->out);
    nhwc_clear_border(&step->conv.y, y);
    nhwc_conv_run(&step->conv, plan->memory + step->packed, place(plan, step->in[0]),
                  addend ? &addend->layout : NULL, addend ? plan->memory + addend->at : NULL,
                  step->relu, y, plan->memory + plan->scratch);
}

static void run_layer(struct plan *plan, const struct step *step) {
    const struct node *node = &plan->graph->nodes[step->node];
    struct shape in[MAX_INPUTS];
    graph_input_shapes(plan->graph, node, in);
    struct pass pass = {
        .node = node,
        .in = in,
        .n = 1,
        .kernels = plan->kernels,
        .y = place(plan, step->out),
        .saved = plan->memory + step->saved,
        .scratch = plan->memory + plan->scratch,
    };
    for (int i = 0; i < node->n_inputs; i++) {
        pass.x[i] = place(plan, step->in[i]);
    }
    for (int p = 0; p < node->n_params; p++) {
        pass.params[p] = plan->graph->values + node->params[p].offset;
    }
    layers[node->op]->forward(&pass);
}

static void run_nhwc(struct plan *plan, const struct step *step) {
    struct nhwc_op_pass pass = {
        .node = &plan->graph->nodes[step->node],
        .kernels = plan->kernels,
        .y_layout = &plan->tensors[step->out].layout,
        .y = place(plan, step->out),
    };
    for (int i = 0; i < pass.node->n_inputs; i++) {
        pass.x_layout[i] = &plan->tensors[step->in[i]].layout;
        pass.x[i] = place(plan, step->in[i]);
    }
    nhwc_clear_border(pass.y_layout, pass.y);
    nhwc_op_forward(&pass);
}

static void run_int8(struct plan *plan, const struct step *step) {
    const void *z = step->addend >= 0 ? place(plan, step->addend) : NULL;
    void *y = place(plan, step->out);
    if (step->int8.y_real) {
        nhwc_clear_border(&step->int8.y, y);
    } else {
        nhwc_fill_border(&step->int8.y, (uint8_t)step->int8.y_quantity.zero, y);
    }
    int8_conv_run(&step->int8, plan->memory + step->packed, (void *)place(plan, step->in[0]), z, y);
}

static void convert_to_bytes(const struct plan *plan, const struct tensor *from,
                             const struct tensor *to) {
    struct shape s = to->layout.shape;
    const real *x = plan->memory + from->at;
    struct int8_source source = {x, (ptrdiff_t)s.h * s.w, s.w, 1};
    if (from->form == NHWC) {
        const struct nhwc *b = &from->layout;
        source = (struct int8_source){x + nhwc_at(b, 0, 0), 1, nhwc_row(b), b->pitch};
    }
    uint8_t *y = (uint8_t *)(plan->memory + to->at);
    nhwc_fill_border(&to->layout, (uint8_t)to->quantity.zero, y);
    int8_quantise(&source, plan->int8, &to->quantity, &to->layout, y);
}

static void convert(struct plan *plan, const struct step *step) {
    const struct tensor *from = &plan->tensors[step->in[0]], *to = &plan->tensors[step->out];
    real *x = place(plan, step->in[0]), *y = place(plan, step->out);
    if (to->form == BYTES) {
        convert_to_bytes(plan, from, to);
        return;
    }
    if (to->form == NCHW) {
        nhwc_to_nchw(&from->layout, x, false, y);
        return;
    }
    nhwc_clear_border(&to->layout, y);
    if (from->form == BYTES) {
        int8_dequantise(&from->layout, &from->quantity, (const uint8_t *)x, &to->layout, y);
    } else {
        nhwc_from_nchw(&to->layout, x, false, y);
    }
}

static void run_step(struct plan *plan, const struct step *step) {
    switch (step->kind) {
    case STEP_CONV:
        run_conv(plan, step);
        break;
    case STEP_INT8_CONV:
        run_int8(plan, step);
        break;
    case STEP_LAYER:
        run_layer(plan, step);
        break;
    case STEP_NHWC:
        run_nhwc(plan, step);
        break;
    case STEP_CONVERT:
        convert(plan, step);
        break;
    }
}

static void take_input(struct plan *plan, const real *x) {
    memcpy(place(plan, plan->tensor_of[0][NCHW]), x, shape_len(shape_at(plan, 0)) * sizeof *x);
}

static void keep(struct plan *plan, int sample) {
    const struct tensor *tensor = &plan->tensors[plan_kept_tensor(plan)];
    size_t len = shape_len(shape_at(plan, plan->kept));
    real *to = plan->memory + plan->kept_at + (size_t)sample * len;
    if (tensor->form == NCHW) {
        memcpy(to, plan->memory + tensor->at, len * sizeof *to);
    } else {
        nhwc_to_nchw(&tensor->layout, plan->memory + tensor->at, false, to);
    }
}

static void run_sample(struct plan *plan, const real *x, real *y) {
    const struct graph *graph = plan->graph;
    take_input(plan, x);
    for (int s = 1; s < plan->n_steps; s++) {
        run_step(plan, &plan->steps[s]);
    }
    for (int i = 0; i < graph_n_outputs(graph); i++) {
        int node = graph_output_at(graph, i);
        size_t len = shape_len(shape_at(plan, node));
        memcpy(y, place(plan, plan->tensor_of[node][NCHW]), len * sizeof *y);
        y += len;
    }
}

void plan_run(struct plan *plan, const real *x, int n, real *y) {
    assert(n >= 1 && n <= plan->max_batch);
    for (int i = 0; i < n; i++) {
        run_sample(plan, x + (size_t)i * shape_len(graph_input_shape(plan->graph)),
                   y + (size_t)i * graph_outputs_len(plan->graph));
        if (plan->kept >= 0) {
            keep(plan, i);
        }
    }
}

const struct graph *plan_graph(const struct plan *plan) {
    return plan->graph;
}

const real *plan_class_features(const struct plan *plan) {
    return plan->kept >= 0 ? plan->memory + plan->kept_at : NULL;
}

void plan_watch(struct plan *plan, const real *x,
                void (*seen)(void *arg, int node, int n, const real *values), void *arg) {
    assert(!plan->int8);
    take_input(plan, x);
    for (int s = 1; s < plan->n_steps; s++) {
        const struct tensor *tensor = &plan->tensors[plan->steps[s].out];
        const struct nhwc *b = &tensor->layout;
        run_step(plan, &plan->steps[s]);
        for (int i = 0; tensor->convolved && i < b->shape.h; i++) {
            seen(arg, tensor->node, b->shape.w * b->pitch,
                 plan->memory + tensor->at + nhwc_at(b, i, 0));
        }
    }
}

size_t plan_memory(const struct plan *plan) {
    return (plan->len + plan->graph->n_values) * sizeof *plan->memory;
}
