// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/train.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/base/min_max.h"
#include "core/network/layers/layer.h"
#include "core/train/optim.h"
#include "core/train/tape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WARM_UP_SHARE 0.05 // of all steps
#define MAGIC "SMCHECK3"

enum { N_SAVED = 3, N_BLOCKS = 5 };

struct trainer {
    struct graph *graph;
    const struct dataset *dataset;
    struct train_config config;
    const struct kernels *kernels;
    struct thread_pool *threads;
    struct tape *tape;
    int n, n_own, n_epoch, input_size, n_labels, epochs_done;
    int *items, *order; // the crops to learn from, auxiliary ones last; this epoch's order
    // One allocation of N_BLOCKS blocks laid out as graph->values, in this order; network has the
    // last one. Checkpoints hold graph->values and the first N_SAVED of them.
    real *weights, *m, *v, *mean, *initial;
    struct graph network;  // with the final weights
    real *targets;         // (batch, labels)
    float *scratch;        // (threads, input, input)
    int first;             // of the present batch, within order
    uint64_t first_values; // hash of the initial weights; 0: fresh ones
};

static bool any_own(const struct dataset *dataset, const int *items, int n) {
    bool any = false;
    for (int i = 0; i < n && !any; i++) {
        any = !dataset->crops[items[i]].auxiliary;
    }
    return any;
}

