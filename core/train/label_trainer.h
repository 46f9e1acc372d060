// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/augment.h"
#include "core/train/dataset.h"
#include "core/train/trainer.h"

// Trains a graph that ends in softmax to tell the labels of crops: cross-entropy with label
// smoothing on augmented chips.

struct label_config {
    struct train_config train;
    double label_smoothing;
    double bootstrap;       // soft bootstrap: share of each target taken from the network's own
                            // output, against wrong labels (Reed et al. 2015, eq. 6)
    double auxiliary_share; // faces of the other sources per epoch, drawn again for each, as a
                            // multiple of source 0's
    int per_source;         // or, if not 0, at most so many faces of each source per epoch
    bool source_bias;       // each source has its own idea of where a label begins: constants that
                            // are added to its logits in training, and left out of the network
    struct augmentation augmentation;
};

#define LABEL_CONFIG_DEFAULT                                                                       \
    ((struct label_config){.train = TRAIN_CONFIG_DEFAULT,                                          \
                           .label_smoothing = 0.05,                                                \
                           .augmentation = AUGMENTATION_DEFAULT})

// items: the n crops to train on (indices into the dataset, with a face found). Borrows everything
// but config and items; training changes the graph's values, which are initialised unless
// keep_values. An epoch is one pass over source 0's items and a draw of the others', or a draw of
// per_source from each. NULL (logged) without memory or when graph and dataset do not match.
struct trainer *label_trainer_create(struct graph *graph, const struct dataset *dataset,
                                     const int *items, int n, const struct label_config *config,
                                     const struct kernels *kernels, struct thread_pool *threads);
