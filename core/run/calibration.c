// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/calibration.h"

#include "core/base/log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NEWTON_STEPS 50
#define RIDGE 1e-9
#define MIN_P 1e-6 // of a score, so that its log-odds are finite
#define KEY "smilecam.false_alarms"

static const double rates[FALSE_ALARM_POINTS] = {0.001, 0.002, 0.005, 0.01, 0.02,
                                                 0.05,  0.1,   0.2,   0.5};

// ---- calibration ----

static double log_odds(double p) {
    p = p < MIN_P ? MIN_P : p > 1 - MIN_P ? 1 - MIN_P : p; // NaN stays NaN
    return log(p / (1 - p));
}

static double logistic(double x) {
    return 1 / (1 + exp(-x));
}

double platt_apply(struct platt platt, double p) {
    return logistic(platt.slope * log_odds(p) + platt.shift);
}

// One step of Newton's method on the negative log-likelihood.
static struct platt improve(struct platt platt, const float *scores, const int *truth, int n) {
    double g0 = 0, g1 = 0, h00 = RIDGE, h01 = 0, h11 = RIDGE;
    for (int i = 0; i < n; i++) {
        if (isnan(scores[i])) {
            continue;
        }
        double x = log_odds((double)scores[i]);
        double p = logistic(platt.slope * x + platt.shift), w = p * (1 - p), error = p - truth[i];
        g0 += error * x;
        g1 += error;
        h00 += w * x * x;
        h01 += w * x;
        h11 += w;
    }
    double determinant = h00 * h11 - h01 * h01;
    if (!(determinant > 0)) {
        return platt;
    }
    platt.slope -= (h11 * g0 - h01 * g1) / determinant;
    platt.shift -= (h00 * g1 - h01 * g0) / determinant;
    return platt;
}

struct platt platt_fit(const float *scores, const int *truth, int n) {
    struct platt platt = {1, 0};
    int seen[2] = {0};
    for (int i = 0; i < n; i++) {
        seen[truth[i] != 0] += !isnan(scores[i]);
    }
    for (int step = 0; seen[0] > 0 && seen[1] > 0 && step < NEWTON_STEPS; step++) {
        platt = improve(platt, scores, truth, n);
    }
    bool sane = isfinite(platt.slope) && isfinite(platt.shift) && platt.slope > 0;
    return sane ? platt : (struct platt){1, 0};
}

bool platt_into_graph(struct platt platt, struct graph *graph, int smile) {
    const struct node *last = &graph->nodes[graph_output(graph)];
    int dense = last->inputs[0];
    if (last->op != OP_SOFTMAX || graph->nodes[dense].op != OP_DENSE ||
        graph->nodes[dense].units != 2) {
        return false;
    }
    real *weight = graph_values(graph, dense, "weight"), *bias = graph_values(graph, dense, "bias");
    for (size_t i = 0; i < node_param(&graph->nodes[dense], "weight")->len; i++) {
        weight[i] *= (real)platt.slope;
    }
    for (int k = 0; k < 2; k++) {
        double shift = (k == smile ? 0.5 : -0.5) * platt.shift;
        bias[k] = (real)((double)bias[k] * platt.slope + shift);
    }
    return true;
}

// ---- false alarms ----

static int by_falling(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

bool false_alarms_write(const float *scores, const int *truth, int n, struct metadata *metadata) {
    char text[METADATA_VALUE_LEN] = "";
    size_t used = 0;
    int n_negatives = 0;
    float *negatives = malloc(((size_t)n + 1) * sizeof *negatives);
    if (!negatives) {
        log_no_memory("the false alarm rates of %d scores", n);
        return false;
    }
    for (int i = 0; i < n; i++) {
        if (!truth[i] && !isnan(scores[i])) {
            negatives[n_negatives++] = scores[i];
        }
    }
    qsort(negatives, (size_t)n_negatives, sizeof *negatives, by_falling);
    for (int k = 0; k < FALSE_ALARM_POINTS; k++) {
        double rank = rates[k] * n_negatives;
        if (rank < 1 || rank >= n_negatives) { // said by less than one face
            continue;
        }
        // between the last that may be an alarm and the first that may not
        double threshold = 0.5 * ((double)negatives[(int)rank - 1] + (double)negatives[(int)rank]);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%g:%.4f", used ? " " : "",
                                 rates[k], threshold);
    }
    free(negatives);
    metadata_set(metadata, KEY, text);
    return true;
}

double false_alarms_threshold(const struct metadata *metadata, double rate) {
    const char *text = metadata_get(metadata, KEY);
    double before_rate = 0, before = 0, at, threshold;
    int len;
    for (; text && sscanf(text, "%lf:%lf%n", &at, &threshold, &len) == 2; text += len) {
        if (!(at > before_rate) || !(threshold >= 0 && threshold <= 1)) {
            return NAN;
        }
        if (at >= rate * 0.999999) {
            if (before_rate == 0) {
                return at <= rate * 1.000001 ? threshold : NAN;
            }
            double share = log(rate / before_rate) / log(at / before_rate);
            double step = log_odds(threshold) - log_odds(before);
            return logistic(log_odds(before) + fmin(share, 1) * step);
        }
        before_rate = at;
        before = threshold;
    }
    return NAN;
}
