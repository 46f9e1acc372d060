// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/range_observer.h"

#include "core/base/log.h"
#include "core/run/plan.h"

#include <math.h>
#include <stdlib.h>

// Of one node: the range in the sample that runs, in all samples, and the sums of its ends.
struct seen {
    struct range sample, all;
    double low, high;
};

struct range_observer {
    struct plan *plan;
    int n; // samples
    struct seen *nodes;
};

struct range_observer *range_observer_create(const struct graph *graph,
                                             const struct kernels *kernels) {
    struct range_observer *observer = calloc(1, sizeof *observer);
    struct plan *plan = plan_create(graph, 1, kernels);
    struct seen *nodes = plan ? calloc((size_t)plan_graph(plan)->n_nodes, sizeof *nodes) : NULL;
    if (!observer || !nodes) {
        if (!observer || plan) {
            log_no_memory("the ranges of a network");
        }
        free(observer);
        free(nodes);
        plan_destroy(plan);
        return NULL;
    }
    *observer = (struct range_observer){.plan = plan, .nodes = nodes};
    return observer;
}

void range_observer_destroy(struct range_observer *observer) {
    if (observer) {
        plan_destroy(observer->plan);
        free(observer->nodes);
        free(observer);
    }
}

static void see(void *arg, int node, int n, const real *values) {
    struct range *range = &((struct range_observer *)arg)->nodes[node].sample;
    for (int i = 0; i < n; i++) {
        float x = (float)values[i];
        range->low = x < range->low ? x : range->low;
        range->high = x > range->high ? x : range->high;
    }
}

void range_observer_add(struct range_observer *observer, const real *x) {
    plan_watch(observer->plan, x, see, observer);
    for (int i = 0; i < plan_graph(observer->plan)->n_nodes; i++) {
        struct seen *seen = &observer->nodes[i];
        seen->low += (double)seen->sample.low;
        seen->high += (double)seen->sample.high;
        seen->all.low = fminf(seen->all.low, seen->sample.low);
        seen->all.high = fmaxf(seen->all.high, seen->sample.high);
        seen->sample = (struct range){0};
    }
    observer->n++;
}

bool range_observer_ranges(const struct range_observer *observer, struct ranges *ranges) {
    if (!ranges_init(ranges, plan_graph(observer->plan)->n_nodes)) {
        return false;
    }
    for (int i = 0; i < ranges->n && observer->n > 0; i++) {
        const struct seen *s = &observer->nodes[i];
        ranges->of[i].low = (float)((s->low / observer->n + (double)s->all.low) / 2);
        ranges->of[i].high = (float)((s->high / observer->n + (double)s->all.high) / 2);
    }
    return true;
}
