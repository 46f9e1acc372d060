// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/base/metadata.h"

// From scores of held-out faces: probabilities that mean what they say, and the threshold for a
// wanted rate of false alarms.

// p' = 1 / (1 + exp(-(slope log(p / (1 - p)) + shift))) (Platt 1999, on log-odds).
struct platt {
    double slope, shift;
};

// The top1 slope and shift for scores:(n) of a smile, truth:(n) 1 for a smile; scores that are
// NaN are left out. Without both kinds among them: slope 1, shift 0.
struct platt platt_fit(const float *scores, const int *truth, int n);
double platt_apply(struct platt platt, double p); // NaN of NaN

// Builds it into the last dense layer of a network of two outputs that ends in softmax; smile is
// the index of the smile's output. False when it is no such network.
bool platt_into_graph(struct platt platt, struct graph *graph, int smile);

// Thresholds on the smile's probability and the share of faces without a smile that reach them, in
// the metadata as "smilecam.false_alarms": "rate:threshold ..." with rising rates. False (logged)
// without memory.
#define FALSE_ALARM_POINTS 9
bool false_alarms_write(const float *scores, const int *truth, int n, struct metadata *metadata);

// The threshold for a rate, between the written ones by lines between log-odds and logarithms of
// rates. NaN when the metadata have none, or none near that rate.
double false_alarms_threshold(const struct metadata *metadata, double rate);
