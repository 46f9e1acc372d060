// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/label_counts.h"

#include "core/base/log.h"

#include <stdio.h>
#include <stdlib.h>

#define FEW 5            // pictures: each is twenty percent
#define LEAST_SHARE 0.02 // of all

static void count(const struct dataset *dataset, const int *items, int n,
                  int counts[MODEL_MAX_LABELS]) {
    for (int i = 0; i < n; i++) {
        const struct crop *crop = &dataset->crops[items ? items[i] : i];
        counts[crop->label]++;
    }
}

static void warn(const char *what, const char *label, int n, int total, const char *remedy) {
    if (n == 0) {
        LOG(WARNING, "%s: no picture is labelled '%s', so that nothing is known about it; %s", what,
            label, remedy);
    } else {
        LOG(WARNING, "%s: of %d pictures only %d labelled '%s', too few to go by; %s", what, total,
            n, label, remedy);
    }
}

void label_counts_report(const char *what, const struct dataset *dataset, const int *items, int n,
                         const char *remedy) {
    int counts[MODEL_MAX_LABELS] = {0}, total = 0, len = 0;
    char text[MODEL_MAX_LABELS * (MODEL_LABEL_LEN + 16)] = "nothing";
    count(dataset, items, items ? n : dataset->n, counts);
    for (int k = 0; k < dataset->n_labels; k++) {
        total += counts[k];
        len += snprintf(text + len, sizeof text - (size_t)len, "%s%d %s", k ? ", " : "", counts[k],
                        dataset->labels[k]);
    }
    LOG(INFO, "%s: %s", what, text);
    for (int k = 0; k < dataset->n_labels; k++) {
        if (counts[k] < FEW || counts[k] < LEAST_SHARE * total) {
            warn(what, dataset->labels[k], counts[k], total, remedy);
        }
    }
    if (dataset->n_labels == 1) {
        LOG(WARNING, "%s: all pictures are labelled '%s'; there is nothing to tell apart", what,
            dataset->labels[0]);
    }
}

static int by_group(const void *a, const void *b) {
    const struct crop *x = *(const struct crop *const *)a, *y = *(const struct crop *const *)b;
    return x->group != y->group ? (x->group > y->group) - (x->group < y->group) : (x > y) - (x < y);
}

void label_counts_warn_of_doubles(const struct dataset *dataset) {
    const struct crop **crops = malloc(((size_t)dataset->n + 1) * sizeof *crops);
    const struct crop *first = NULL, *second = NULL;
    int n = 0, n_doubles = 0;
    if (!crops) {
        log_no_memory("comparing the labels of %d pictures", dataset->n);
        return;
    }
    for (int i = 0; i < dataset->n; i++) {
        if (dataset->crops[i].source == 0) {
            crops[n++] = &dataset->crops[i];
        }
    }
    qsort(crops, (size_t)n, sizeof *crops, by_group);
    for (int i = 1; i < n; i++) {
        if (crops[i]->group == crops[i - 1]->group && crops[i]->label != crops[i - 1]->label) {
            first = n_doubles++ ? first : crops[i - 1];
            second = n_doubles > 1 ? second : crops[i];
        }
    }
    if (n_doubles > 0) {
        char more[32] = "";
        snprintf(more, sizeof more, n_doubles > 1 ? ", and %d more" : "", n_doubles - 1);
        LOG(WARNING, "one picture under two labels: %s (%s) and %s (%s)%s; decide for one",
            first->name, dataset->labels[first->label], second->name,
            dataset->labels[second->label], more);
    }
    free(crops);
}
