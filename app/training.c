// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "training.h"

#include "model_path.h"

#include "../core/arch.h"
#include "../core/cpu.h"
#include "../core/log.h"
#include "../core/metrics.h"
#include "../core/model_info.h"
#include "../core/onnx.h"

#include <stdlib.h>
#include <string.h>

void training_specs(struct training_options *o, struct option_spec specs[N_TRAINING_SPECS]) {
    o->config = TRAIN_CONFIG_DEFAULT;
    const struct option_spec list[N_TRAINING_SPECS] = {
        {.name = "arch",
         .kind = OPTION_TEXT,
         .target = &o->architecture,
         .argument = "FILE.net",
         .help = "the network's architecture; default: smilecam's own"},
        {.name = "epochs",
         .kind = OPTION_INT,
         .target = &o->epochs,
         .argument = "N",
         .help = "passes over the pictures",
         .fallback = "30",
         .minimum = 1,
         .maximum = 100000},
        {.name = "batch",
         .kind = OPTION_INT,
         .target = &o->batch,
         .argument = "N",
         .help = "pictures a step",
         .fallback = "64",
         .minimum = 1,
         .maximum = 4096},
        {.name = "learning-rate",
         .kind = OPTION_REAL,
         .target = &o->config.learning_rate,
         .argument = "X",
         .help = "peak of the schedule",
         .fallback = "0.002",
         .minimum = 1e-9,
         .maximum = 10},
        {.name = "seed",
         .kind = OPTION_INT,
         .target = &o->seed,
         .argument = "N",
         .help = "equal seeds give equal weights",
         .fallback = "1",
         .minimum = 0,
         .maximum = 2147483647},
        {.name = "threads",
         .kind = OPTION_INT,
         .target = &o->threads,
         .argument = "N",
         .help = "threads to use; 0 = one per processor",
         .fallback = "0",
         .maximum = 64},
    };
    memcpy(specs, list, sizeof list);
}

struct graph *training_graph(struct training_options *o, const struct dataset *dataset) {
    o->config.epochs = o->epochs;
    o->config.batch = o->batch;
    o->config.seed = (uint64_t)o->seed;
    const char *path = model_path_architecture(o->architecture);
    struct graph *graph = arch_read(path);
    if (!graph) {
        return NULL;
    }
    // What could not be written or used in the end is refused before hours of training.
    bool ok =
        model_complete(graph) && model_shape_check(path, graph) && onnx_can_write(graph, path);
    if (ok && graph_output_shape(graph).c != dataset->n_labels) {
        LOG(ERROR, "%s: the network has %d outputs, but the crops have %d labels", path,
            graph_output_shape(graph).c, dataset->n_labels);
        ok = false;
    }
    if (!ok) {
        graph_destroy(graph);
        return NULL;
    }
    return graph;
}

int training_items(const struct dataset *dataset, double from, double to, bool inside,
                   bool with_missing, uint64_t split_seed, int *items) {
    int n = 0;
    for (int i = 0; i < dataset->n; i++) {
        double share = dataset_split(&dataset->crops[i], split_seed);
        if ((share >= from && share < to) == inside && (with_missing || dataset->crops[i].found)) {
            items[n++] = i;
        }
    }
    return n;
}

int training_label(const struct dataset *dataset) {
    int label = model_smile_label(dataset->n_labels, dataset->labels);
    return label >= 0 ? label : dataset->n_labels - 1;
}

static void swap_values(real *a, real *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        real value = a[i];
        a[i] = b[i];
        b[i] = value;
    }
}

bool training_measure(struct graph *graph, const real *weights, const struct dataset *dataset,
                      const int *items, int n, float *scores, struct metrics *metrics) {
    int label = training_label(dataset);
    float *own = scores ? NULL : malloc((size_t)n * sizeof *own);
    int *truth = malloc((size_t)n * sizeof *truth);
    real *other = malloc(graph->n_values * sizeof *other);
    float *to = scores ? scores : own;
    bool ok = to && truth && other;
    if (ok) {
        memcpy(other, weights, graph->n_values * sizeof *other);
        swap_values(graph->values, other, graph->n_values);
        ok = score_crops(graph, dataset, items, n, label, cpu_kernels(), to);
        swap_values(graph->values, other, graph->n_values);
    }
    for (int i = 0; ok && i < n; i++) {
        truth[i] = dataset->crops[items[i]].label == label;
    }
    if (ok) {
        *metrics = metrics_of(to, truth, n, 0.5f);
    } else {
        LOG(ERROR, "no memory to measure %d pictures", n);
    }
    free(own);
    free(truth);
    free(other);
    return ok;
}
