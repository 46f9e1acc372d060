// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/nearest_word.h"

#include "core/base/min_max.h"

#include <limits.h>
#include <string.h>

#define LONGEST 40

int nearest_word_distance(const char *a, const char *b) {
    int n = (int)strnlen(a, LONGEST + 1), m = (int)strnlen(b, LONGEST + 1);
    int d[LONGEST + 1][LONGEST + 1];
    if (n > LONGEST || m > LONGEST) {
        return INT_MAX;
    }
    for (int i = 0; i <= n; i++) {
        for (int j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = min_int(min_int(d[i - 1][j], d[i][j - 1]) + 1,
                              d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                d[i][j] = min_int(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[n][m];
}

void nearest_word_try(struct nearest_word *nearest, const char *candidate) {
    int allowed = 1 + (int)strlen(nearest->typed) / 4;
    int distance = nearest_word_distance(nearest->typed, candidate);
    if (distance <= allowed && (!nearest->best || distance < nearest->distance)) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}
