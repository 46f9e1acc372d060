// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/thread_pool.h"
#include "core/kernels/kernels.h"
#include "core/network/graph.h"
#include "core/train/tape.h"

#include <stdint.h>

// The training loop, whatever is learnt: AdamW with warm-up and cosine decay, and a running mean of
// the weights, which is measured and shipped. Repeatable bit for bit for a seed and an instruction
// set, with any number of threads and after interruptions. label_trainer.h and object_trainer.h say
// what is learnt.

struct train_config {
    int epochs, batch;
    double learning_rate, weight_decay;
    double mean_decay;    // of the running mean of the weights, per step
    double initial_share; // with keep_values: share of the initial weights in the result, which
                          // combines what both networks know (Wortsman et al., Robust fine-tuning
                          // of zero-shot models, 2022, eq. 1)
    bool keep_values;     // start from the graph's values instead of fresh ones
    uint64_t seed;
};

#define TRAIN_CONFIG_DEFAULT                                                                       \
    {                                                                                              \
        .epochs = 30, .batch = 64, .learning_rate = 2e-3, .weight_decay = 0.01,                    \
        .mean_decay = 0.995, .seed = 1                                                             \
    }

// What is learnt, and from what. All calls get arg.
struct training_task {
    void *arg;
    int steps; // of an epoch, of config->batch samples each
    // Before each epoch, from 0. network: the graph with the running mean of its weights. Draws
    // the epoch's samples from epoch and config->seed alone. False (logged) on failure. NULL: none
    bool (*begin_epoch)(void *arg, int epoch, const struct graph *network);
    // Writes sample number index of the epoch to x, the network's input; sample: its place in the
    // batch. In any order, on threads number 0 <= worker < thread_pool_size.
    void (*prepare)(void *arg, int epoch, int index, int sample, int worker, real *x);
    // After a forward pass on the batch: sets the tape's gradient, returns the loss.
    double (*loss)(void *arg, struct tape *tape);
    // Adds what the weights depend on besides graph and config to a hash.
    uint64_t (*fingerprint)(const void *arg, uint64_t hash);
    void (*destroy)(void *arg); // of arg
};

struct trainer;

// Takes over the task, which is destroyed on failure too; borrows the rest but config. Training
// changes the graph's values, which are initialised unless keep_values. NULL (logged) without
// memory.
struct trainer *trainer_create(struct graph *graph, const struct training_task *task,
                               const struct train_config *config, const struct kernels *kernels,
                               struct thread_pool *threads);
void trainer_destroy(struct trainer *trainer); // NULL is legal

int trainer_epochs_done(const struct trainer *trainer);
int trainer_steps_per_epoch(const struct trainer *trainer);

// One epoch. Returns the mean loss. on_step (may be NULL) is called after each step; if it returns
// false, the epoch is abandoned and the result is NaN: resume from the last checkpoint.
double trainer_run_epoch(struct trainer *trainer, bool (*on_step)(void *arg, int step, double loss),
                         void *arg);

// The trained network: the graph with the running mean of the weights, mixed with the initial ones
// by initial_share. Owned by the trainer; valid until the next epoch.
const struct graph *trainer_network(struct trainer *trainer);

// Writes a checkpoint, atomically. False (logged) on failure.
bool trainer_save(const struct trainer *trainer, const char *path);

// Resumes from a checkpoint. False (logged) when it is damaged or from a different run.
bool trainer_load(struct trainer *trainer, const char *path);
