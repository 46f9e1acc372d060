// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tape.h"

#include "block.h"
#include "blocked/readers.h"
#include "blocked/unit.h"
#include "fold.h"
#include "layers/layer.h"
#include "log.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum form { PLANES, BLOCKED, N_FORMS };

// A node's result in one of its forms, and its gradient.
struct tensor {
    enum form form;
    struct blocked layout, d_layout; // as BLOCKED
    size_t y, dy;                    // places in memory
    size_t len, d_len;               // of one sample
    bool written;                    // the gradient, in this backward pass
};

enum step_kind { STEP_LAYER, STEP_UNIT, STEP_CONVERT };

struct step {
    enum step_kind kind;
    int node, norm;     // the norm after a convolution, -1 without
    int in[MAX_INPUTS]; // tensors
    int out, addend;    // tensors; -1 without an addend
    struct unit unit;
    size_t raw, saved, packed; // places in memory
};

struct tape {
    struct graph *graph;
    const struct kernels *kernels;
    struct team *team;
    int max_batch, n;
    bool training;
    uint64_t seed;
    int n_steps, n_tensors;
    struct step *steps;
    struct tensor *tensors;
    int (*tensor_of)[N_FORMS]; // by node, -1 when there is none
    bool *inside;              // by node: computed inside an earlier node's step
    // One allocation: activations, gradients, what layers save, gradients of the parameters,
    // scratch. Borders of blocked tensors are zero from the beginning and nobody writes there.
    real *memory;
    double *sums;
    size_t dparams, scratch, parts, len;
    size_t scratch_len; // per worker
};

static size_t round_up(size_t n) {
    return (n + 15) / 16 * 16;
}

static size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}

static void input_shapes(const struct graph *graph, const struct node *node, struct shape *in) {
    for (int i = 0; i < node->n_inputs; i++) {
        in[i] = graph->nodes[node->inputs[i]].shape;
    }
}

static size_t take(struct tape *tape, size_t len) {
    size_t at = tape->len;
    tape->len += round_up(len);
    return at;
}

static int add_tensor(struct tape *tape, int node, enum form form, bool converted) {
    struct tensor *tensor = &tape->tensors[tape->n_tensors];
    struct shape shape = tape->graph->nodes[node].shape;
    *tensor = (struct tensor){.form = form, .len = shape_len(shape), .d_len = shape_len(shape)};
    if (form == BLOCKED) {
        tensor->layout = blocked_of(shape, blocked_border_for(tape->graph, node), tape->kernels);
        tensor->d_layout = blocked_of(shape, 0, tape->kernels);
        if (converted && blocked_narrow_for(tape->graph, node, tape->kernels)) {
            tensor->layout.pitch = shape.c;
        }
        tensor->len = blocked_len(&tensor->layout);
        tensor->d_len = blocked_len(&tensor->d_layout);
    }
    tensor->y = take(tape, tensor->len * (size_t)tape->max_batch);
    tensor->dy = take(tape, tensor->d_len * (size_t)tape->max_batch);
    tape->tensor_of[node][form] = tape->n_tensors;
    return tape->n_tensors++;
}

// The node's result in the wanted form, converted first if need be.
static int input_tensor(struct tape *tape, int node, enum form form) {
    if (tape->tensor_of[node][form] < 0) {
        int from = tape->tensor_of[node][1 - form], to = add_tensor(tape, node, form, true);
        tape->steps[tape->n_steps++] = (struct step){
            .kind = STEP_CONVERT, .node = node, .in = {from}, .out = to, .addend = -1};
    }
    return tape->tensor_of[node][form];
}

