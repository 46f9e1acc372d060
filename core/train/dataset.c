// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/dataset.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/run/model_info.h"
#include "core/base/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "SMCROPS1"
#define MAX_CHIP 512
#define HEADER_LEN (8 + 4 + 4 + 4 + 4 + MODEL_MAX_LABELS * MODEL_LABEL_LEN + 512)
#define RECORD_LEN (CROP_NAME_LEN + 4 + 4 + 4 + 12 + 4)
#define MAX_FILE ((size_t)4 << 30)

void dataset_init(struct dataset *dataset, int chip_size, float chip_padding) {
    *dataset = (struct dataset){.chip_size = chip_size, .chip_padding = chip_padding};
}

void dataset_finish(struct dataset *dataset) {
    free(dataset->crops);
    free(dataset->pixels);
    *dataset = (struct dataset){0};
}

static size_t chip_len(const struct dataset *dataset) {
    return (size_t)dataset->chip_size * (size_t)dataset->chip_size;
}

static bool reserve(struct dataset *dataset, int n) {
    struct crop *crops = realloc(dataset->crops, (size_t)n * sizeof *crops);
    dataset->crops = crops ? crops : dataset->crops;
    uint8_t *pixels = realloc(dataset->pixels, (size_t)n * chip_len(dataset));
    dataset->pixels = pixels ? pixels : dataset->pixels;
    if (!crops || !pixels) {
        return log_no_memory("%d crops", n);
    }
    dataset->capacity = n;
    return true;
}

bool dataset_add(struct dataset *dataset, const struct crop *crop, const struct image *chip) {
    if (dataset->n == dataset->capacity && !reserve(dataset, dataset->n ? 2 * dataset->n : 256)) {
        return false;
    }
    int i = dataset->n++;
    dataset->crops[i] = *crop;
    dataset->crops[i].found = chip != NULL;
    if (chip) {
        struct image to = dataset_chip(dataset, i);
        image_copy(&to, chip);
    }
    return true;
}

int dataset_label(struct dataset *dataset, const char *label) {
    if (!model_label_valid(label)) {
        LOG(ERROR,
            "label \"%.64s\": a label has 1 to %d English letters, digits, blanks or signs, and no "
            "comma; rename it",
            label, MODEL_LABEL_LEN - 1);
        return -1;
    }
    for (int i = 0; i < dataset->n_labels; i++) {
        if (strcmp(dataset->labels[i], label) == 0) {
            return i;
        }
    }
    if (dataset->n_labels == MODEL_MAX_LABELS) {
        LOG(ERROR, "more than %d labels: \"%s\" is one too many", MODEL_MAX_LABELS, label);
        return -1;
    }
    snprintf(dataset->labels[dataset->n_labels], MODEL_LABEL_LEN, "%s", label);
    return dataset->n_labels++;
}

struct image dataset_chip(const struct dataset *dataset, int index) {
    return (struct image){dataset->pixels + (size_t)index * chip_len(dataset), dataset->chip_size,
                          dataset->chip_size, dataset->chip_size, PIXEL_GREY8};
}

// Bytes in the file's order, which is that of x86-64 and ARM.
struct cursor {
    uint8_t *at;
};

static void put(struct cursor *c, const void *value, size_t len) {
    memcpy(c->at, value, len);
    c->at += len;
}

static void get(struct cursor *c, void *value, size_t len) {
    memcpy(value, c->at, len);
    c->at += len;
}

typedef void transfer(struct cursor *, void *, size_t);

static void put_any(struct cursor *c, void *value, size_t len) {
    put(c, value, len);
}

// Reading and writing walk the same fields in the same order.
static void transfer_header(struct cursor *c, transfer *t, struct dataset *dataset,
                            uint32_t counts[3]) {
    t(c, counts, 3 * sizeof *counts);
    t(c, &dataset->chip_padding, sizeof dataset->chip_padding);
    t(c, dataset->labels, sizeof dataset->labels);
    t(c, dataset->provenance, sizeof dataset->provenance);
}

static void transfer_crop(struct cursor *c, transfer *t, struct crop *crop) {
    uint32_t found = crop->found;
    int32_t label = crop->label;
    t(c, crop->name, sizeof crop->name);
    t(c, &label, sizeof label);
    t(c, &crop->group, sizeof crop->group);
    t(c, &found, sizeof found);
    t(c, crop->pose, sizeof crop->pose);
    t(c, &crop->face_size, sizeof crop->face_size);
    crop->found = found == 1;
    crop->label = label;
}

