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

struct range_observer {
    struct plan *plan;
    int n; // samples
    struct seen *nodes;
};

struct range_observer *range_observer_create(const struct graph *graph,
                                             const struct kernels *kernels) {
    struct range_observer *range_observer = calloc(1, sizeof *range_observer);
    struct plan *plan = plan_create(graph, 1, kernels);
    struct seen *nodes = plan ? calloc((size_t)plan_graph(plan)->n_nodes, sizeof *nodes) : NULL;
    if (!range_observer || !nodes) {
        if (!range_observer || plan) {
            log_no_memory("measuring a network's ranges");
        }
        free(range_observer);
        free(nodes);
        plan_destroy(plan);
        return NULL;
    }
    *range_observer = (struct range_observer){.plan = plan, .nodes = nodes};
    return range_observer;
}

void range_observer_destroy(struct range_observer *range_observer) {
    if (range_observer) {
        plan_destroy(range_observer->plan);
        free(range_observer->nodes);
        free(range_observer);
    }
}

static void see(void *arg, int node, int n, const real *values) {
    struct range *range = &((struct range_observer *)arg)->nodes[node].now;
    for (int i = 0; i < n; i++) {
        float x = (float)values[i];
        range->low = x < range->low ? x : range->low;
        range->high = x > range->high ? x : range->high;
    }
}

void range_observer_add(struct range_observer *range_observer, const real *x) {
    plan_watch(range_observer->plan, x, see, range_observer);
    for (int i = 0; i < plan_graph(range_observer->plan)->n_nodes; i++) {
        struct seen *seen = &range_observer->nodes[i];
        seen->low += (double)seen->now.low;
        seen->high += (double)seen->now.high;
        seen->most.low = fminf(seen->most.low, seen->now.low);
        seen->most.high = fmaxf(seen->most.high, seen->now.high);
        seen->now = (struct range){0};
    }
    range_observer->n++;
}

bool range_observer_ranges(const struct range_observer *range_observer, struct ranges *ranges) {
    if (!ranges_init(ranges, plan_graph(range_observer->plan)->n_nodes)) {
        return false;
    }
    for (int i = 0; i < ranges->n && range_observer->n > 0; i++) {
        const struct seen *s = &range_observer->nodes[i];
        ranges->of[i].low = (float)((s->low / range_observer->n + (double)s->most.low) / 2);
        ranges->of[i].high = (float)((s->high / range_observer->n + (double)s->most.high) / 2);
    }
    return true;
}
