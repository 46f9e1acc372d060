// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Private to plan*.c: plan_build.c chooses the steps and their forms, plan.c lays them out in
// memory, plan_run.c runs them.

#include "core/run/plan.h"

#include "core/base/aligned_memory.h"
#include "core/nhwc/nhwc_conv.h"
#include "core/nhwc/int8_conv.h"
#include "core/network/layers/layer.h"
#include "core/base/min_max.h"

enum form { NCHW, NHWC, BYTES, N_FORMS };

// A node's result in one of its forms.
struct tensor {
    int node;
    enum form form;
    struct nhwc layout;            // as NHWC or BYTES
    struct int8_quantity quantity; // of BYTES
    size_t at, len;                // place in memory
    int made, last_use;            // steps
    bool convolved;                // read or added by a convolution
};

enum step_kind { STEP_LAYER, STEP_NHWC, STEP_CONV, STEP_INT8_CONV, STEP_CONVERT };

struct step {
    enum step_kind kind;
    int node;             // what is computed
    int in[MAX_INPUTS];   // tensors
    int out, addend;      // tensors; addend: added to a convolution's result; -1: none
    bool relu;            // after that
    size_t packed, saved; // places in memory
    union {
        struct nhwc_conv conv;
        struct int8_conv int8;
    };
};

struct plan {
    struct graph *graph; // folded
    const struct kernels *kernels;
    const struct int8_kernels *int8; // NULL without int8
    const struct ranges *ranges;     // of int8, only while the plan is built
    enum plan_arithmetic arithmetic;
    int max_batch, n_steps, n_tensors;
    struct step *steps;
    struct tensor *tensors;
    int (*tensor_of)[N_FORMS]; // by node; -1: none (yet)
    bool *inside;              // by node: computed inside an earlier node's step
    int kept;                  // the node whose output class maps are made of; -1: none
    real *memory;              // packed weights, tensors, scratch, the output that is kept
    size_t scratch, kept_at, len;
};

static inline struct shape shape_at(const struct plan *plan, int node) {
    return plan->graph->nodes[node].shape;
}

// The number of reals that hold so many bytes.
static inline size_t reals_for(size_t bytes) {
    return aligned_round((bytes + sizeof(real) - 1) / sizeof(real));
}

// Fills in the steps and tensors of a plan from its graph.
void plan_make_steps(struct plan *plan);

// The tensor that class maps are made of; only if plan->kept is a node.
int plan_kept_tensor(const struct plan *plan);
