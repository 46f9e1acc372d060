// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The quality of scores for one label against the rest.

struct metrics {
    int n, n_found;           // items; items with a score
    double accuracy;          // of all; an item without a score counts as an error
    double accuracy_found;    // of those with a score
    double hits;              // share of the label's items that are positive, of all
    double false_alarms;      // share of the rest that are
    double balanced_accuracy; // mean of the two classes' accuracies, of all
    double auc;               // area under the ROC curve, of those with a score
    double ece;               // expected calibration error, 15 equal bins (Guo et al. 2017, eq. 3)
    double half_interval;     // half of accuracy's 95 % interval (Wilson)
};

// Half of the 95 % interval of a share p of n (Wilson 1927).
double wilson_half_interval(double p, int n);

// McNemar's exact test (two-sided): of the items that only one of two classifiers gets right, b are
// the first's and c the second's; the probability of a split at least as uneven if both were
// equally good.
double mcnemar_p(int b, int c);

// scores in [0,1] or NaN for items without one; truth is 1 for the label, 0 for the rest; n >= 1.
// Scores of at least threshold are positive. Metrics that are undefined, with one class only or
// without any score, are NaN. Zeroed (logged) without memory.
struct metrics metrics_of(const float *scores, const int *truth, int n, float threshold);
