// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/plan_private.h"

#include "core/nhwc/nhwc_ops.h"
#include "core/nhwc/consumers.h"

#include <assert.h>
#include <string.h>

// Whether a node is a convolution for NHWC images, and its window. A dense layer is one whose
// window is the whole picture.
static bool conv_window(const struct plan *plan, int i, struct window *win) {
    const struct node *node = &plan->graph->nodes[i];
    if (node->op == OP_DENSE) {
        struct shape in = shape_at(plan, node->inputs[0]);
        *win = (struct window){in.h, in.w, 1, 1, 1, 1, 0, 0, 0, 0};
        return in.h * in.w <= NHWC_MAX_TAPS;
    }
    *win = node->conv.window;
    return nhwc_conv_supports(node);
}

static void measure_tensor(struct tensor *tensor) {
    tensor->len = tensor->form == NHWC    ? nhwc_len(&tensor->layout)
                  : tensor->form == BYTES ? reals_for(int8_len(&tensor->layout))
                                          : aligned_round(shape_len(tensor->layout.shape));
}

static int add_tensor(struct plan *plan, int node, enum form form) {
    struct tensor *tensor = &plan->tensors[plan->n_tensors];
    *tensor = (struct tensor){
        .node = node, .form = form, .made = plan->n_steps, .last_use = plan->n_steps};
    tensor->layout =
        nhwc_of(shape_at(plan, node), nhwc_border_for(plan->graph, node), plan->kernels);
    if (form == BYTES) {
        tensor->quantity = int8_quantity_of(&plan->ranges->of[node]);
    }
    measure_tensor(tensor);
    plan->tensor_of[node][form] = plan->n_tensors;
    return plan->n_tensors++;
}

static void add_conversion(struct plan *plan, int node, int from, enum form form) {
    int to = add_tensor(plan, node, form);
    struct tensor *tensor = &plan->tensors[to];
    if (form != NCHW && nhwc_narrow_for(plan->graph, node, plan->kernels)) {
        tensor->layout.pitch = tensor->layout.shape.c;
        measure_tensor(tensor);
    }
    plan->tensors[from].last_use = plan->n_steps;
    plan->steps[plan->n_steps++] =
        (struct step){.kind = STEP_CONVERT, .node = node, .in = {from}, .out = to, .addend = -1};
}

// The node's result in the wanted form, read by the next step; converted first if need be, from
// bytes to NCHW by way of a NHWC image.
static int input_tensor(struct plan *plan, int node, enum form form) {
    const int *tensor_of = plan->tensor_of[node];
    if (tensor_of[form] < 0 && form == NCHW && tensor_of[NHWC] < 0) {
        add_conversion(plan, node, tensor_of[BYTES], NHWC);
    }
    if (tensor_of[form] < 0) {
        enum form first = form == NHWC ? NCHW : NHWC, second = form == NHWC ? BYTES : NCHW;
        int from = tensor_of[first] >= 0 ? tensor_of[first] : tensor_of[second];
        add_conversion(plan, node, from, form);
    }
    plan->tensors[tensor_of[form]].last_use = plan->n_steps;
    return tensor_of[form];
}

static bool known(const struct plan *plan, int node) {
    return plan->int8 && ranges_known(plan->ranges, node);
}

static bool runs_int8(const struct plan *plan, int i) {
    const struct node *node = &plan->graph->nodes[i];
    return node->op == OP_CONV && known(plan, node->inputs[0]) && int8_conv_supports(node);
}

// Whether a node is an addition that a later convolution in int8 will take in (fuse).
static bool adds_in_int8(const struct plan *plan, int add, int addend) {
    const struct node *node = &plan->graph->nodes[add];
    if (node->op != OP_ADD || node->n_inputs != 2) {
        return false;
    }
    int conv = node->inputs[0] == addend ? node->inputs[1] : node->inputs[0];
    return conv > addend && runs_int8(plan, conv) && graph_only_consumer(plan->graph, conv) == add;
}

// Whether a node's result is to be bytes: some convolution in int8 reads or adds it.
static bool wants_bytes(const struct plan *plan, int node) {
    for (int i = node + 1; i < plan->graph->n_nodes; i++) {
        const struct node *consumer = &plan->graph->nodes[i];
        for (int j = 0; j < consumer->n_inputs; j++) {
            if (consumer->inputs[j] == node &&
                (runs_int8(plan, i) || adds_in_int8(plan, i, node))) {
                return true;
            }
        }
    }
    return false;
}

// Takes an add of two, the other already computed, and a ReLU into the convolution before them.
// Returns the last node taken in.
static int fuse(struct plan *plan, struct step *step) {
    bool int8 = step->kind == STEP_INT8_CONV;
    const struct graph *graph = plan->graph;
    int result = step->node, next = graph_only_consumer(graph, result);
    if (next >= 0 && graph->nodes[next].op == OP_ADD && graph->nodes[next].n_inputs == 2) {
        const int *inputs = graph->nodes[next].inputs;
        int other = inputs[0] == result ? inputs[1] : inputs[0];
        if (other < step->node && (!int8 || known(plan, other))) {
            step->addend = input_tensor(plan, other, int8 ? BYTES : NHWC);
            plan->tensors[step->addend].convolved = true;
            plan->inside[next] = true;
            result = next;
            next = graph_only_consumer(graph, next);
        }
    }
    if (next >= 0 && graph->nodes[next].op == OP_ACTIVATION &&
        graph->nodes[next].activation.kind == ACT_RELU) {
        step->relu = plan->inside[next] = true;
        result = next;
    }
    return result;
}

