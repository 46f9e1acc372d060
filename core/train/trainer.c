// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/trainer.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/network/layers/layer.h"
#include "core/train/optim.h"
#include "core/train/tape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WARM_UP_SHARE 0.05 // of all steps
#define MAGIC "SMCHECK4"

enum { N_SAVED = 3, N_BLOCKS = 5 };

struct trainer {
    struct graph *graph;
    struct training_task task;
    struct train_config config;
    const struct kernels *kernels;
    struct thread_pool *threads;
    struct tape *tape;
    int epochs_done;
    // One allocation of N_BLOCKS blocks laid out as graph->values, in this order; network has the
    // last one. Checkpoints hold graph->values and the first N_SAVED of them.
    real *weights, *m, *v, *mean, *initial;
    struct graph network;  // with the final weights
    int first;             // of the present batch, within the epoch
    uint64_t first_values; // hash of the initial weights; 0: fresh ones
};

static bool allocate(struct trainer *t) {
    size_t n_values = t->graph->n_values;
    t->weights = calloc(N_BLOCKS * n_values + 1, sizeof *t->weights);
    if (!t->weights) {
        return log_no_memory("training");
    }
    t->m = t->weights;
    t->v = t->m + n_values;
    t->mean = t->v + n_values;
    t->initial = t->mean + n_values;
    t->network = graph_with_values(t->graph, t->initial + n_values);
    t->tape = tape_create(t->graph, t->config.batch, t->kernels, t->threads);
    return t->tape;
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

struct trainer *trainer_create(struct graph *graph, const struct training_task *task,
                               const struct train_config *config, const struct kernels *kernels,
                               struct thread_pool *threads) {
    struct trainer *t = malloc(sizeof *t);
    if (!t) {
        log_no_memory("training");
        task->destroy(task->arg);
        return NULL;
    }
    *t = (struct trainer){
        .graph = graph, .task = *task, .config = *config, .kernels = kernels, .threads = threads};
    if (!allocate(t)) {
        trainer_destroy(t);
        return NULL;
    }
    set_initial_values(t);
    return t;
}

void trainer_destroy(struct trainer *t) {
    if (t) {
        tape_destroy(t->tape);
        t->task.destroy(t->task.arg);
        free(t->weights);
        free(t);
    }
}

int trainer_epochs_done(const struct trainer *t) {
    return t->epochs_done;
}

int trainer_steps_per_epoch(const struct trainer *t) {
    return t->task.steps;
}

const struct graph *trainer_network(struct trainer *t) {
    real share = t->config.keep_values ? (real)t->config.initial_share : 0;
    for (size_t i = 0; i < t->graph->n_values; i++) {
        t->network.values[i] = t->mean[i] + share * (t->initial[i] - t->mean[i]);
    }
    return &t->network;
}

static void prepare_sample(void *arg, int sample, int worker) {
    struct trainer *t = arg;
    size_t len = shape_len(graph_input_shape(t->graph));
    t->task.prepare(t->task.arg, t->epochs_done, t->first + sample, sample, worker,
                    tape_input(t->tape) + (size_t)sample * len);
}

static double run_step(struct trainer *t, long long step, long long n_steps) {
    struct graph *graph = t->graph;
    thread_pool_run(t->threads, t->config.batch, prepare_sample, t);
    tape_forward(t->tape, t->config.batch, true, t->config.seed + (uint64_t)step * MAX_NODES);
    double loss = t->task.loss(t->task.arg, t->tape);
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
    const struct training_task *task = &t->task;
    if (task->begin_epoch && !task->begin_epoch(task->arg, t->epochs_done, trainer_network(t))) {
        return NAN;
    }
    double sum = 0;
    for (int i = 0; i < task->steps; i++) {
        t->first = i * t->config.batch;
        double loss = run_step(t, (long long)t->epochs_done * task->steps + i,
                               (long long)t->config.epochs * task->steps);
        sum += loss;
        if (on_step && !on_step(arg, i + 1, loss)) {
            return NAN;
        }
    }
    t->epochs_done++;
    return sum / task->steps;
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
    double numbers[] = {c->epochs,     c->batch,        c->learning_rate, c->weight_decay,
                        c->mean_decay, (double)c->seed, t->task.steps,    t->graph->n_nodes};
    uint64_t hash = fnv1a(FNV1A_BASIS, numbers, sizeof numbers);
    hash = fnv1a(hash, t->kernels->name, strlen(t->kernels->name)); // others round otherwise
    hash = fnv1a(hash, &t->first_values, sizeof t->first_values);
    for (int i = 0; i < t->graph->n_nodes; i++) {
        hash = layer_hash(hash, &t->graph->nodes[i]);
    }
    return t->task.fingerprint(t->task.arg, hash);
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
