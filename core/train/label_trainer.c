// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/label_trainer.h"

#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/base/min_max.h"

#include <stdlib.h>
#include <string.h>

struct labels {
    const struct dataset *dataset;
    struct label_config config;
    int n, n_own, n_epoch, input_size;
    int *items, *order; // the crops to learn from, auxiliary ones last; this epoch's order
    real *targets;      // (batch, labels)
    float *scratch;     // (threads, input, input)
};

static bool any_own(const struct dataset *dataset, const int *items, int n) {
    bool any = false;
    for (int i = 0; i < n && !any; i++) {
        any = !dataset->crops[items[i]].auxiliary;
    }
    return any;
}

// The own items first.
static void take_items(struct labels *t, const int *items, int n) {
    int at = 0;
    for (int auxiliary = 0; auxiliary < 2; auxiliary++) {
        for (int i = 0; i < n; i++) {
            if (t->dataset->crops[items[i]].auxiliary == auxiliary) {
                t->items[at++] = items[i];
            }
        }
        t->n_own = auxiliary ? t->n_own : at;
    }
    double drawn = t->config.auxiliary_share * t->n_own;
    t->n_epoch = t->n_own + (drawn < n - t->n_own ? (int)drawn : n - t->n_own);
    t->config.train.batch = min_int(t->config.train.batch, t->n_epoch);
}

static bool can_train(const struct graph *graph, const struct dataset *dataset, const int *items,
                      int n) {
    struct shape in = graph_input_shape(graph), out = graph_output_shape(graph);
    if (in.c != 1 || in.h != in.w || in.h > dataset->chip_size || out.c != dataset->n_labels ||
        out.h != 1 || out.w != 1 || graph->n_outputs > 1 ||
        graph->nodes[graph_output(graph)].op != OP_SOFTMAX) {
        LOG(ERROR,
            "the network takes %dx%dx%d and gives %d values, but the crops are 1x%dx%d or smaller "
            "with %d labels, and it must end in softmax; choose another architecture",
            in.c, in.h, in.w, out.c, dataset->chip_size, dataset->chip_size, dataset->n_labels);
        return false;
    }
    if (n < 2 || !any_own(dataset, items, n)) {
        LOG(ERROR, "there are no faces to learn from; prepare more pictures");
        return false;
    }
    return true;
}

// Random numbers of one crop in one epoch, the same whatever thread asks.
static struct rng crop_rng(const struct labels *t, int epoch, int item) {
    struct rng rng;
    rng_init(&rng, t->config.train.seed, ((uint64_t)epoch + 1) << 32 | (uint32_t)item);
    return rng;
}

static bool labels_begin_epoch(void *arg, int epoch, const struct graph *network) {
    (void)network;
    struct labels *t = arg;
    struct rng rng;
    rng_init(&rng, t->config.train.seed, 1 + (uint64_t)epoch);
    memcpy(t->order, t->items, (size_t)t->n * sizeof *t->order);
    rng_shuffle(&rng, t->order + t->n_own, t->n - t->n_own);
    rng_shuffle(&rng, t->order, t->n_epoch);
    return true;
}

static void labels_prepare(void *arg, int epoch, int index, int sample, int worker, real *x) {
    struct labels *t = arg;
    int item = t->order[index], size = t->input_size, n_labels = t->dataset->n_labels;
    struct image chip = dataset_chip(t->dataset, item);
    struct rng rng = crop_rng(t, epoch, item);
    augment(&chip, &t->config.augmentation, &rng, size,
            t->scratch + (size_t)worker * (size_t)(size * size), x);
    real *target = t->targets + (size_t)sample * (size_t)n_labels;
    for (int i = 0; i < n_labels; i++) {
        target[i] = (real)(t->config.label_smoothing / n_labels);
    }
    target[t->dataset->crops[item].label] += (real)(1 - t->config.label_smoothing);
}

// The cross-entropy, with the soft bootstrap.
static double labels_loss(void *arg, struct tape *tape) {
    struct labels *t = arg;
    const real *p = tape_output(tape, 0);
    real share = (real)t->config.bootstrap;
    for (int i = 0; share > 0 && i < t->config.train.batch * t->dataset->n_labels; i++) {
        t->targets[i] += share * (p[i] - t->targets[i]);
    }
    return tape_cross_entropy(tape, t->targets);
}

static uint64_t labels_fingerprint(const void *arg, uint64_t hash) {
    const struct labels *t = arg;
    const struct augmentation *a = &t->config.augmentation;
    double numbers[] = {t->config.label_smoothing,
                        t->config.bootstrap,
                        t->config.auxiliary_share,
                        a->shift,
                        a->scale,
                        a->angle,
                        a->gamma,
                        a->coarse,
                        a->blur,
                        a->noise,
                        a->occlusion,
                        a->mirror,
                        t->dataset->chip_size,
                        (double)t->dataset->chip_padding};
    hash = fnv1a(hash, numbers, sizeof numbers);
    for (int i = 0; i < t->n; i++) {
        const struct crop *crop = &t->dataset->crops[t->items[i]];
        hash = fnv1a(hash, crop->name, strlen(crop->name));
        hash = fnv1a(hash, &crop->label, sizeof crop->label);
        hash = fnv1a(hash, &crop->auxiliary, sizeof crop->auxiliary);
        hash = fnv1a(hash, dataset_chip(t->dataset, t->items[i]).data,
                     (size_t)t->dataset->chip_size * (size_t)t->dataset->chip_size);
    }
    return hash;
}

static void labels_destroy(void *arg) {
    struct labels *t = arg;
    free(t->items);
    free(t->targets);
    free(t->scratch);
    free(t);
}

static bool allocate(struct labels *t, int n_threads) {
    size_t pixels = (size_t)t->input_size * (size_t)t->input_size;
    t->items = malloc(2 * (size_t)t->n * sizeof *t->items);
    t->targets =
        calloc((size_t)t->config.train.batch * (size_t)t->dataset->n_labels, sizeof *t->targets);
    t->scratch = calloc((size_t)n_threads, pixels * sizeof *t->scratch);
    return (t->items && t->targets && t->scratch) || log_no_memory("training");
}

struct trainer *label_trainer_create(struct graph *graph, const struct dataset *dataset,
                                     const int *items, int n, const struct label_config *config,
                                     const struct kernels *kernels, struct thread_pool *threads) {
    if (!can_train(graph, dataset, items, n)) {
        return NULL;
    }
    struct labels *t = malloc(sizeof *t);
    if (!t) {
        log_no_memory("training");
        return NULL;
    }
    *t = (struct labels){
        .dataset = dataset, .config = *config, .n = n, .input_size = graph_input_shape(graph).h};
    if (!allocate(t, thread_pool_size(threads))) {
        labels_destroy(t);
        return NULL;
    }
    t->order = t->items + n;
    take_items(t, items, n);
    struct training_task task = {.arg = t,
                                 .steps = t->n_epoch / t->config.train.batch,
                                 .begin_epoch = labels_begin_epoch,
                                 .prepare = labels_prepare,
                                 .loss = labels_loss,
                                 .fingerprint = labels_fingerprint,
                                 .destroy = labels_destroy};
    return trainer_create(graph, &task, &t->config.train, kernels, threads);
}