bool dataset_write(const struct dataset *dataset, const char *path) {
    size_t len = HEADER_LEN;
    for (int i = 0; i < dataset->n; i++) {
        len += RECORD_LEN + (dataset->crops[i].found ? chip_len(dataset) : 0);
    }
    uint8_t *bytes = calloc(1, len);
    if (!bytes) {
        return log_no_memory("writing to %s %d crops", path, dataset->n);
    }
    struct cursor c = {bytes};
    struct dataset header = *dataset;
    uint32_t counts[3] = {(uint32_t)dataset->n, (uint32_t)dataset->chip_size,
                          (uint32_t)dataset->n_labels};
    put(&c, MAGIC, 8);
    transfer_header(&c, put_any, &header, counts);
    for (int i = 0; i < dataset->n; i++) {
        struct crop crop = dataset->crops[i];
        transfer_crop(&c, put_any, &crop);
        if (crop.found) {
            put(&c, dataset_chip(dataset, i).data, chip_len(dataset));
        }
    }
    bool ok = file_write(path, bytes, len);
    free(bytes);
    return ok;
}

static bool refuse(const char *path, const char *what) {
    LOG(ERROR, "%s: %s; make it again with smilecam prepare", path, what);
    return false;
}

static bool read_header(struct dataset *dataset, const char *path, struct cursor *c, size_t len,
                        uint32_t *n) {
    uint32_t counts[3];
    if (len < HEADER_LEN || memcmp(c->at, MAGIC, 8) != 0) {
        return refuse(path, "not a crops file of this version");
    }
    c->at += 8;
    transfer_header(c, get, dataset, counts);
    if (counts[0] > DATASET_MAX_CROPS || counts[1] < 8 || counts[1] > MAX_CHIP || counts[2] < 1 ||
        counts[2] > MODEL_MAX_LABELS || (size_t)counts[0] * counts[1] * counts[1] > MAX_FILE ||
        !(dataset->chip_padding >= 0 && dataset->chip_padding <= 4)) {
        return refuse(path, "a damaged crops file: its header makes no sense");
    }
    *n = counts[0];
    dataset->chip_size = (int)counts[1];
    dataset->n_labels = (int)counts[2];
    dataset->provenance[sizeof dataset->provenance - 1] = 0;
    for (int i = 0; i < dataset->n_labels; i++) {
        if (!model_label_valid(dataset->labels[i])) {
            return refuse(path, "a damaged crops file: its labels make no sense");
        }
    }
    return true;
}

static bool read_crop(struct dataset *dataset, const char *path, struct cursor *c,
                      const uint8_t *end) {
    struct crop crop = {0};
    if ((size_t)(end - c->at) < RECORD_LEN) {
        return refuse(path, "a damaged crops file: it is cut short");
    }
    transfer_crop(c, get, &crop);
    crop.name[CROP_NAME_LEN - 1] = 0;
    if (crop.label < 0 || crop.label >= dataset->n_labels) {
        return refuse(path, "a damaged crops file: a label is out of range");
    }
    if (crop.found && (size_t)(end - c->at) < chip_len(dataset)) {
        return refuse(path, "a damaged crops file: it is cut short");
    }
    struct image chip = {c->at, dataset->chip_size, dataset->chip_size, dataset->chip_size,
                         PIXEL_GREY8};
    c->at += crop.found ? chip_len(dataset) : 0;
    return dataset_add(dataset, &crop, crop.found ? &chip : NULL);
}

bool dataset_read(struct dataset *dataset, const char *path) {
    size_t len;
    uint32_t n = 0;
    dataset_init(dataset, 0, 0);
    uint8_t *bytes = file_read(path, MAX_FILE, &len);
    struct cursor c = {bytes};
    bool ok = bytes && read_header(dataset, path, &c, len, &n);
    for (uint32_t i = 0; ok && i < n; i++) {
        ok = read_crop(dataset, path, &c, bytes + len);
    }
    if (ok && c.at != bytes + len) {
        ok = refuse(path, "a damaged crops file: there is more behind its end");
    }
    free(bytes);
    if (!ok) {
        dataset_finish(dataset);
    }
    return ok;
}

double dataset_split(const struct crop *crop, uint64_t seed) {
    struct rng rng;
    rng_init(&rng, seed, crop->group);
    return rng_uniform(&rng);
}
