// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/label_trainer.h"

#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/base/min_max.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BIAS_FACES 600 // of a source, to choose its bias
#define BIAS_ROUNDS 20
#define MAX_BIAS 3.0

struct labels {
    const struct dataset *dataset;
    struct label_config config;
    const struct kernels *kernels;
    int n, n_epoch, input_size;
    int *items, *order; // the crops to learn from, by source; this epoch's order
    int n_sources, first[DATASET_MAX_SOURCES + 1]; // in items, of each source; the end
    real bias[DATASET_MAX_SOURCES][MODEL_MAX_LABELS];
    real *targets, *predicted; // (batch, labels)
    int *drawn;                // (batch) sources
    float *scratch;            // (threads, input, input)
};

static void take_items(struct labels *t, const int *items, int n) {
    int at = 0;
    for (int source = 0; source < DATASET_MAX_SOURCES; source++) {
        t->first[source] = at;
        for (int i = 0; i < n; i++) {
            if (t->dataset->crops[items[i]].source == source) {
                t->items[at++] = items[i];
            }
        }
        t->n_sources = at > t->first[source] ? source + 1 : t->n_sources;
    }
    t->first[t->n_sources] = n;
}

// Faces of a source in an epoch.
static int n_drawn(const struct labels *t, int source) {
    int n = t->first[source + 1] - t->first[source];
    return t->config.per_source > 0 ? min_int(n, t->config.per_source) : n;
}

static int n_of_epoch(const struct labels *t) {
    int n = 0, own = n_drawn(t, 0);
    for (int source = 0; source < t->n_sources; source++) {
        n += n_drawn(t, source);
    }
    return t->config.per_source > 0 ? n : own + (int)fmin(t->config.auxiliary_share * own, n - own);
}

static bool can_train(const struct graph *graph, const struct dataset *dataset) {
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
    return true;
}

// Random numbers of one crop in one epoch, the same whatever thread asks.
static struct rng crop_rng(const struct labels *t, int epoch, int item) {
    struct rng rng;
    rng_init(&rng, t->config.train.seed, ((uint64_t)epoch + 1) << 32 | (uint32_t)item);
    return rng;
}

// ---- what each source calls a label ----

// p of a softmax whose logits get a bias.
static void shift(const real *p, const real *bias, int n, real *shifted) {
    real sum = 0;
    for (int k = 0; k < n; k++) {
        shifted[k] = p[k] * (real)exp((double)bias[k]);
        sum += shifted[k];
    }
    for (int k = 0; k < n; k++) {
        shifted[k] /= sum;
    }
}

// The constants with which the mean of the n outputs p is the mean of the labels: those of the
// greatest likelihood.
static void fit_bias(const struct labels *t, const float *p, const int *items, int n, real *bias) {
    int n_labels = t->dataset->n_labels;
    double wanted[MODEL_MAX_LABELS] = {0};
    for (int i = 0; i < n; i++) {
        wanted[t->dataset->crops[items[i]].label] += 1.0 / n;
    }
    for (int round = 0; round < BIAS_ROUNDS; round++) {
        double mean[MODEL_MAX_LABELS] = {0};
        for (int i = 0; i < n; i++) {
            real said[MODEL_MAX_LABELS], shifted[MODEL_MAX_LABELS];
            for (int k = 0; k < n_labels; k++) {
                said[k] = (real)p[i * n_labels + k];
            }
            shift(said, bias, n_labels, shifted);
            for (int k = 0; k < n_labels; k++) {
                mean[k] += (double)shifted[k] / n;
            }
        }
        for (int k = 0; k < n_labels; k++) {
            double by = log((wanted[k] + 1e-4) / (mean[k] + 1e-4));
            bias[k] = (real)fmin(fmax((double)bias[k] + by, -MAX_BIAS), MAX_BIAS);
        }
    }
}

// So that the network without them stands in the middle of its sources.
static void centre_bias(struct labels *t) {
    for (int k = 0; k < t->dataset->n_labels; k++) {
        real sum = 0;
        for (int source = 0; source < t->n_sources; source++) {
            sum += t->bias[source][k];
        }
        for (int source = 0; source < t->n_sources; source++) {
            t->bias[source][k] -= sum / (real)t->n_sources;
        }
    }
}

// From what the network says of some of each source's faces.
static bool choose_biases(struct labels *t, const struct graph *network) {
    struct image chips[BIAS_FACES];
    float *p = malloc(BIAS_FACES * MODEL_MAX_LABELS * sizeof *p);
    bool ok = p || log_no_memory("training");
    memset(t->bias, 0, sizeof t->bias);
    for (int source = 0; ok && source < t->n_sources; source++) {
        const int *items = t->order + t->first[source];
        int n = min_int(t->first[source + 1] - t->first[source], BIAS_FACES);
        for (int i = 0; i < n; i++) {
            chips[i] = dataset_chip(t->dataset, items[i]);
        }
        ok = classifier_score(network, chips, n, t->kernels, p);
        if (ok && n > 0) {
            fit_bias(t, p, items, n, t->bias[source]);
        }
    }
    centre_bias(t);
    free(p);
    return ok;
}

// ---- an epoch ----

// The sources' draws, one after the other, in a random order.
static void draw(struct labels *t, struct rng *rng) {
    int n = 0;
    for (int source = 0; source < t->n_sources; source++) {
        int drawn = n_drawn(t, source);
        memmove(t->order + n, t->order + t->first[source], (size_t)drawn * sizeof *t->order);
        n += drawn;
    }
    int own = n_drawn(t, 0);
    rng_shuffle(rng, t->order + own, n - own);
}

