// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "plan.h"

#include "block.h"
#include "blocked/conv.h"
#include "blocked/forward.h"
#include "blocked/readers.h"
#include "class_map.h"
#include "fold.h"
#include "layers/layer.h"
#include "log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLAN ((size_t)1 << 29) // reals

enum form { PLANES, BLOCKED, N_FORMS };

// A node's result in one of its forms.
struct tensor {
    enum form form;
    struct blocked layout; // as BLOCKED
    size_t at, len;        // place in memory
    int made, last_use;    // steps
};

enum step_kind { STEP_LAYER, STEP_BLOCKED, STEP_CONV, STEP_CONVERT };

struct step {
    enum step_kind kind;
    int node;             // what is computed
    int in[MAX_INPUTS];   // tensors
    int out, addend;      // tensors; addend: added to a convolution's result, -1 if none
    bool relu;            // after that
    size_t packed, saved; // places in memory
    struct blocked_conv conv;
};

struct plan {
    struct graph *graph; // folded
    const struct kernels *kernels;
    enum plan_arithmetic arithmetic;
    int max_batch, n_steps, n_tensors;
    struct step *steps;
    struct tensor *tensors;
    int (*tensor_of)[N_FORMS]; // by node, -1 when there is none (yet)
    bool *inside;              // by node: computed inside an earlier node's step
    int kept;                  // the node whose output class maps are made of; -1: none
    real *memory;              // packed weights, then tensors, then scratch, then what is kept
    size_t scratch, kept_at, len;
};

static size_t round_up(size_t n) {
    return (n + 15) / 16 * 16;
}

static size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}

static struct shape shape_at(const struct plan *plan, int node) {
    return plan->graph->nodes[node].shape;
}

// Whether a node is a convolution for blocked pictures, and its window. A dense layer is one whose
// window is the whole picture.
static bool conv_window(const struct plan *plan, int i, struct window *win) {
    const struct node *node = &plan->graph->nodes[i];
    if (node->op == OP_DENSE) {
        struct shape in = shape_at(plan, node->inputs[0]);
        *win = (struct window){in.h, in.w, 1, 1, 1, 1, 0, 0, 0, 0};
        return in.h * in.w <= BLOCKED_MAX_TAPS;
    }
    *win = node->conv.window;
    return blocked_conv_supports(node);
}

static int add_tensor(struct plan *plan, int node, enum form form) {
    struct tensor *tensor = &plan->tensors[plan->n_tensors];
    struct shape shape = shape_at(plan, node);
    *tensor = (struct tensor){.form = form, .made = plan->n_steps, .last_use = plan->n_steps};
    tensor->layout = blocked_of(shape, blocked_border_for(plan->graph, node), plan->kernels);
    tensor->len = form == BLOCKED ? blocked_len(&tensor->layout) : round_up(shape_len(shape));
    plan->tensor_of[node][form] = plan->n_tensors;
    return plan->n_tensors++;
}

// The node's result in the wanted form, read by the next step; converted first if need be.
static int input_tensor(struct plan *plan, int node, enum form form) {
    if (plan->tensor_of[node][form] < 0) {
        int from = plan->tensor_of[node][1 - form];
        int to = add_tensor(plan, node, form);
        struct blocked *layout = &plan->tensors[to].layout;
        if (form == BLOCKED && blocked_narrow_for(plan->graph, node, plan->kernels)) {
            layout->pitch = layout->shape.c;
            plan->tensors[to].len = blocked_len(layout);
        }
        plan->tensors[from].last_use = plan->n_steps;
        plan->steps[plan->n_steps++] = (struct step){
            .kind = STEP_CONVERT, .node = node, .in = {from}, .out = to, .addend = -1};
    }
    int tensor = plan->tensor_of[node][form];
    plan->tensors[tensor].last_use = plan->n_steps;
    return tensor;
}

