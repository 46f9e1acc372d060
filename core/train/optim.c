// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/optim.h"

#include <math.h>

#define PI 3.14159265358979323846

static void step_param(const struct param *param, real *values, const real *gradients, real *m,
                       real *v, double rate1, double rate2, double learning_rate,
                       double weight_decay) {
    real decay = (real)(1 - learning_rate * (param->decayed ? weight_decay : 0));
    for (size_t i = param->offset; i < param->offset + param->len; i++) {
        m[i] += (real)(1 - ADAM_BETA1) * (gradients[i] - m[i]);
        v[i] += (real)(1 - ADAM_BETA2) * (gradients[i] * gradients[i] - v[i]);
        double update = (double)m[i] * rate1 / (sqrt((double)v[i] * rate2) + ADAM_EPSILON);
        values[i] = values[i] * decay - (real)(learning_rate * update);
    }
}

void adamw_step(struct graph *graph, const real *gradients, real *m, real *v, long long step,
                double learning_rate, double weight_decay) {
    double rate1 = 1 / (1 - pow(ADAM_BETA1, (double)step)),
           rate2 = 1 / (1 - pow(ADAM_BETA2, (double)step));
    for (int i = 0; i < graph->n_nodes; i++) {
        for (int p = 0; p < graph->nodes[i].n_params; p++) {
            if (graph->nodes[i].params[p].trained) {
                step_param(&graph->nodes[i].params[p], graph->values, gradients, m, v, rate1, rate2,
                           learning_rate, weight_decay);
            }
        }
    }
}

double learning_rate_at(double peak, long long step, long long warm_up, long long n_steps) {
    if (step < warm_up) {
        return peak * (double)(step + 1) / (double)warm_up;
    }
    double progress =
        (double)(step - warm_up) / (double)(n_steps > warm_up ? n_steps - warm_up : 1);
    return peak * 0.5 * (1 + cos(PI * fmin(progress, 1)));
}
