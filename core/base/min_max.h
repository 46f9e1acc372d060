// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <math.h>
#include <stddef.h>

static inline int min_int(int a, int b) {
    return a < b ? a : b;
}

static inline int max_int(int a, int b) {
    return a > b ? a : b;
}

static inline size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}

// The index of the largest of n values, leaving out index `except` (-1: none) and NaN; the first of
// equal ones. -1 when no value is left.
static inline int argmax_except(const float *x, int n, int except) {
    int best = -1;
    for (int i = 0; i < n; i++) {
        if (i != except && !isnan(x[i]) && (best < 0 || x[i] > x[best])) {
            best = i;
        }
    }
    return best;
}

static inline int argmax(const float *x, int n) {
    return argmax_except(x, n, -1);
}
