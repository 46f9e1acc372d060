// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// AdamW (Loshchilov and Hutter 2019, algorithm 2) over a graph's flat block of parameters.

#define ADAM_BETA1 0.9
#define ADAM_BETA2 0.999
#define ADAM_EPSILON 1e-8

// One step; step counts from 1; m, v and gradients are laid out as graph->values. Leaves running
// statistics unchanged and decays only weights.
void adamw_step(struct graph *graph, const real *gradients, real *m, real *v, long long step,
                double learning_rate, double weight_decay);

// Linear warm-up over the first warm_up steps, then half a cosine down to 0 (Loshchilov and Hutter
// 2017).
double learning_rate_at(double peak, long long step, long long warm_up, long long n_steps);
