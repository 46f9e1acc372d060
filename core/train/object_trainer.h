// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/train/scene.h"
#include "core/train/trainer.h"

// Trains a graph whose outputs are maps of objects (run/objects.h) on random windows of pictures
// (scene.h), with the loss of objects_loss.h. Before each epoch the network as it is looks at
// pictures without the objects and at the rest of those with them; what it takes for one there
// makes up a part of the epoch.

struct object_config {
    struct train_config train;
    int samples; // per epoch
};

// Borrows everything but config; takes the set's hard places over. The graph's input is square.
// NULL (logged) without memory, or when the graph is no detector or the set has no objects.
struct trainer *object_trainer_create(struct graph *graph, struct scene_set *set,
                                      const struct object_config *config,
                                      const struct kernels *kernels, struct thread_pool *threads);

// Gives the outputs of a fresh detector their first biases: logits of about -4.6, so that the many
// places without an object do not drown the few with one (Lin et al., Focal loss, 2017, section
// 4.1), and boxes of two strides.
void object_trainer_init(struct graph *graph, uint64_t seed);
