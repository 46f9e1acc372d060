// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/picture_trainer.h"

#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/base/min_max.h"
#include "core/run/autoencoder.h"

#include <stdlib.h>
#include <string.h>

struct pictures {
    const struct dataset *dataset;
    const struct graph *graph;
    struct train_config config;
    struct augmentation augmentation;
    int n, size;
    int *items, *order; // the crops to learn from; this epoch's order
    real *dy;           // (batch, size, size)
    float *scratch;     // (threads, size, size)
};

static bool pictures_begin_epoch(void *arg, int epoch, const struct graph *network) {
    (void)network;
    struct pictures *t = arg;
    struct rng rng;
    rng_init(&rng, t->config.seed, 1 + (uint64_t)epoch);
    memcpy(t->order, t->items, (size_t)t->n * sizeof *t->order);
    rng_shuffle(&rng, t->order, t->n);
    return true;
}

static void pictures_prepare(void *arg, int epoch, int index, int sample, int worker, real *x) {
    (void)sample;
    struct pictures *t = arg;
    struct image chip = dataset_chip(t->dataset, t->order[index]);
    struct rng rng;
    rng_init(&rng, t->config.seed, ((uint64_t)epoch + 1) << 32 | (uint32_t)t->order[index]);
    augment(&chip, &t->augmentation, &rng, t->size,
            t->scratch + (size_t)worker * (size_t)(t->size * t->size), x);
}

static double pictures_loss(void *arg, struct tape *tape) {
    struct pictures *t = arg;
    size_t n = (size_t)t->config.batch * (size_t)(t->size * t->size);
    double loss = autoencoder_loss(t->graph, tape_input(tape), tape_output(tape, 0), n, t->dy);
    tape_set_gradient(tape, t->dy);
    return loss;
}

static uint64_t pictures_fingerprint(const void *arg, uint64_t hash) {
    const struct pictures *t = arg;
    size_t len = (size_t)t->dataset->chip_size * (size_t)t->dataset->chip_size;
    hash = fnv1a(hash, &t->augmentation, offsetof(struct augmentation, mirror)); // no padding
    hash = fnv1a(hash, &t->augmentation.mirror, sizeof t->augmentation.mirror);
    for (int i = 0; i < t->n; i++) {
        hash = fnv1a(hash, dataset_chip(t->dataset, t->items[i]).data, len);
    }
    return hash;
}

static void pictures_destroy(void *arg) {
    struct pictures *t = arg;
    free(t->items);
    free(t->dy);
    free(t->scratch);
    free(t);
}

static bool can_train(const struct graph *graph, const struct dataset *dataset, int n) {
    if (!autoencoder_is(graph) || graph_input_shape(graph).h > dataset->chip_size) {
        LOG(ERROR,
            "the network does not make one grey picture of %dx%d or fewer pixels out of another; "
            "choose another architecture",
            dataset->chip_size, dataset->chip_size);
        return false;
    }
    if (n < 2) {
        LOG(ERROR, "there are no faces to learn from; prepare more pictures");
    }
    return n >= 2;
}

static bool allocate(struct pictures *t, const int *items, int n_threads) {
    size_t pixels = (size_t)t->size * (size_t)t->size;
    t->items = malloc(2 * (size_t)t->n * sizeof *t->items);
    t->dy = calloc((size_t)t->config.batch * pixels, sizeof *t->dy);
    t->scratch = calloc((size_t)n_threads, pixels * sizeof *t->scratch);
    if (!t->items || !t->dy || !t->scratch) {
        return log_no_memory("training");
    }
    memcpy(t->items, items, (size_t)t->n * sizeof *items);
    t->order = t->items + t->n;
    return true;
}

struct trainer *picture_trainer_create(struct graph *graph, const struct dataset *dataset,
                                       const int *items, int n, const struct train_config *config,
                                       const struct augmentation *augmentation,
                                       const struct kernels *kernels, struct thread_pool *threads) {
    if (!can_train(graph, dataset, n)) {
        return NULL;
    }
    struct pictures *t = malloc(sizeof *t);
    if (!t) {
        log_no_memory("training");
        return NULL;
    }
    *t = (struct pictures){.dataset = dataset,
                           .graph = graph,
                           .config = *config,
                           .augmentation = *augmentation,
                           .n = n,
                           .size = graph_input_shape(graph).h};
    t->config.batch = min_int(config->batch, n);
    if (!allocate(t, items, thread_pool_size(threads))) {
        pictures_destroy(t);
        return NULL;
    }
    struct training_task task = {.arg = t,
                                 .steps = n / t->config.batch,
                                 .begin_epoch = pictures_begin_epoch,
                                 .prepare = pictures_prepare,
                                 .loss = pictures_loss,
                                 .fingerprint = pictures_fingerprint,
                                 .destroy = pictures_destroy};
    return trainer_create(graph, &task, &t->config, kernels, threads);
}