// Takes the batch norm, the addition of something already computed and the ReLU that follow into a
// convolution's step. Returns the last node taken in.
static int fuse(struct tape *tape, struct step *step) {
    const struct graph *graph = tape->graph;
    int result = step->node, next = graph_only_reader(graph, result);
    if (next >= 0 && graph->nodes[next].op == OP_BATCH_NORM) {
        tape->inside[next] = true;
        step->norm = result = next;
        next = graph_only_reader(graph, next);
    }
    if (next >= 0 && graph->nodes[next].op == OP_ADD && graph->nodes[next].n_inputs == 2) {
        const int *inputs = graph->nodes[next].inputs;
        int other = inputs[0] == result ? inputs[1] : inputs[0];
        if (other < step->node) {
            step->addend = input_tensor(tape, other, BLOCKED);
            tape->inside[next] = true;
            result = next;
            next = graph_only_reader(graph, next);
        }
    }
    if (next >= 0 && graph->nodes[next].op == OP_ACTIVATION &&
        graph->nodes[next].activation.kind == ACT_RELU) {
        step->unit.relu = tape->inside[next] = true;
        result = next;
    }
    return result;
}

static void want(struct tape *tape, size_t scratch, size_t parts, size_t *most_parts) {
    tape->scratch_len = max_size(tape->scratch_len, round_up(scratch));
    *most_parts = max_size(*most_parts, parts);
}

static void make_unit_step(struct tape *tape, int i, size_t *parts, size_t *sums) {
    const struct node *node = &tape->graph->nodes[i];
    struct step step = {.kind = STEP_UNIT, .node = i, .norm = -1, .addend = -1};
    struct unit *unit = &step.unit;
    int result = fuse(tape, &step);
    step.in[0] = input_tensor(tape, node->inputs[0], BLOCKED);
    step.out = add_tensor(tape, result, BLOCKED, false);
    const struct tensor *in = &tape->tensors[step.in[0]], *out = &tape->tensors[step.out];
    unit->conv = node;
    unit->norm = step.norm >= 0 ? &tape->graph->nodes[step.norm] : NULL;
    unit->kernels = tape->kernels;
    unit->x = in->layout;
    unit->dx = in->d_layout;
    unit->raw = blocked_of(node->shape, 0, tape->kernels);
    unit->out = out->layout;
    unit->dout = out->d_layout;
    if (step.addend >= 0) {
        unit->z = tape->tensors[step.addend].layout;
        unit->dz = tape->tensors[step.addend].d_layout;
    }
    unit_init(unit);
    step.raw = take(tape, unit->norm ? blocked_len(&unit->raw) * (size_t)tape->max_batch : 0);
    step.saved = take(tape, unit_saved_len(unit));
    step.packed = take(tape, unit_packed_len(unit));
    want(tape, unit_scratch_len(unit), unit_part_len(unit), parts);
    *sums = max_size(*sums, unit_sums_len(unit));
    tape->steps[tape->n_steps++] = step;
}

static void make_layer_step(struct tape *tape, int i, size_t *parts) {
    const struct node *node = &tape->graph->nodes[i];
    const struct layer *layer = layers[node->op];
    struct step step = {.kind = STEP_LAYER, .node = i, .addend = -1};
    struct shape in[MAX_INPUTS];
    input_shapes(tape->graph, node, in);
    for (int j = 0; j < node->n_inputs; j++) {
        step.in[j] = input_tensor(tape, node->inputs[j], PLANES);
    }
    step.out = add_tensor(tape, i, PLANES, false);
    step.saved = take(tape, layer->saved_len ? layer->saved_len(node, in, tape->max_batch) : 0);
    want(tape, layer->scratch_len ? layer->scratch_len(node, in, tape->kernels) : 0,
         layer->parts_len ? layer->parts_len(node, in) : 0, parts);
    tape->steps[tape->n_steps++] = step;
}

