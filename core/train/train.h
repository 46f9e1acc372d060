// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/augment.h"
#include "core/train/dataset.h"
#include "core/network/graph.h"
#include "core/kernels/kernels.h"
#include "core/base/thread_pool.h"

#include <stdint.h>

// Trains a graph on a part of a dataset: AdamW with warm-up and cosine decay, cross-entropy with
// label smoothing, and a running mean of the weights, which is measured and shipped. Repeatable bit
// for bit for a seed and an instruction set, with any number of threads and after interruptions.

struct train_config {
    int epochs, batch;
    double learning_rate, weight_decay, label_smoothing;
    double bootstrap;  // soft bootstrap: share of each target taken from the network's own output,
                       // against wrong labels (Reed et al. 2015, eq. 6)
    double mean_decay; // of the running mean of the weights, per step
    double auxiliary_share; // auxiliary faces per epoch, drawn again for each, as a multiple of the
                            // dataset's own
    double initial_share;   // with keep_values: share of the initial weights in the result, which
                            // combines what both networks know (Wortsman et al., Robust fine-tuning
                            // of zero-shot models, 2022, eq. 1)
    bool keep_values;       // start from the graph's values instead of fresh ones
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

// items: the n crops to train on (indices into the dataset, with a face found). Borrows everything
// but config and items; training changes the graph's values, which are initialised unless
// keep_values. NULL (logged) without memory or when graph and dataset do not match.
struct trainer *trainer_create(struct graph *graph, const struct dataset *dataset, const int *items,
                               int n, const struct train_config *config,
                               const struct kernels *kernels, struct thread_pool *threads);
void trainer_destroy(struct trainer *trainer); // NULL is legal

int trainer_epochs_done(const struct trainer *trainer);
int trainer_steps_per_epoch(const struct trainer *trainer);

// One pass over the own items and a draw of auxiliary ones. Returns the mean loss. on_step (may be
// NULL) is called after each step; if it returns false, the epoch is abandoned and the result is
// NaN: resume from the last checkpoint.
double trainer_run_epoch(struct trainer *trainer, bool (*on_step)(void *arg, int step, double loss),
                         void *arg);

// The trained network: the graph with the running mean of the weights, mixed with the initial ones
// by initial_share. Owned by the trainer; valid until the next epoch.
const struct graph *trainer_network(struct trainer *trainer);

// Writes a checkpoint, atomically. False (logged) on failure.
bool trainer_save(const struct trainer *trainer, const char *path);

// Resumes from a checkpoint. False (logged) when it is damaged or from a different run.
bool trainer_load(struct trainer *trainer, const char *path);
