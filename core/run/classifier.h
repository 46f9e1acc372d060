// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"
#include "core/run/model_info.h"

#include <stdbool.h>

// From face chips to probabilities: a model file, made ready to run.

struct classifier;
struct graph;
struct kernels;

// Loads and compiles an ONNX model for at most max_batch faces a call. NULL (logged, naming the
// path) when the file cannot be read, is damaged, or is not a face classifier. Owned by the caller.
// Not thread-safe: one per thread. A file with ranges (activation_ranges.h) runs in int8 where the
// processor has kernels for them (cpu_int8_kernels), any other in float.
struct classifier *classifier_create(const char *path, int max_batch);
void classifier_destroy(struct classifier *classifier); // NULL is legal

const struct model_info *classifier_info(const struct classifier *classifier);

// The threshold at which that share of faces without a smile is taken for one, as the model file
// knows it from held-out faces (calibration.h); NaN if it does not.
double classifier_threshold(const struct classifier *classifier, double false_alarms);

// n GREY8 chips of chip_size, 1 <= n <= max_batch -> probabilities:(n, n_labels), each row sums
// to 1. Allocates nothing; cannot fail.
void classifier_run(struct classifier *classifier, const struct image *chips, int n,
                    float *probabilities);

// What a network takes of a GREY8 chip: its middle size x size pixels, standardised.
// out:(size, size)
void classifier_input(const struct image *chip, int size, float *out);

// Probabilities of n chips by a graph that is no file yet, in float arithmetic; NaN for a chip
// without pixels (data NULL).  probabilities:(n, labels)  False (logged) without memory.
bool classifier_score(const struct graph *graph, const struct image *chips, int n,
                      const struct kernels *kernels, float *probabilities);

// Where the network looked: the class activation map (Zhou et al., Learning Deep Features for
// Discriminative Localization, 2016) of a label for chip i of the last classifier_run, into the
// caller's map:(map_height, map_width), rows from the top. It costs next to nothing. Input pixels
// are those of the middle input_size x input_size pixels of the chip.
//
// Above 0 a place speaks for the label, below 0 against it; unbounded, in units of log-odds. With
// two labels the mean of the map is log(p / (1 - p)), p being the label's probability, and the
// other label's map is its negative; with more, each is weighed against the mean of the others.
//
// Only networks that end in global average pooling and a dense layer or none, before softmax or a
// logistic unit, have such maps. False (logged, naming the model) for all others.
bool classifier_map(const struct classifier *classifier, int i, int label, float *map);
