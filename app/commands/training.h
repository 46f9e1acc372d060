// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/cli/options.h"
#include "app/reports/confusion.h"

#include "core/base/metadata.h"
#include "core/train/label_trainer.h"

// What train and cv share: their options, and one training run from initial weights to measured
// results.

struct training_options {
    struct label_config config;
    int epochs, batch, seed, threads; // as in the option table
    double augmentation;              // strength, 1: the default
    const char *architecture;
    const char *init;        // a model to start from, or NULL
    bool frames;             // of one video: similar ones are not copies
    bool smile;              // two labels: smile or not
    struct metadata sources; // where auxiliary faces and initial weights come from
};

#define TRAINING_OPTIONS_DEFAULT ((struct training_options){.config = LABEL_CONFIG_DEFAULT})

// Option rows for a struct training_options that starts with these values.
extern const struct option_group training_options;

// Reads the crops files: the first is source 0, the others follow. False (logged).
bool training_read(struct training_options *options, char *const *paths, int n,
                   struct dataset *dataset);

// The network for the crops; NULL (logged) on failure.
struct graph *training_graph(struct training_options *options, const struct dataset *dataset);

struct metrics;

// "0.9912", or "unknown" where it is not defined.
void training_format(double value, int decimals, char text[16]);

// Index of the label that is measured: smile or happy, else the last.
int training_label(const struct dataset *dataset);

// Measures a graph: metrics of training_label, and which label is called which, which is added to
// *confusion. scores, by crop of the dataset, may be NULL. False (logged) without memory.
bool training_measure(const struct graph *graph, const struct dataset *dataset, const int *items,
                      int n, float *scores, struct metrics *metrics, struct confusion *confusion);
