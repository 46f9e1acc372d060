// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/metrics.h"

#include "core/base/log.h"

#include <math.h>
#include <stdlib.h>

#define N_BINS 15

struct scored {
    float score;
    int truth;
};

static int by_score(const void *a, const void *b) {
    float x = ((const struct scored *)a)->score, y = ((const struct scored *)b)->score;
    return (x > y) - (x < y);
}

// The Mann-Whitney statistic: the share of pairs in the right order, ties counting half.
static double area_under_curve(const struct scored *items, int n) {
    double positives = 0, rank_sum = 0;
    for (int i = 0; i < n;) {
        int j = i;
        double tied = 0;
        while (j < n && items[j].score == items[i].score) {
            tied += items[j++].truth;
        }
        rank_sum += tied * 0.5 * (i + 1 + j); // their mean rank, counted from 1
        positives += tied;
        i = j;
    }
    double negatives = n - positives;
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

static double calibration_error(const struct scored *items, int n) {
    double sum[N_BINS] = {0}, hits[N_BINS] = {0};
    for (int i = 0; i < n; i++) { // confidence in the verdict, not in the label
        double p = (double)items[i].score, confidence = fmax(p, 1 - p);
        int bin = (int)fmin(confidence * N_BINS, N_BINS - 1);
        sum[bin] += confidence;
        hits[bin] += (p >= 0.5) == items[i].truth;
    }
    double error = 0;
    for (int b = 0; b < N_BINS; b++) {
        error += fabs(sum[b] - hits[b]);
    }
    return n ? error / n : NAN;
}

double wilson_half_interval(double p, int n) {
    const double z = 1.959964;
    return z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));
}

double mcnemar_p(int b, int c) {
    int n = b + c, fewer = b < c ? b : c;
    double p = 0;
    for (int k = 0; k <= fewer; k++) {
        p += exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) - n * log(2));
    }
    return fmin(2 * p, 1);
}

struct metrics metrics_of(const float *scores, const int *truth, int n, float threshold) {
    struct metrics m = {0};
    struct scored *items = malloc((size_t)n * sizeof *items);
    if (!items) {
        log_no_memory("measuring %d scores", n);
        return m;
    }
    double total[2] = {0}, right[2] = {0}, wrong[2] = {0};
    m.n = n;
    for (int i = 0; i < n; i++) {
        total[truth[i]]++;
        if (!isnan(scores[i])) {
            items[m.n_found++] = (struct scored){scores[i], truth[i]};
            int is_right = (scores[i] >= threshold) == truth[i];
            right[truth[i]] += is_right;
            wrong[truth[i]] += !is_right;
        }
    }
    qsort(items, (size_t)m.n_found, sizeof *items, by_score);
    m.accuracy = (right[0] + right[1]) / n;
    m.accuracy_found = (right[0] + right[1]) / m.n_found;
    m.hits = right[1] / total[1];
    m.false_alarms = wrong[0] / total[0];
    m.balanced_accuracy = 0.5 * (right[0] / total[0] + right[1] / total[1]);
    m.auc = area_under_curve(items, m.n_found);
    m.ece = calibration_error(items, m.n_found);
    m.half_interval = wilson_half_interval(m.accuracy, n);
    free(items);
    return m;
}
