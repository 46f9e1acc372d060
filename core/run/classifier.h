// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"
#include "core/run/model_info.h"

#include <stdbool.h>

// A model loaded and ready to run: from face chips to probabilities.

struct classifier;
struct graph;
struct kernels;

// Loads an ONNX model for at most max_batch faces per call. NULL (logged, naming the path) when the
// file cannot be read, is damaged, or is not a face classifier. Owned by the caller. Not
// thread-safe: use one per thread. A file with ranges (activation_ranges.h) runs in int8 where the
// processor has int8 kernels (cpu_int8_kernels), any other in float.
struct classifier *classifier_create(const char *path, int max_batch);
void classifier_destroy(struct classifier *classifier); // NULL is legal

const struct model_info *classifier_info(const struct classifier *classifier);

// The threshold with that rate of false alarms, measured on held-out faces and stored in the model
// file (calibration.h); NaN if it has none.
double classifier_threshold(const struct classifier *classifier, double false_alarms);

// n GREY8 chips of chip_size, 1 <= n <= max_batch -> probabilities:(n, n_labels), each row with the
// sum 1. Allocates nothing; cannot fail.
void classifier_run(struct classifier *classifier, const struct image *chips, int n,
                    float *probabilities);

// A network's input from a GREY8 chip: the middle size x size pixels, standardised.
// out:(size, size)
void classifier_input(const struct image *chip, int size, float *out);

// Runs a graph, such as one in training, on n chips in float; a chip without pixels (data NULL)
// gets NaN.  probabilities:(n, labels)  False (logged) without memory.
bool classifier_score(const struct graph *graph, const struct image *chips, int n,
                      const struct kernels *kernels, float *probabilities);

// The class activation map (class_map.h) of a label for chip i of the last classifier_run, written
// to the caller's map:(map_height, map_width), rows from the top; cheap. model_info says which
// input pixels its places correspond to: those of the middle input_size x input_size pixels of the
// chip.
//
// Values above 0 are evidence for the label, below 0 against it; unbounded, in log-odds. With two
// labels the mean of the map is log(p / (1 - p)), p being the label's probability, and the other
// label's map is its negative; with more, each is relative to the mean of the other labels.
//
// Only networks that end in global average pooling, an optional dense layer, and softmax or a
// logistic unit have maps. False (logged, naming the model) for all others.
bool classifier_map(const struct classifier *classifier, int i, int label, float *map);