// Makes the steps and lays everything out in one block; returns the number of sums.
static size_t make_steps(struct tape *tape) {
    const struct graph *graph = tape->graph;
    size_t parts = 0, sums = 0;
    for (int i = 0; i < graph->n_nodes; i++) {
        tape->tensor_of[i][PLANES] = tape->tensor_of[i][BLOCKED] = -1;
    }
    for (int i = 0; i < graph->n_nodes; i++) {
        if (tape->inside[i]) {
            continue;
        }
        if (blocked_conv_supports(&graph->nodes[i])) {
            make_unit_step(tape, i, &parts, &sums);
        } else {
            make_layer_step(tape, i, &parts);
        }
    }
    input_tensor(tape, graph->n_nodes - 1, PLANES);
    tape->dparams = take(tape, graph->n_values);
    tape->scratch = take(tape, tape->scratch_len * (size_t)team_size(tape->team));
    tape->parts = take(tape, parts * N_PARTS);
    return sums;
}

struct tape *tape_create(struct graph *graph, int max_batch, const struct kernels *kernels,
                         struct team *team) {
    size_t n = (size_t)graph->n_nodes, sums; // each node in both forms, and a conversion
    struct tape *tape = calloc(1, sizeof *tape);
    if (!tape) {
        goto fail;
    }
    *tape = (struct tape){.graph = graph, .kernels = kernels, .team = team, .max_batch = max_batch};
    tape->steps = calloc(2 * n, sizeof *tape->steps);
    tape->tensors = calloc(2 * n, sizeof *tape->tensors);
    tape->tensor_of = calloc(n, sizeof *tape->tensor_of);
    tape->inside = calloc(n, sizeof *tape->inside);
    if (!tape->steps || !tape->tensors || !tape->tensor_of || !tape->inside) {
        goto fail;
    }
    sums = make_steps(tape);
    tape->memory = block_alloc(tape->len * sizeof *tape->memory);
    tape->sums = calloc(sums + 1, sizeof *tape->sums);
    if (!tape->memory || !tape->sums) {
        goto fail;
    }
    memset(tape->memory, 0, tape->len * sizeof *tape->memory);
    return tape;
fail:
    LOG(ERROR, "no memory to train on batches of %d; use a smaller batch", max_batch);
    tape_destroy(tape);
    return NULL;
}

void tape_destroy(struct tape *tape) {
    if (tape) {
        free(tape->sums);
        free(tape->memory);
        free(tape->inside);
        free(tape->tensor_of);
        free(tape->tensors);
        free(tape->steps);
        free(tape);
    }
}

static struct tensor *planes_of(const struct tape *tape, int node) {
    return &tape->tensors[tape->tensor_of[node][PLANES]];
}

real *tape_input(struct tape *tape) {
    return tape->memory + planes_of(tape, 0)->y;
}

const real *tape_output(const struct tape *tape) {
    return tape->memory + planes_of(tape, tape->graph->n_nodes - 1)->y;
}

real *tape_gradients(struct tape *tape) {
    return tape->memory + tape->dparams;
}

const real *tape_input_gradient(const struct tape *tape) {
    return tape->memory + planes_of(tape, 0)->dy;
}

static real *activation(const struct tape *tape, int tensor) {
    return tape->memory + tape->tensors[tensor].y;
}

static real *gradient(const struct tape *tape, int tensor) {
    return tape->memory + tape->tensors[tensor].dy;
}

static void point_at_params(const struct tape *tape, const struct node *node, real **params,
                            real **dparams) {
    for (int p = 0; p < node->n_params; p++) {
        params[p] = tape->graph->values + node->params[p].offset;
        dparams[p] = tape->memory + tape->dparams + node->params[p].offset;
    }
}

static struct pass make_pass(const struct tape *tape, const struct step *step, struct shape *in) {
    const struct node *node = &tape->graph->nodes[step->node];
    input_shapes(tape->graph, node, in);
    struct pass pass = {
        .node = node,
        .in = in,
        .n = tape->n,
        .training = tape->training,
        .kernels = tape->kernels,
        .team = tape->team,
        .seed = tape->seed + (uint64_t)step->node,
        .y = activation(tape, step->out),
        .dy = gradient(tape, step->out),
        .saved = tape->memory + step->saved,
        .scratch = tape->memory + tape->scratch,
        .scratch_len = tape->scratch_len,
        .parts = tape->memory + tape->parts,
    };
    for (int i = 0; i < node->n_inputs; i++) {
        pass.x[i] = activation(tape, step->in[i]);
    }
    point_at_params(tape, node, pass.params, pass.dparams);
    return pass;
}