// Takes an add of two, the other already computed, and a ReLU into the convolution before them.
// Returns the last node taken in.
static int fuse(struct plan *plan, struct step *step) {
    const struct graph *graph = plan->graph;
    int result = step->node, next = graph_only_reader(graph, result);
    if (next >= 0 && graph->nodes[next].op == OP_ADD && graph->nodes[next].n_inputs == 2) {
        const int *inputs = graph->nodes[next].inputs;
        int other = inputs[0] == result ? inputs[1] : inputs[0];
        if (other < step->node) {
            step->addend = input_tensor(plan, other, BLOCKED);
            plan->inside[next] = true;
            result = next;
            next = graph_only_reader(graph, next);
        }
    }
    if (next >= 0 && graph->nodes[next].op == OP_ACTIVATION &&
        graph->nodes[next].activation.kind == ACT_RELU) {
        step->relu = plan->inside[next] = true;
        result = next;
    }
    return result;
}

static void make_conv_step(struct plan *plan, int i, const struct window *window) {
    const struct node *node = &plan->graph->nodes[i];
    struct step step = {.kind = STEP_CONV, .node = i, .addend = -1};
    int result = fuse(plan, &step);
    step.in[0] = input_tensor(plan, node->inputs[0], BLOCKED);
    if (step.addend >= 0) {
        plan->tensors[step.addend].last_use = plan->n_steps;
    }
    step.out = add_tensor(plan, result, BLOCKED);
    step.conv = (struct blocked_conv){
        .window = *window,
        .x = plan->tensors[step.in[0]].layout,
        .y = plan->tensors[step.out].layout,
        .winograd =
            plan->arithmetic == PLAN_FAST &&
            blocked_conv_winograd_pays(node, shape_at(plan, node->inputs[0]), plan->kernels),
        .kernels = plan->kernels,
    };
    plan->steps[plan->n_steps++] = step;
}

// Other layers run on blocked pictures where they can and a convolution left them one.
static bool wants_blocked(const struct plan *plan, const struct node *node) {
    bool any = false;
    for (int j = 0; j < node->n_inputs; j++) {
        any = any || plan->tensor_of[node->inputs[j]][BLOCKED] >= 0;
    }
    return any && blocked_forward_supports(node);
}

static void make_layer_step(struct plan *plan, int i) {
    const struct node *node = &plan->graph->nodes[i];
    bool blocked = wants_blocked(plan, node);
    enum form form = blocked ? BLOCKED : PLANES;
    struct step step = {.kind = blocked ? STEP_BLOCKED : STEP_LAYER, .node = i, .addend = -1};
    for (int j = 0; j < node->n_inputs; j++) {
        step.in[j] = input_tensor(plan, node->inputs[j], form);
    }
    for (int j = 0; j < node->n_inputs; j++) { // a conversion may have come between
        plan->tensors[step.in[j]].last_use = plan->n_steps;
    }
    step.out = add_tensor(plan, i, form);
    plan->steps[plan->n_steps++] = step;
}

static int kept_tensor(const struct plan *plan) {
    const int *forms = plan->tensor_of[plan->kept];
    return forms[PLANES] >= 0 ? forms[PLANES] : forms[BLOCKED];
}

