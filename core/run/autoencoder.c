// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/autoencoder.h"

#include "core/base/log.h"
#include "core/run/classifier.h"
#include "core/run/plan.h"

#include <math.h>
#include <stdlib.h>

#define REACH 3 // standard deviations

bool autoencoder_is(const struct graph *graph) {
    struct shape in = graph_input_shape(graph), out = graph_output_shape(graph);
    return in.c == 1 && in.h == in.w && in.h > 1 && out.c == 1 && out.h == in.h && out.w == in.w &&
           graph_n_outputs(graph) == 1;
}

static bool ends_in_sigmoid(const struct graph *graph) {
    const struct node *last = &graph->nodes[graph_output(graph)];
    return last->op == OP_ACTIVATION && last->activation.kind == ACT_SIGMOID;
}

static double squared_error(real x, real y, real *slope) {
    double error = (double)y - (double)x;
    *slope = (real)(2 * error);
    return error * error;
}

static double cross_entropy(real x, real y, real *slope) {
    double t = fmin(fmax(((double)x + REACH) / (2 * REACH), 0), 1);
    double p = fmin(fmax((double)y, 1e-7), 1 - 1e-7);
    *slope = (real)((p - t) / (p * (1 - p)));
    return -t * log(p) - (1 - t) * log(1 - p);
}

double autoencoder_loss(const struct graph *graph, const real *x, const real *y, size_t n,
                        real *dy) {
    bool sigmoid = ends_in_sigmoid(graph);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        real slope;
        sum += sigmoid ? cross_entropy(x[i], y[i], &slope) : squared_error(x[i], y[i], &slope);
        if (dy) {
            dy[i] = slope / (real)n;
        }
    }
    return sum / (double)n;
}

void autoencoder_picture(const struct graph *graph, real *y, size_t n) {
    for (size_t i = 0; ends_in_sigmoid(graph) && i < n; i++) {
        y[i] = 2 * REACH * y[i] - REACH;
    }
}

double autoencoder_measure(const struct graph *graph, const struct image *chips, int n,
                           const struct kernels *kernels) {
    struct shape in = graph_input_shape(graph);
    struct plan *plan = plan_create(graph, 1, kernels);
    real *x = plan ? calloc(2 * shape_len(in), sizeof *x) : NULL;
    double sum = x ? 0 : NAN;
    if (plan && !x) {
        log_no_memory("measuring %d pictures", n);
    }
    for (int i = 0; x && i < n; i++) {
        real *y = x + shape_len(in);
        classifier_input(&chips[i], in.h, x);
        plan_run(plan, x, 1, y);
        sum += autoencoder_loss(graph, x, y, shape_len(in), NULL);
    }
    free(x);
    plan_destroy(plan);
    return sum / n;
}