static struct unit_pass make_unit_pass(const struct tape *tape, const struct step *step) {
    struct unit_pass pass = {
        .unit = &step->unit,
        .n = tape->n,
        .training = tape->training,
        .team = tape->team,
        .x = activation(tape, step->in[0]),
        .z = step->addend >= 0 ? activation(tape, step->addend) : NULL,
        .raw = tape->memory + step->raw,
        .out = activation(tape, step->out),
        .dout = gradient(tape, step->out),
        .packed = tape->memory + step->packed,
        .saved = tape->memory + step->saved,
        .scratch = tape->memory + tape->scratch,
        .parts = tape->memory + tape->parts,
        .sums = tape->sums,
    };
    point_at_params(tape, step->unit.conv, pass.conv_params, pass.conv_dparams);
    if (step->unit.norm) {
        point_at_params(tape, step->unit.norm, pass.norm_params, pass.norm_dparams);
    }
    return pass;
}

// A conversion of the batch, sample by sample, forward or backward.
struct conversion {
    const struct blocked *layout;
    bool to_planes, add;
    real *planes, *blocked;
    size_t planes_len, blocked_len;
};

static void convert_sample(void *arg, int i, int worker) {
    (void)worker;
    const struct conversion *c = arg;
    real *planes = c->planes + (size_t)i * c->planes_len;
    real *blocked = c->blocked + (size_t)i * c->blocked_len;
    if (c->to_planes) {
        blocked_to_planes(c->layout, blocked, c->add, planes);
    } else {
        blocked_from_planes(c->layout, planes, c->add, blocked);
    }
}

static void convert_forward(const struct tape *tape, const struct step *step) {
    bool to_planes = tape->tensors[step->out].form == PLANES;
    int planes = to_planes ? step->out : step->in[0], blocked = to_planes ? step->in[0] : step->out;
    struct conversion c = {&tape->tensors[blocked].layout,
                           to_planes,
                           false,
                           activation(tape, planes),
                           activation(tape, blocked),
                           tape->tensors[planes].len,
                           tape->tensors[blocked].len};
    team_run(tape->team, tape->n, convert_sample, &c);
}

static void convert_backward(const struct tape *tape, const struct step *step) {
    struct tensor *in = &tape->tensors[step->in[0]];
    bool to_planes = in->form == PLANES;
    int planes = to_planes ? step->in[0] : step->out, blocked = to_planes ? step->out : step->in[0];
    struct conversion c = {&tape->tensors[blocked].d_layout,
                           to_planes,
                           in->written,
                           gradient(tape, planes),
                           gradient(tape, blocked),
                           tape->tensors[planes].d_len,
                           tape->tensors[blocked].d_len};
    team_run(tape->team, tape->n, convert_sample, &c);
    in->written = true;
}

static void pack_step(void *arg, int s, int worker) {
    (void)worker;
    const struct tape *tape = arg;
    if (tape->steps[s].kind == STEP_UNIT) {
        struct unit_pass pass = make_unit_pass(tape, &tape->steps[s]);
        unit_pack(&pass);
    }
}

static void run_forward(struct tape *tape, const struct step *step) {
    struct shape in[MAX_INPUTS];
    struct pass pass;
    struct unit_pass unit;
    switch (step->kind) {
    case STEP_LAYER:
        pass = make_pass(tape, step, in);
        layers[pass.node->op]->forward(&pass);
        break;
    case STEP_UNIT:
        unit = make_unit_pass(tape, step);
        unit_forward(&unit);
        break;
    case STEP_CONVERT:
        convert_forward(tape, step);
        break;
    }
}