static struct nhwc_conv float_conv(const struct plan *plan, const struct step *step,
                                   const struct window *window) {
    const struct node *node = &plan->graph->nodes[step->node];
    return (struct nhwc_conv){
        .window = *window,
        .x = plan->tensors[step->in[0]].layout,
        .y = plan->tensors[step->out].layout,
        .winograd = plan->arithmetic == PLAN_FAST &&
                    nhwc_conv_winograd_pays(node, shape_at(plan, node->inputs[0]), plan->kernels),
        .depthwise = nhwc_conv_depthwise(node),
        .kernels = plan->kernels,
    };
}

static struct int8_conv int8_conv(const struct plan *plan, const struct step *step,
                                  const struct window *window) {
    const struct tensor *x = &plan->tensors[step->in[0]], *y = &plan->tensors[step->out];
    struct int8_conv conv = {
        .window = *window,
        .x = x->layout,
        .y = y->layout,
        .x_quantity = x->quantity,
        .y_quantity = y->quantity,
        .adds = step->addend >= 0,
        .relu = step->relu,
        .y_real = y->form == NHWC,
        .kernels = plan->int8,
    };
    if (conv.adds) {
        conv.z = plan->tensors[step->addend].layout;
        conv.z_quantity = plan->tensors[step->addend].quantity;
    }
    return conv;
}

static void make_conv_step(struct plan *plan, int i, const struct window *window) {
    const struct node *node = &plan->graph->nodes[i];
    bool int8 = runs_int8(plan, i);
    struct step step = {.kind = int8 ? STEP_INT8_CONV : STEP_CONV, .node = i, .addend = -1};
    int result = fuse(plan, &step);
    step.in[0] = input_tensor(plan, node->inputs[0], int8 ? BYTES : NHWC);
    plan->tensors[step.in[0]].convolved |= node->op == OP_CONV;
    if (step.addend >= 0) {
        plan->tensors[step.addend].last_use = plan->n_steps;
    }
    bool bytes = int8 && known(plan, result) && wants_bytes(plan, result);
    step.out = add_tensor(plan, result, bytes ? BYTES : NHWC);
    if (int8) {
        step.int8 = int8_conv(plan, &step, window);
    } else {
        step.conv = float_conv(plan, &step, window);
    }
    plan->steps[plan->n_steps++] = step;
}

// Other layers run on NHWC images where they can and a convolution left them one.
static bool wants_nhwc(const struct plan *plan, const struct node *node) {
    bool any = false;
    for (int j = 0; j < node->n_inputs; j++) {
        const int *tensor_of = plan->tensor_of[node->inputs[j]];
        any = any || tensor_of[NHWC] >= 0 || tensor_of[BYTES] >= 0;
    }
    return any && nhwc_op_supports(node);
}

static void make_layer_step(struct plan *plan, int i) {
    const struct node *node = &plan->graph->nodes[i];
    bool nhwc = wants_nhwc(plan, node);
    enum form form = nhwc ? NHWC : NCHW;
    struct step step = {.kind = nhwc ? STEP_NHWC : STEP_LAYER, .node = i, .addend = -1};
    for (int j = 0; j < node->n_inputs; j++) {
        step.in[j] = input_tensor(plan, node->inputs[j], form);
    }
    for (int j = 0; j < node->n_inputs; j++) { // a conversion may have come between
        plan->tensors[step.in[j]].last_use = plan->n_steps;
    }
    step.out = add_tensor(plan, i, form);
    plan->steps[plan->n_steps++] = step;
}

int plan_kept_tensor(const struct plan *plan) {
    const int *forms = plan->tensor_of[plan->kept];
    return forms[NCHW] >= 0 ? forms[NCHW] : forms[NHWC];
}

void plan_make_steps(struct plan *plan) {
    const struct graph *graph = plan->graph;
    for (int i = 0; i < graph->n_nodes; i++) {
        for (int form = 0; form < N_FORMS; form++) {
            plan->tensor_of[i][form] = -1;
        }
    }
    for (int i = 0; i < graph->n_nodes; i++) {
        if (plan->inside[i]) {
            continue;
        }
        struct window window;
        if (conv_window(plan, i, &window)) {
            make_conv_step(plan, i, &window);
        } else {
            make_layer_step(plan, i);
        }
    }
    for (int i = 0; i < graph_n_outputs(graph); i++) {
        int tensor = input_tensor(plan, graph_output_at(graph, i), NCHW);
        plan->tensors[tensor].last_use = N_FORMS * graph->n_nodes; // until the end
    }
    if (plan->kept >= 0) {
        plan->tensors[plan_kept_tensor(plan)].last_use = plan->n_steps;
    }
}