// The own items first.
static void take_items(struct trainer *t, const int *items, int n) {
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
    t->config.batch = min_int(t->config.batch, t->n_epoch);
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

static bool allocate(struct trainer *t) {
    size_t n = (size_t)t->n, n_values = t->graph->n_values;
    size_t pixels = (size_t)t->input_size * (size_t)t->input_size;
    t->items = malloc(2 * n * sizeof *t->items);
    t->weights = calloc(N_BLOCKS * n_values + 1, sizeof *t->weights);
    t->targets = calloc((size_t)t->config.batch * (size_t)t->n_labels, sizeof *t->targets);
    t->scratch = calloc((size_t)thread_pool_size(t->threads), pixels * sizeof *t->scratch);
    if (!t->items || !t->weights || !t->targets || !t->scratch) {
        log_no_memory("training");
        return false;
    }
    t->order = t->items + n;
    t->m = t->weights;
    t->v = t->m + n_values;
    t->mean = t->v + n_values;
    t->initial = t->mean + n_values;
    t->network = graph_with_values(t->graph, t->initial + n_values);
    return true;
}

static void set_initial_values(struct trainer *t) {
    size_t size = t->graph->n_values * sizeof *t->graph->values;
    if (t->config.keep_values) {
        t->first_values = fnv1a(FNV1A_BASIS, t->graph->values, size);
    } else {
        struct rng rng;
        rng_init(&rng, t->config.seed, 0);
        graph_init(t->graph, &rng);
    }
    memcpy(t->mean, t->graph->values, size);
    memcpy(t->initial, t->graph->values, size);
}

struct trainer *trainer_create(struct graph *graph, const struct dataset *dataset, const int *items,
                               int n, const struct train_config *config,
                               const struct kernels *kernels, struct thread_pool *threads) {
    if (!can_train(graph, dataset, items, n)) {
        return NULL;
    }
    struct trainer *t = malloc(sizeof *t);
    if (!t) {
        log_no_memory("training");
        return NULL;
    }
    *t = (struct trainer){.graph = graph,
                          .dataset = dataset,
                          .config = *config,
                          .kernels = kernels,
                          .threads = threads,
                          .n = n,
                          .input_size = graph_input_shape(graph).h,
                          .n_labels = graph_output_shape(graph).c};
    if (allocate(t)) {
        take_items(t, items, n);
        t->tape = tape_create(graph, t->config.batch, kernels, threads);
    }
    if (!t->tape) {
        trainer_destroy(t);
        return NULL;
    }
    set_initial_values(t);
    return t;
}

void trainer_destroy(struct trainer *t) {
    if (t) {
        tape_destroy(t->tape);
        free(t->items);
        free(t->weights);
        free(t->targets);
        free(t->scratch);
        free(t);
    }
}

int trainer_epochs_done(const struct trainer *t) {
    return t->epochs_done;
}

int trainer_steps_per_epoch(const struct trainer *t) {
    return t->n_epoch / t->config.batch;
}

const struct graph *trainer_network(struct trainer *t) {
    real share = t->config.keep_values ? (real)t->config.initial_share : 0;
    for (size_t i = 0; i < t->graph->n_values; i++) {
        t->network.values[i] = t->mean[i] + share * (t->initial[i] - t->mean[i]);
    }
    return &t->network;
}

// Random numbers of one crop in one epoch, the same whatever thread asks.
static struct rng crop_rng(const struct trainer *t, int item) {
    struct rng rng;
    rng_init(&rng, t->config.seed, ((uint64_t)t->epochs_done + 1) << 32 | (uint32_t)item);
    return rng;
}

static void prepare_sample(void *arg, int sample, int worker) {
    struct trainer *t = arg;
    int item = t->order[t->first + sample], size = t->input_size;
    struct image chip = dataset_chip(t->dataset, item);
    struct rng rng = crop_rng(t, item);
    augment(&chip, &t->config.augmentation, &rng, size,
            t->scratch + (size_t)worker * (size_t)(size * size),
            tape_input(t->tape) + (size_t)sample * (size_t)(size * size));
    real *target = t->targets + (size_t)sample * (size_t)t->n_labels;
    for (int i = 0; i < t->n_labels; i++) {
        target[i] = (real)(t->config.label_smoothing / t->n_labels);
    }
    target[t->dataset->crops[item].label] += (real)(1 - t->config.label_smoothing);
}

static void soft_bootstrap(struct trainer *t) {
    const real *p = tape_output(t->tape, 0);
    real share = (real)t->config.bootstrap;
    for (int i = 0; share > 0 && i < t->config.batch * t->n_labels; i++) {
        t->targets[i] += share * (p[i] - t->targets[i]);
    }
}

static double run_step(struct trainer *t, long long step, long long n_steps) {
    struct graph *graph = t->graph;
    thread_pool_run(t->threads, t->config.batch, prepare_sample, t);
    tape_forward(t->tape, t->config.batch, true, t->config.seed + (uint64_t)step * MAX_NODES);
    soft_bootstrap(t);
    double loss = tape_cross_entropy(t->tape, t->targets);
    tape_backward(t->tape, false);
    double rate = learning_rate_at(t->config.learning_rate, step,
                                   (long long)(WARM_UP_SHARE * (double)n_steps), n_steps);
    adamw_step(graph, tape_gradients(t->tape), t->m, t->v, step + 1, rate, t->config.weight_decay);
    // A young mean forgets faster, so that the random beginning does not linger in it.
    double decay = fmin(t->config.mean_decay, (double)(step + 1) / (double)(step + 10));
    for (size_t i = 0; i < graph->n_values; i++) {
        t->mean[i] += (real)(1 - decay) * (graph->values[i] - t->mean[i]);
    }
    return loss;
}

double trainer_run_epoch(struct trainer *t, bool (*on_step)(void *arg, int step, double loss),
                         void *arg) {
    struct rng rng;
    rng_init(&rng, t->config.seed, 1 + (uint64_t)t->epochs_done);
    memcpy(t->order, t->items, (size_t)t->n * sizeof *t->order);
    rng_shuffle(&rng, t->order + t->n_own, t->n - t->n_own);
    rng_shuffle(&rng, t->order, t->n_epoch);
    int steps = trainer_steps_per_epoch(t);
    double sum = 0;
    for (int i = 0; i < steps; i++) {
        t->first = i * t->config.batch;
        double loss =
            run_step(t, (long long)t->epochs_done * steps + i, (long long)t->config.epochs * steps);
        sum += loss;
        if (on_step && !on_step(arg, i + 1, loss)) {
            return NAN;
        }
    }
    t->epochs_done++;
    return sum / steps;
}

// What must agree between the run that wrote a checkpoint and the one that reads it.
struct checkpoint_header {
    char magic[8];
    uint64_t fingerprint;
    uint64_t n_values;
    int64_t epochs_done;
};

static uint64_t fingerprint(const struct trainer *t) {
    const struct train_config *c = &t->config;
    const struct augmentation *a = &c->augmentation;
    double numbers[] = {c->epochs,
                        c->batch,
                        c->learning_rate,
                        c->weight_decay,
                        c->label_smoothing,
                        c->bootstrap,
                        c->mean_decay,
                        (double)c->seed,
                        c->auxiliary_share,
                        a->shift,
                        a->scale,
                        a->angle,
                        a->gamma,
                        a->coarse,
                        a->blur,
                        a->noise,
                        a->occlusion,
                        a->mirror,
                        t->graph->n_nodes,
                        t->dataset->chip_size,
                        (double)t->dataset->chip_padding};
    uint64_t hash = fnv1a(FNV1A_BASIS, numbers, sizeof numbers);
    hash = fnv1a(hash, t->kernels->name, strlen(t->kernels->name)); // others round otherwise
    hash = fnv1a(hash, &t->first_values, sizeof t->first_values);
    for (int i = 0; i < t->graph->n_nodes; i++) {
        hash = layer_hash(hash, &t->graph->nodes[i]);
    }
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

bool trainer_save(const struct trainer *t, const char *path) {
    size_t block = t->graph->n_values * sizeof(real);
    struct checkpoint_header header = {.fingerprint = fingerprint(t),
                                       .n_values = t->graph->n_values,
                                       .epochs_done = t->epochs_done};
    memcpy(header.magic, MAGIC, sizeof header.magic);
    size_t len = sizeof header + (1 + N_SAVED) * block;
    char *bytes = malloc(len);
    if (!bytes) {
        return log_no_memory("writing the checkpoint %s", path);
    }
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + sizeof header, t->graph->values, block);
    memcpy(bytes + sizeof header + block, t->weights, N_SAVED * block);
    bool ok = file_write(path, bytes, len);
    free(bytes);
    return ok;
}

bool trainer_load(struct trainer *t, const char *path) {
    struct checkpoint_header header;
    size_t len, block = t->graph->n_values * sizeof(real);
    size_t wanted = sizeof header + (1 + N_SAVED) * block;
    char *bytes = file_read(path, wanted, &len);
    if (!bytes) {
        return false;
    }
    bool ok = len == wanted;
    if (ok) {
        memcpy(&header, bytes, sizeof header);
        ok = memcmp(header.magic, MAGIC, sizeof header.magic) == 0 &&
             header.fingerprint == fingerprint(t) && header.n_values == t->graph->n_values &&
             header.epochs_done >= 0 && header.epochs_done <= t->config.epochs;
    }
    if (ok) {
        memcpy(t->graph->values, bytes + sizeof header, block);
        memcpy(t->weights, bytes + sizeof header + block, N_SAVED * block);
        t->epochs_done = (int)header.epochs_done;
    } else {
        LOG(ERROR,
            "%s: damaged, or the checkpoint of a run with other settings, crops or architecture; "
            "delete it to start again",
            path);
    }
    free(bytes);
    return ok;
}
