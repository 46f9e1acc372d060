// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/dataset_join.h"

#include "core/image/chip_hash.h"
#include "core/base/log.h"
#include "core/run/model_info.h"

#include <stdlib.h>
#include <string.h>

static void fill_hashes(const struct dataset *dataset, struct chip_hash *hashes) {
    for (int i = 0; i < dataset->n; i++) {
        if (dataset->crops[i].found) {
            struct image chip = dataset_chip(dataset, i);
            hashes[i] = chip_hash_of(&chip);
        }
    }
}

static struct chip_hash *hashes_create(const struct dataset *dataset) {
    struct chip_hash *hashes = calloc((size_t)dataset->n + 1, sizeof *hashes);
    if (hashes) {
        fill_hashes(dataset, hashes);
    } else {
        log_no_memory("comparing %d faces", dataset->n);
    }
    return hashes;
}

// The first of the dataset's n first pictures that looks like this; -1 if none does.
static int find_copy(const struct dataset *dataset, const struct chip_hash *hashes, int n,
                     struct chip_hash hash) {
    for (int i = 0; i < n; i++) {
        if (dataset->crops[i].found && chip_hash_distance(hashes[i], hash) <= CHIP_COPY) {
            return i;
        }
    }
    return -1;
}

static int regroup(struct dataset *dataset, uint32_t from, uint32_t to) {
    int n = 0;
    for (int i = 0; i < dataset->n; i++) {
        if (dataset->crops[i].group == from) {
            dataset->crops[i].group = to;
            n++;
        }
    }
    return n;
}

int dataset_group_copies(struct dataset *dataset) {
    struct chip_hash *hashes = hashes_create(dataset);
    if (!hashes) {
        return -1;
    }
    int n = 0;
    for (int i = 0; i < dataset->n; i++) {
        int copy = dataset->crops[i].found ? find_copy(dataset, hashes, i, hashes[i]) : -1;
        if (copy >= 0 && dataset->crops[i].group != dataset->crops[copy].group) {
            n += regroup(dataset, dataset->crops[i].group, dataset->crops[copy].group);
        }
    }
    free(hashes);
    return n;
}

static int smile_label(const struct dataset *dataset) {
    return model_smile_label(dataset->n_labels, dataset->labels);
}

bool dataset_smile_or_not(struct dataset *dataset, const char *name) {
    if (smile_label(dataset) < 0) {
        LOG(ERROR, "%s: none of its labels means a smile; name one smile, happy or happiness",
            name);
        return false;
    }
    for (int i = 0; i < dataset->n; i++) {
        struct crop *crop = &dataset->crops[i];
        crop->label = model_label_is_smile(dataset->labels[crop->label]);
    }
    dataset->n_labels = 0;
    return dataset_label(dataset, "neutral") == 0 && dataset_label(dataset, "smile") == 1;
}

// What a label of another set is here; -1 (logged) if nothing.
static int label_here(const struct dataset *dataset, const char *label, const char *name) {
    int smile = smile_label(dataset);
    for (int i = 0; i < dataset->n_labels; i++) {
        if (model_label_same(dataset->labels[i], label)) {
            return i;
        }
    }
    if (smile >= 0 && dataset->n_labels == 2) {
        return 1 - smile;
    }
    LOG(WARNING, "%s: faces labelled \"%s\" are left out, the first file has no such label", name,
        label);
    return -1;
}

static bool fits(const struct dataset *dataset, const struct dataset *more, const char *name) {
    bool same =
        dataset->chip_size == more->chip_size && dataset->chip_padding == more->chip_padding;
    if (!same) {
        LOG(ERROR, "%s: its faces are cut otherwise than those of the first file; prepare it again",
            name);
    }
    return same;
}

int dataset_join(struct dataset *dataset, const struct dataset *more, const char *name,
                 int source) {
    int here[MODEL_MAX_LABELS], n = 0;
    if (!fits(dataset, more, name)) {
        return -1;
    }
    for (int i = 0; i < more->n_labels; i++) {
        here[i] = label_here(dataset, more->labels[i], name);
    }
    for (int i = 0; n >= 0 && i < more->n; i++) {
        struct image chip = dataset_chip(more, i);
        struct crop crop = more->crops[i];
        if (here[crop.label] < 0) {
            continue;
        }
        crop.label = here[crop.label];
        crop.source = (uint8_t)source;
        n = dataset_add(dataset, &crop, crop.found ? &chip : NULL) ? n + crop.found : -1;
    }
    return n;
}

static bool is_held(const struct crop *crop, const struct held_out *held) {
    double share = dataset_split(crop, held->seed);
    return crop->source == held->source && share >= held->from && share < held->to;
}

int dataset_held_out(const struct dataset *dataset, const struct held_out *held, int *items) {
    int n = 0;
    for (int i = 0; i < dataset->n; i++) {
        if (is_held(&dataset->crops[i], held)) {
            items[n++] = i;
        }
    }
    return n;
}

static int by_number(const void *a, const void *b) {
    uint32_t p = *(const uint32_t *)a, q = *(const uint32_t *)b;
    return (p > q) - (p < q);
}

int dataset_to_learn(const struct dataset *dataset, const struct held_out *held, int *items) {
    int n_held = dataset_held_out(dataset, held, items), n = 0;
    uint32_t *groups = malloc(((size_t)n_held + 1) * sizeof *groups);
    if (!groups) {
        log_no_memory("a split of %d pictures", dataset->n);
        return -1;
    }
    for (int i = 0; i < n_held; i++) {
        groups[i] = dataset->crops[items[i]].group;
    }
    qsort(groups, (size_t)n_held, sizeof *groups, by_number);
    for (int i = 0; i < dataset->n; i++) {
        const struct crop *crop = &dataset->crops[i];
        if (crop->found &&
            !bsearch(&crop->group, groups, (size_t)n_held, sizeof *groups, by_number)) {
            items[n++] = i;
        }
    }
    free(groups);
    return n;
}