void tape_forward(struct tape *tape, int n, bool training, uint64_t seed) {
    assert(n >= 1 && n <= tape->max_batch);
    tape->n = n;
    tape->training = training;
    tape->seed = seed;
    team_run(tape->team, tape->n_steps, pack_step, tape);
    for (int s = 1; s < tape->n_steps; s++) {
        run_forward(tape, &tape->steps[s]);
    }
}

static real *begin_gradients(struct tape *tape, int node) {
    memset(tape->memory + tape->dparams, 0, tape->graph->n_values * sizeof *tape->memory);
    for (int t = 0; t < tape->n_tensors; t++) {
        tape->tensors[t].written = false;
    }
    struct tensor *tensor = planes_of(tape, node);
    tensor->written = true;
    return tape->memory + tensor->dy;
}

double tape_cross_entropy(struct tape *tape, const real *targets) {
    const struct graph *graph = tape->graph;
    const struct node *last = &graph->nodes[graph->n_nodes - 1];
    assert(last->op == OP_SOFTMAX);
    const real *p = tape_output(tape);
    real *dlogits = begin_gradients(tape, last->inputs[0]);
    double loss = 0;
    for (int i = 0; i < tape->n * last->shape.c; i++) {
        double likelihood = (double)p[i] < 1e-30 ? 1e-30 : (double)p[i]; // NaN stays NaN
        loss -= (double)targets[i] * log(likelihood);
        dlogits[i] = (p[i] - targets[i]) / (real)tape->n;
    }
    return loss / tape->n;
}

void tape_set_gradient(struct tape *tape, const real *dy) {
    size_t len = shape_len(graph_output_shape(tape->graph)) * (size_t)tape->n;
    memcpy(begin_gradients(tape, tape->graph->n_nodes - 1), dy, len * sizeof *dy);
}

// Layers add to their inputs' gradients, so the first one finds zeros.
static real *cleared_gradient(struct tape *tape, int t) {
    struct tensor *tensor = &tape->tensors[t];
    if (!tensor->written) {
        memset(tape->memory + tensor->dy, 0,
               tensor->d_len * (size_t)tape->n * sizeof *tape->memory);
        tensor->written = true;
    }
    return tape->memory + tensor->dy;
}

static void layer_backward(struct tape *tape, const struct step *step, bool to_input) {
    struct shape in[MAX_INPUTS];
    struct pass pass = make_pass(tape, step, in);
    for (int i = 0; i < pass.node->n_inputs; i++) {
        bool wanted = to_input || pass.node->inputs[i] != 0;
        pass.dx[i] = wanted ? cleared_gradient(tape, step->in[i]) : NULL;
    }
    layers[pass.node->op]->backward(&pass);
}

static void unit_step_backward(struct tape *tape, const struct step *step, bool to_input) {
    struct unit_pass pass = make_unit_pass(tape, step);
    struct tensor *in = &tape->tensors[step->in[0]];
    if (step->addend >= 0) { // before x, which may be the same
        pass.dz = gradient(tape, step->addend);
        pass.add_dz = tape->tensors[step->addend].written;
        tape->tensors[step->addend].written = true;
    }
    if (to_input || step->unit.conv->inputs[0] != 0) {
        pass.dx = gradient(tape, step->in[0]);
        pass.add_dx = in->written;
        in->written = true;
    }
    unit_backward(&pass);
}

void tape_backward(struct tape *tape, bool to_input) {
    for (int s = tape->n_steps - 1; s > 0; s--) {
        const struct step *step = &tape->steps[s];
        if (!tape->tensors[step->out].written) {
            continue; // the loss does not depend on it
        }
        switch (step->kind) {
        case STEP_LAYER:
            layer_backward(tape, step, to_input);
            break;
        case STEP_UNIT:
            unit_step_backward(tape, step, to_input);
            break;
        case STEP_CONVERT:
            convert_backward(tape, step);
            break;
        }
    }
    if (to_input) {
        cleared_gradient(tape, tape->tensor_of[0][PLANES]); // when it depends on no input
    }
}
