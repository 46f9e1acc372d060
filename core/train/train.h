// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/augment.h"
#include "core/train/dataset.h"
#include "core/network/graph.h"
#include "core/kernels/kernels.h"
#include "core/base/thread_pool.h"

#include <stdint.h>

// Trains a graph on a part of a dataset by AdamW with a warm-up and a cosine, cross-entropy with
// smoothed labels, and a running mean of the weights, which is what is measured and shipped. Bit
// for bit repeatable for a seed and an instruction set, whatever the number of threads, and through
// interruptions.

struct train_config {
    int epochs, batch;
    double learning_rate, weight_decay, label_smoothing;
    double bootstrap;  // share of each target that is what the network thinks itself, against wrong
                       // labels (Reed et al. 2015, eq. 6)
    double mean_decay; // of the running mean of the weights, per step
    double auxiliary_share; // faces of other sets in an epoch, drawn anew each time, as a multiple
                            // of its own ones
    double initial_share;   // of what it began from in what it ends with, when values are kept: of
                          // two networks the knowledge of both (Wortsman et al., Robust fine-tuning
                          // of zero-shot models, 2022, eq. 1)
    bool keep_values; // go on from the graph's values instead of fresh ones
    uint64_t seed;
    struct augmentation augmentation;
};

#define TRAIN_CONFIG_DEFAULT                                                                       \
    ((struct train_config){.epochs = 30,                                                           \
                           .batch = 64,                                                            \
                           .learning_rate = 2e-3,                                                  \
                           .weight_decay = 0.01,                                                   \
                           .label_smoothing = 0.05,                                                \
                           .mean_decay = 0.995,                                                    \
                           .seed = 1,                                                              \
                           .augmentation = AUGMENTATION_DEFAULT})

struct trainer;

// items: the n crops to learn from (indices into the dataset, faces found). All are borrowed; the
// graph gets fresh weights, unless keep_values, and is changed by training. NULL (logged) without
// memory or when graph and dataset do not fit together.
struct trainer *trainer_create(struct graph *graph, const struct dataset *dataset, const int *items,
                               int n, const struct train_config *config,
                               const struct kernels *kernels, struct thread_pool *threads);
void trainer_destroy(struct trainer *trainer); // NULL is legal

int trainer_epochs_done(const struct trainer *trainer);
int trainer_steps_per_epoch(const struct trainer *trainer);

// One pass over the own items and a draw of auxiliary ones. Returns the mean loss. on_step (may be
// NULL) is called after each step; when it returns false the epoch is abandoned and the result is
// NaN: resume from the last checkpoint.
double trainer_run_epoch(struct trainer *trainer, bool (*on_step)(void *arg, int step, double loss),
                         void *arg);

// The network to use in the end: its weights are the running mean, mixed with the initial ones.
// Owned by the trainer and valid until the next epoch; it shares its nodes with the graph.
const struct graph *trainer_network(struct trainer *trainer);

// Writes everything that is needed to go on, whole or not at all. False (logged) on failure.
bool trainer_save(const struct trainer *trainer, const char *path);
// Goes on where a checkpoint left off. False (logged) when it is damaged or from another run.
bool trainer_load(struct trainer *trainer, const char *path);
