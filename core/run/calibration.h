// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/base/metadata.h"

// What the scores of held-out faces give: calibrated probabilities, and the threshold for a given
// rate of false alarms.

// p' = 1 / (1 + exp(-(slope log(p / (1 - p)) + shift))) (Platt 1999, on log-odds).
struct platt {
    double slope, shift;
};

// The maximum-likelihood slope and shift for scores:(n) of a smile, truth:(n) 1 for a smile. NaN
// scores are ignored. Slope 1 and shift 0 unless there are scores of both kinds.
struct platt platt_fit(const float *scores, const int *truth, int n);
double platt_apply(struct platt platt, double p); // NaN of NaN

// Applies it to the last dense layer of a network that ends in softmax with two outputs; smile is
// the index of the smile's output. False when the network ends differently.
bool platt_into_graph(struct platt platt, struct graph *graph, int smile);

// Writes thresholds of the smile's probability, each with the share of faces without a smile that
// reach it, to the metadata as "smilecam.false_alarms": "rate:threshold ..." with rising rates.
// False (logged) without memory.
#define FALSE_ALARM_POINTS 9
bool false_alarms_write(const float *scores, const int *truth, int n, struct metadata *metadata);

// The threshold for a rate, interpolated linearly in log-odds and logarithm of the rate. NaN when
// the metadata has none, or none near that rate.
double false_alarms_threshold(const struct metadata *metadata, double rate);
