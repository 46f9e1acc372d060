// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/augment.h"
#include "core/train/dataset.h"
#include "core/train/trainer.h"

// Trains an autoencoder (run/autoencoder.h) to make augmented chips again, whatever their labels.

// items: the n crops to train on (indices into the dataset, with a face found). Borrows everything
// but config, augmentation and items; training changes the graph's values, which are initialised
// unless keep_values. NULL (logged) without memory or when graph and dataset do not match.
struct trainer *picture_trainer_create(struct graph *graph, const struct dataset *dataset,
                                       const int *items, int n, const struct train_config *config,
                                       const struct augmentation *augmentation,
                                       const struct kernels *kernels, struct thread_pool *threads);
