// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/confusion.h"

#include <math.h>

void confusion_add(struct confusion *confusion, int label, int called) {
    confusion->n++;
    confusion->of[label]++;
    confusion->n_found += called >= 0;
    confusion->n_right += called == label;
    if (called >= 0) {
        confusion->faces[label][called]++;
    }
}

double confusion_balanced_accuracy(const struct confusion *confusion, int n_labels) {
    double sum = 0;
    for (int i = 0; i < n_labels; i++) {
        if (confusion->of[i] == 0) {
            return NAN;
        }
        sum += (double)confusion->faces[i][i] / confusion->of[i];
    }
    return sum / n_labels;
}

void confusion_print(FILE *out, const struct confusion *confusion, int n_labels,
                     const char labels[][MODEL_LABEL_LEN]) {
    fprintf(out, "%-12s", "is \\ called");
    for (int k = 0; k < n_labels; k++) {
        fprintf(out, " %9.9s", labels[k]);
    }
    for (int i = 0; i < n_labels; i++) {
        fprintf(out, "\n%-12.12s", labels[i]);
        for (int k = 0; k < n_labels; k++) {
            fprintf(out, " %9d", confusion->faces[i][k]);
        }
    }
    fputc('\n', out);
}
