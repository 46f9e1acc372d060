// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "plan.h"

#include "block.h"
#include "blocked/conv.h"
#include "blocked/forward.h"
#include "blocked/int8.h"
#include "blocked/readers.h"
#include "class_map.h"
#include "fold.h"
#include "layers/layer.h"
#include "log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLAN ((size_t)1 << 29) // reals

enum form { PLANES, BLOCKED, BYTES, N_FORMS };

// A node's result in one of its forms.
struct tensor {
    int node;
    enum form form;
    struct blocked layout;         // as BLOCKED or BYTES
    struct int8_quantity quantity; // of BYTES
    size_t at, len;                // place in memory
    int made, last_use;            // steps
    bool convolved;                // read by a convolution
};

enum step_kind { STEP_LAYER, STEP_BLOCKED, STEP_CONV, STEP_INT8_CONV, STEP_CONVERT };

struct step {
    enum step_kind kind;
    int node;             // what is computed
    int in[MAX_INPUTS];   // tensors
    int out, addend;      // tensors; addend: added to a convolution's result, -1 if none
    bool relu;            // after that
    size_t packed, saved; // places in memory
    union {
        struct blocked_conv conv;
        struct int8_conv int8;
    };
};

struct plan {
    struct graph *graph; // folded
    const struct kernels *kernels;
    const struct int8_kernels *int8; // NULL without whole numbers
    const struct ranges *ranges;     // then, while the plan is made
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

// Reals that so many bytes take up.
static size_t reals_for(size_t bytes) {
    return round_up((bytes + sizeof(real) - 1) / sizeof(real));
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

static void measure_tensor(struct tensor *tensor) {
    tensor->len = tensor->form == BLOCKED ? blocked_len(&tensor->layout)
                  : tensor->form == BYTES ? reals_for(int8_len(&tensor->layout))
                                          : round_up(shape_len(tensor->layout.shape));
}

static int add_tensor(struct plan *plan, int node, enum form form) {
    struct tensor *tensor = &plan->tensors[plan->n_tensors];
    *tensor = (struct tensor){
        .node = node, .form = form, .made = plan->n_steps, .last_use = plan->n_steps};
    tensor->layout =
        blocked_of(shape_at(plan, node), blocked_border_for(plan->graph, node), plan->kernels);
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
    if (form != PLANES && blocked_narrow_for(plan->graph, node, plan->kernels)) {
        tensor->layout.pitch = tensor->layout.shape.c;
        measure_tensor(tensor);
    }
    plan->tensors[from].last_use = plan->n_steps;
    plan->steps[plan->n_steps++] =
        (struct step){.kind = STEP_CONVERT, .node = node, .in = {from}, .out = to, .addend = -1};
}

// The node's result in the wanted form, read by the next step; converted first if need be, from
// bytes to planes by way of a blocked picture.
static int input_tensor(struct plan *plan, int node, enum form form) {
    const int *tensor_of = plan->tensor_of[node];
    if (tensor_of[form] < 0 && form == PLANES && tensor_of[BLOCKED] < 0) {
        add_conversion(plan, node, tensor_of[BYTES], BLOCKED);
    }
    if (tensor_of[form] < 0) {
        enum form first = form == BLOCKED ? PLANES : BLOCKED,
                  second = form == BLOCKED ? BYTES : PLANES;
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

// Whether a node is an addition that a later convolution in whole numbers will take in (fuse).
static bool adds_in_int8(const struct plan *plan, int add, int addend) {
    const struct node *node = &plan->graph->nodes[add];
    if (node->op != OP_ADD || node->n_inputs != 2) {
        return false;
    }
    int conv = node->inputs[0] == addend ? node->inputs[1] : node->inputs[0];
    return conv > addend && runs_int8(plan, conv) && graph_only_reader(plan->graph, conv) == add;
}

// Whether a node's result is to be bytes: some convolution in whole numbers reads or adds it.
static bool wants_bytes(const struct plan *plan, int node) {
    for (int i = node + 1; i < plan->graph->n_nodes; i++) {
        const struct node *reader = &plan->graph->nodes[i];
        for (int j = 0; j < reader->n_inputs; j++) {
            if (reader->inputs[j] == node && (runs_int8(plan, i) || adds_in_int8(plan, i, node))) {
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
    int result = step->node, next = graph_only_reader(graph, result);
    if (next >= 0 && graph->nodes[next].op == OP_ADD && graph->nodes[next].n_inputs == 2) {
        const int *inputs = graph->nodes[next].inputs;
        int other = inputs[0] == result ? inputs[1] : inputs[0];
        if (other < step->node && (!int8 || known(plan, other))) {
            step->addend = input_tensor(plan, other, int8 ? BYTES : BLOCKED);
            plan->tensors[step->addend].convolved = true;
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

static struct blocked_conv float_conv(const struct plan *plan, const struct step *step,
                                      const struct window *window) {
    const struct node *node = &plan->graph->nodes[step->node];
    return (struct blocked_conv){
        .window = *window,
        .x = plan->tensors[step->in[0]].layout,
        .y = plan->tensors[step->out].layout,
        .winograd =
            plan->arithmetic == PLAN_FAST &&
            blocked_conv_winograd_pays(node, shape_at(plan, node->inputs[0]), plan->kernels),
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
        .y_real = y->form == BLOCKED,
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
    step.in[0] = input_tensor(plan, node->inputs[0], int8 ? BYTES : BLOCKED);
    plan->tensors[step.in[0]].convolved |= node->op == OP_CONV;
    if (step.addend >= 0) {
        plan->tensors[step.addend].last_use = plan->n_steps;
    }
    bool bytes = int8 && known(plan, result) && wants_bytes(plan, result);
    step.out = add_tensor(plan, result, bytes ? BYTES : BLOCKED);
    if (int8) {
        step.int8 = int8_conv(plan, &step, window);
    } else {
        step.conv = float_conv(plan, &step, window);
    }
    plan->steps[plan->n_steps++] = step;
}

// Other layers run on blocked pictures where they can and a convolution left them one.
static bool wants_blocked(const struct plan *plan, const struct node *node) {
    bool any = false;
    for (int j = 0; j < node->n_inputs; j++) {
        const int *tensor_of = plan->tensor_of[node->inputs[j]];
        any = any || tensor_of[BLOCKED] >= 0 || tensor_of[BYTES] >= 0;
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
        } else if (step->kind == STEP_INT8_CONV) {
            at += reals_for(int8_conv_packed_len(&step->int8));
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
        const real *weight = value_of(plan, node, "weight"), *bias = value_of(plan, node, "bias");
        if (step->kind == STEP_CONV) {
            blocked_conv_pack(&step->conv, weight, bias, plan->memory + step->packed);
        } else if (step->kind == STEP_INT8_CONV) {
            int8_conv_pack(&step->int8, weight, bias, plan->memory + step->packed);
        }
    }
}

static bool allocate_steps(struct plan *plan) {
    size_t n = (size_t)plan->graph->n_nodes; // each node in every form
    plan->steps = calloc(N_FORMS * n, sizeof *plan->steps);
    plan->tensors = calloc(N_FORMS * n, sizeof *plan->tensors);
    plan->tensor_of = calloc(n, sizeof *plan->tensor_of);
    plan->inside = calloc(n, sizeof *plan->inside);
    return plan->steps && plan->tensors && plan->tensor_of && plan->inside;
}

// The rest of a plan whose first fields say how it is to be; it is destroyed on failure.
static struct plan *complete(struct plan *plan, const struct graph *graph) {
    plan->graph = fold_graph(graph);
    if (!plan->graph || !allocate_steps(plan)) {
        goto fail;
    }
    plan->kept = class_map_source(plan->graph);
    assert(!plan->ranges || plan->ranges->n == plan->graph->n_nodes);
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
    plan->ranges = NULL;
    return plan;
fail:
    LOG(ERROR, "no memory to make a network ready to run");
    plan_destroy(plan);
    return NULL;
}

static struct plan *create(const struct graph *graph, const struct plan *wishes) {
    struct plan *plan = malloc(sizeof *plan);
    if (!plan) {
        LOG(ERROR, "no memory to make a network ready to run");
        return NULL;
    }
    *plan = *wishes;
    return complete(plan, graph);
}

struct plan *plan_create(const struct graph *graph, int max_batch, const struct kernels *kernels) {
    return plan_create_as(graph, max_batch, kernels, PLAN_FAST);
}

struct plan *plan_create_as(const struct graph *graph, int max_batch, const struct kernels *kernels,
                            enum plan_arithmetic arithmetic) {
    const struct plan wishes = {
        .max_batch = max_batch, .kernels = kernels, .arithmetic = arithmetic};
    return create(graph, &wishes);
}

struct plan *plan_create_int8(const struct graph *graph, int max_batch,
                              const struct kernels *kernels, const struct int8_kernels *int8,
                              const struct ranges *ranges) {
    assert(kernels->lanes % int8->lanes == 0);
    const struct plan wishes = {.max_batch = max_batch,
                                .kernels = kernels,
                                .int8 = int8,
                                .ranges = ranges,
                                .arithmetic = PLAN_FAST};
    return create(graph, &wishes);
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

static void run_int8(struct plan *plan, const struct step *step) {
    const void *z = step->addend >= 0 ? place(plan, step->addend) : NULL;
    void *y = place(plan, step->out);
    if (step->int8.y_real) {
        blocked_clear_border(&step->int8.y, y);
    } else {
        blocked_fill_border(&step->int8.y, (uint8_t)step->int8.y_quantity.zero, y);
    }
    int8_conv_run(&step->int8, plan->memory + step->packed, (void *)place(plan, step->in[0]), z, y);
}

static void convert_to_bytes(const struct plan *plan, const struct tensor *from,
                             const struct tensor *to) {
    struct shape s = to->layout.shape;
    const real *x = plan->memory + from->at;
    struct int8_source source = {x, (ptrdiff_t)s.h * s.w, s.w, 1};
    if (from->form == BLOCKED) {
        const struct blocked *b = &from->layout;
        source = (struct int8_source){x + blocked_at(b, 0, 0), 1, blocked_row(b), b->pitch};
    }
    uint8_t *y = (uint8_t *)(plan->memory + to->at);
    blocked_fill_border(&to->layout, (uint8_t)to->quantity.zero, y);
    int8_quantise(&source, plan->int8, &to->quantity, &to->layout, y);
}

static void convert(struct plan *plan, const struct step *step) {
    const struct tensor *from = &plan->tensors[step->in[0]], *to = &plan->tensors[step->out];
    real *x = place(plan, step->in[0]), *y = place(plan, step->out);
    if (to->form == BYTES) {
        convert_to_bytes(plan, from, to);
        return;
    }
    if (to->form == PLANES) {
        blocked_to_planes(&from->layout, x, false, y);
        return;
    }
    blocked_clear_border(&to->layout, y);
    if (from->form == BYTES) {
        int8_dequantise(&from->layout, &from->quantity, (const uint8_t *)x, &to->layout, y);
    } else {
        blocked_from_planes(&to->layout, x, false, y);
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
    case STEP_BLOCKED:
        run_blocked(plan, step);
        break;
    case STEP_CONVERT:
        convert(plan, step);
        break;
    }
}

static void take_input(struct plan *plan, const real *x) {
    memcpy(place(plan, plan->tensor_of[0][PLANES]), x, shape_len(shape_at(plan, 0)) * sizeof *x);
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
    take_input(plan, x);
    for (int s = 1; s < plan->n_steps; s++) {
        run_step(plan, &plan->steps[s]);
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

void plan_watch(struct plan *plan, const real *x,
                void (*seen)(void *arg, int node, int n, const real *values), void *arg) {
    assert(!plan->int8);
    take_input(plan, x);
    for (int s = 1; s < plan->n_steps; s++) {
        const struct tensor *tensor = &plan->tensors[plan->steps[s].out];
        const struct blocked *b = &tensor->layout;
        run_step(plan, &plan->steps[s]);
        for (int i = 0; tensor->convolved && i < b->shape.h; i++) {
            seen(arg, tensor->node, b->shape.w * b->pitch,
                 plan->memory + tensor->at + blocked_at(b, i, 0));
        }
    }
}

size_t plan_memory(const struct plan *plan) {
    return (plan->len + plan->graph->n_values) * sizeof *plan->memory;
}