static bool labels_begin_epoch(void *arg, int epoch, const struct graph *network) {
    struct labels *t = arg;
    struct rng rng;
    rng_init(&rng, t->config.train.seed, 1 + (uint64_t)epoch);
    memcpy(t->order, t->items, (size_t)t->n * sizeof *t->order);
    for (int source = 0; source < t->n_sources; source++) {
        rng_shuffle(&rng, t->order + t->first[source], t->first[source + 1] - t->first[source]);
    }
    if (t->config.source_bias && epoch > 0 && !choose_biases(t, network)) {
        return false;
    }
    draw(t, &rng);
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
    t->drawn[sample] = t->dataset->crops[item].source;
    target[t->dataset->crops[item].label] += (real)(1 - t->config.label_smoothing);
}

// The cross-entropy of what the network would say with each source's bias, with the soft bootstrap.
static double labels_loss(void *arg, struct tape *tape) {
    struct labels *t = arg;
    const real *p = tape_output(tape, 0);
    int n_labels = t->dataset->n_labels;
    real share = (real)t->config.bootstrap;
    for (int i = 0; i < t->config.train.batch; i++) {
        shift(p + i * n_labels, t->bias[t->drawn[i]], n_labels, t->predicted + i * n_labels);
    }
    for (int i = 0; share > 0 && i < t->config.train.batch * n_labels; i++) {
        t->targets[i] += share * (t->predicted[i] - t->targets[i]);
    }
    return tape_cross_entropy(tape, t->predicted, t->targets);
}

static uint64_t labels_fingerprint(const void *arg, uint64_t hash) {
    const struct labels *t = arg;
    const struct augmentation *a = &t->config.augmentation;
    double numbers[] = {t->config.label_smoothing,
                        t->config.bootstrap,
                        t->config.auxiliary_share,
                        t->config.per_source,
                        t->config.source_bias,
                        a->shift,
                        a->scale,
                        a->angle,
                        a->coarse,
                        a->faults,
                        a->occlusion,
                        a->mirror,
                        t->dataset->chip_size,
                        (double)t->dataset->chip_padding};
    hash = fnv1a(hash, numbers, sizeof numbers);
    for (int i = 0; i < t->n; i++) {
        const struct crop *crop = &t->dataset->crops[t->items[i]];
        hash = fnv1a(hash, crop->name, strlen(crop->name));
        hash = fnv1a(hash, &crop->label, sizeof crop->label);
        hash = fnv1a(hash, &crop->source, sizeof crop->source);
        hash = fnv1a(hash, dataset_chip(t->dataset, t->items[i]).data,
                     (size_t)t->dataset->chip_size * (size_t)t->dataset->chip_size);
    }
    return hash;
}

static void labels_destroy(void *arg) {
    struct labels *t = arg;
    free(t->items);
    free(t->targets);
    free(t->predicted);
    free(t->drawn);
    free(t->scratch);
    free(t);
}

static bool allocate(struct labels *t, int n_threads) {
    size_t pixels = (size_t)t->input_size * (size_t)t->input_size;
    size_t batch = (size_t)t->config.train.batch, values = batch * (size_t)t->dataset->n_labels;
    t->items = malloc(2 * (size_t)(t->n + 1) * sizeof *t->items);
    t->targets = calloc(values, sizeof *t->targets);
    t->predicted = calloc(values, sizeof *t->predicted);
    t->drawn = calloc(batch, sizeof *t->drawn);
    t->scratch = calloc((size_t)n_threads, pixels * sizeof *t->scratch);
    return (t->items && t->targets && t->predicted && t->drawn && t->scratch) ||
           log_no_memory("training");
}

// Takes the items over; false (logged) when they are too few.
static bool begin(struct labels *t, const int *items) {
    t->order = t->items + t->n;
    take_items(t, items, t->n);
    t->n_epoch = n_of_epoch(t);
    if (t->n_epoch < 2) {
        LOG(ERROR, "there are no faces to learn from; prepare more pictures");
        return false;
    }
    t->config.train.batch = min_int(t->config.train.batch, t->n_epoch);
    return true;
}

struct trainer *label_trainer_create(struct graph *graph, const struct dataset *dataset,
                                     const int *items, int n, const struct label_config *config,
                                     const struct kernels *kernels, struct thread_pool *threads) {
    if (!can_train(graph, dataset)) {
        return NULL;
    }
    struct labels *t = malloc(sizeof *t);
    if (!t) {
        log_no_memory("training");
        return NULL;
    }
    *t = (struct labels){.dataset = dataset,
                         .config = *config,
                         .kernels = kernels,
                         .n = n,
                         .input_size = graph_input_shape(graph).h};
    if (!allocate(t, thread_pool_size(threads)) || !begin(t, items)) {
        labels_destroy(t);
        return NULL;
    }
    struct training_task task = {.arg = t,
                                 .steps = t->n_epoch / t->config.train.batch,
                                 .begin_epoch = labels_begin_epoch,
                                 .prepare = labels_prepare,
                                 .loss = labels_loss,
                                 .fingerprint = labels_fingerprint,
                                 .destroy = labels_destroy};
    return trainer_create(graph, &task, &t->config.train, kernels, threads);
}
