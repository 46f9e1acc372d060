// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/range_observer.h"

#include "core/base/log.h"
#include "core/run/plan.h"

#include <math.h>
#include <stdlib.h>

// Of one node: the ends of the sample that runs, of all samples, and their sums.
struct seen {
    struct range now, most;
    double low, high;
};

struct calibrator {
    struct plan *plan;
    int n; // samples
    struct seen *nodes;
};

struct calibrator *calibrator_create(const struct graph *graph, const struct kernels *kernels) {
    struct calibrator *calibrator = calloc(1, sizeof *calibrator);
    struct plan *plan = plan_create(graph, 1, kernels);
    struct seen *nodes = plan ? calloc((size_t)plan_graph(plan)->n_nodes, sizeof *nodes) : NULL;
    if (!calibrator || !nodes) {
        if (!calibrator || plan) {
            LOG(ERROR, "no memory to measure a network's ranges");
        }
        free(calibrator);
        free(nodes);
        plan_destroy(plan);
        return NULL;
    }
    *calibrator = (struct calibrator){.plan = plan, .nodes = nodes};
    return calibrator;
}

void calibrator_destroy(struct calibrator *calibrator) {
    if (calibrator) {
        plan_destroy(calibrator->plan);
        free(calibrator->nodes);
        free(calibrator);
    }
}

static void see(void *arg, int node, int n, const real *values) {
    struct range *range = &((struct calibrator *)arg)->nodes[node].now;
    for (int i = 0; i < n; i++) {
        float x = (float)values[i];
        range->low = x < range->low ? x : range->low;
        range->high = x > range->high ? x : range->high;
    }
}

void calibrator_add(struct calibrator *calibrator, const real *x) {
    plan_watch(calibrator->plan, x, see, calibrator);
    for (int i = 0; i < plan_graph(calibrator->plan)->n_nodes; i++) {
        struct seen *seen = &calibrator->nodes[i];
        seen->low += (double)seen->now.low;
        seen->high += (double)seen->now.high;
        seen->most.low = fminf(seen->most.low, seen->now.low);
        seen->most.high = fmaxf(seen->most.high, seen->now.high);
        seen->now = (struct range){0};
    }
    calibrator->n++;
}

bool calibrator_ranges(const struct calibrator *calibrator, struct ranges *ranges) {
    if (!ranges_init(ranges, plan_graph(calibrator->plan)->n_nodes)) {
        return false;
    }
    for (int i = 0; i < ranges->n && calibrator->n > 0; i++) {
        const struct seen *s = &calibrator->nodes[i];
        ranges->of[i].low = (float)((s->low / calibrator->n + (double)s->most.low) / 2);
        ranges->of[i].high = (float)((s->high / calibrator->n + (double)s->most.high) / 2);
    }
    return true;
}