static void make_steps(struct plan *plan) {
    const struct graph *graph = plan->graph;
    for (int i = 0; i < graph->n_nodes; i++) {
        plan->tensor_of[i][PLANES] = plan->tensor_of[i][BLOCKED] = -1;
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
    input_tensor(plan, graph->n_nodes - 1, PLANES);
    if (plan->kept >= 0) {
        plan->tensors[kept_tensor(plan)].last_use = plan->n_steps;
    }
}

// The lowest place where a tensor overlaps no earlier one that is alive meanwhile.
static size_t find_place(const struct plan *plan, int t, size_t base) {
    const struct tensor *tensor = &plan->tensors[t];
    size_t at = base;
    for (bool moved = true; moved;) {
        moved = false;
        for (int u = 0; u < t; u++) {
            const struct tensor *other = &plan->tensors[u];
            if (other->last_use >= tensor->made && at < other->at + other->len &&
                other->at < at + tensor->len) {
                at = other->at + other->len;
                moved = true;
            }
        }
    }
    return at;
}

static void input_shapes(const struct plan *plan, const struct node *node, struct shape *in) {
    for (int i = 0; i < node->n_inputs; i++) {
        in[i] = shape_at(plan, node->inputs[i]);
    }
}

// What stays goes first: packed weights, layers' own memory.
static void lay_out(struct plan *plan) {
    size_t at = 0, end, scratch = 0;
    for (int s = 0; s < plan->n_steps; s++) {
        struct step *step = &plan->steps[s];
        const struct node *node = &plan->graph->nodes[step->node];
        const struct layer *layer = layers[node->op];
        struct shape in[MAX_INPUTS] = {{0}};
        input_shapes(plan, node, in);
        step->packed = step->saved = at;
        if (step->kind == STEP_CONV) {
            at += blocked_conv_packed_len(&step->conv);
            scratch = max_size(scratch, blocked_conv_scratch_len(&step->conv));
        } else if (step->kind == STEP_LAYER) { // the others need none
            at += layer->saved_len ? round_up(layer->saved_len(node, in, 1)) : 0;
            scratch = max_size(
                scratch, layer->scratch_len ? layer->scratch_len(node, in, plan->kernels) : 0);
        }
    }
    size_t base = end = at;
    for (int t = 0; t < plan->n_tensors; t++) {
        plan->tensors[t].at = find_place(plan, t, base);
        end = max_size(end, plan->tensors[t].at + plan->tensors[t].len);
    }
    plan->scratch = end;
    plan->kept_at = end + round_up(scratch);
    size_t kept = plan->kept >= 0 ? shape_len(shape_at(plan, plan->kept)) : 0;
    plan->len = plan->kept_at + round_up(kept * (size_t)plan->max_batch);
}

static const real *value_of(const struct plan *plan, const struct node *node, const char *role) {
    const struct param *param = node_param(node, role);
    return param ? plan->graph->values + param->offset : NULL;
}

static void pack_weights(struct plan *plan) {
    for (int s = 0; s < plan->n_steps; s++) {
        const struct step *step = &plan->steps[s];
        const struct node *node = &plan->graph->nodes[step->node];
        if (step->kind == STEP_CONV) {
            blocked_conv_pack(&step->conv, value_of(plan, node, "weight"),
                              value_of(plan, node, "bias"), plan->memory + step->packed);
        }
    }
}

static bool allocate_steps(struct plan *plan) {
    size_t n = (size_t)plan->graph->n_nodes; // each node in both forms, and a conversion
    plan->steps = calloc(2 * n, sizeof *plan->steps);
    plan->tensors = calloc(2 * n, sizeof *plan->tensors);
    plan->tensor_of = calloc(n, sizeof *plan->tensor_of);
    plan->inside = calloc(n, sizeof *plan->inside);
    return plan->steps && plan->tensors && plan->tensor_of && plan->inside;
}

struct plan *plan_create_as(const struct graph *graph, int max_batch, const struct kernels *kernels,
                            enum plan_arithmetic arithmetic) {
    struct plan *plan = calloc(1, sizeof *plan);
    if (!plan) {
        goto fail;
    }
    plan->kernels = kernels;
    plan->arithmetic = arithmetic;
    plan->max_batch = max_batch;
    plan->graph = fold_graph(graph);
    if (!plan->graph || !allocate_steps(plan)) {
        goto fail;
    }
    plan->kept = class_map_source(plan->graph);
    make_steps(plan);
    lay_out(plan);
    if (plan->len > MAX_PLAN) {
        LOG(ERROR, "this network needs %.1f GB to run, more than the %.1f that are allowed",
            1e-9 * (double)(plan->len * sizeof(real)), 1e-9 * (double)(MAX_PLAN * sizeof(real)));
        plan_destroy(plan);
        return NULL;
    }
    plan->memory = block_alloc(plan->len * sizeof *plan->memory);
    if (!plan->memory) {
        goto fail;
    }
    pack_weights(plan);
    return plan;
fail:
    LOG(ERROR, "no memory to make a network ready to run");
    plan_destroy(plan);
    return NULL;
}

struct plan *plan_create(const struct graph *graph, int max_batch, const struct kernels *kernels) {
    return plan_create_as(graph, max_batch, kernels, PLAN_FAST);
}

void plan_destroy(struct plan *plan) {
    if (plan) {
        free(plan->memory);
        free(plan->inside);
        free(plan->tensor_of);
        free(plan->tensors);
        free(plan->steps);
        graph_destroy(plan->graph);
        free(plan);
    }
}

static real *place(const struct plan *plan, int tensor) {
    return plan->memory + plan->tensors[tensor].at;
}

static void run_conv(struct plan *plan, const struct step *step) {
    const struct tensor *addend = step->addend >= 0 ? &plan->tensors[step->addend] : NULL;
    real *y = place(plan, step->out);
    blocked_clear_border(&step->conv.y, y);
    blocked_conv_run(&step->conv, plan->memory + step->packed, place(plan, step->in[0]),
                     addend ? &addend->layout : NULL, addend ? plan->memory + addend->at : NULL,
                     step->relu, y, plan->memory + plan->scratch);
}

static void run_layer(struct plan *plan, const struct step *step) {
    const struct node *node = &plan->graph->nodes[step->node];
    struct shape in[MAX_INPUTS];
    input_shapes(plan, node, in);
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

static void run_blocked(struct plan *plan, const struct step *step) {
    struct blocked_pass pass = {
        .node = &plan->graph->nodes[step->node],
        .kernels = plan->kernels,
        .y_layout = &plan->tensors[step->out].layout,
        .y = place(plan, step->out),
    };
    for (int i = 0; i < pass.node->n_inputs; i++) {
        pass.x_layout[i] = &plan->tensors[step->in[i]].layout;
        pass.x[i] = place(plan, step->in[i]);
    }
    blocked_clear_border(pass.y_layout, pass.y);
    blocked_forward(&pass);
}

static void convert(struct plan *plan, const struct step *step) {
    const struct tensor *to = &plan->tensors[step->out];
    if (to->form == BLOCKED) {
        blocked_clear_border(&to->layout, plan->memory + to->at);
        blocked_from_planes(&to->layout, place(plan, step->in[0]), false, plan->memory + to->at);
    } else {
        blocked_to_planes(&plan->tensors[step->in[0]].layout, place(plan, step->in[0]), false,
                          plan->memory + to->at);
    }
}

static void keep(struct plan *plan, int sample) {
    const struct tensor *tensor = &plan->tensors[kept_tensor(plan)];
    size_t len = shape_len(shape_at(plan, plan->kept));
    real *to = plan->memory + plan->kept_at + (size_t)sample * len;
    if (tensor->form == PLANES) {
        memcpy(to, plan->memory + tensor->at, len * sizeof *to);
    } else {
        blocked_to_planes(&tensor->layout, plan->memory + tensor->at, false, to);
    }
}

static void run_sample(struct plan *plan, const real *x, real *y) {
    const struct graph *graph = plan->graph;
    memcpy(place(plan, plan->tensor_of[0][PLANES]), x, shape_len(shape_at(plan, 0)) * sizeof *x);
    for (int s = 1; s < plan->n_steps; s++) {
        const struct step *step = &plan->steps[s];
        switch (step->kind) {
        case STEP_CONV:
            run_conv(plan, step);
            break;
        case STEP_LAYER:
            run_layer(plan, step);
            break;
        case STEP_BLOCKED:
            run_blocked(plan, step);
            break;
        case STEP_CONVERT:
            convert(plan, step);
            break;
        }
    }
    memcpy(y, place(plan, plan->tensor_of[graph->n_nodes - 1][PLANES]),
           shape_len(graph_output_shape(graph)) * sizeof *y);
}

void plan_run(struct plan *plan, const real *x, int n, real *y) {
    assert(n >= 1 && n <= plan->max_batch);
    for (int i = 0; i < n; i++) {
        run_sample(plan, x + (size_t)i * shape_len(graph_input_shape(plan->graph)),
                   y + (size_t)i * shape_len(graph_output_shape(plan->graph)));
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

size_t plan_memory(const struct plan *plan) {
    return (plan->len + plan->graph->n_values) * sizeof *plan->memory;
}
