// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/api/smilecam.h"

#include "core/run/classifier.h"
#include "core/base/log.h"

#include <stdlib.h>

_Static_assert(SMILECAM_MAX_LABELS == MODEL_MAX_LABELS, "one limit for the labels of a model");

struct smilecam_classifier {
    struct classifier *classifier;
    struct smilecam_model model;
    struct image chips[]; // max_batch views of what the caller passes
};

static void (*caller_writer)(enum smilecam_log_level level, const char *line);

static struct smilecam_model describe(const struct model_info *info) {
    struct smilecam_model model = {
        .chip_size = info->chip_size,
        .chip_padding = info->chip_padding,
        .n_labels = info->n_labels,
        .smile_label = info->smile_label,
        .threshold = info->threshold,
        .map_width = info->map_width,
        .map_height = info->map_height,
        .description = info->description,
    };
    for (int i = 0; i < info->n_labels; i++) {
        model.labels[i] = info->labels[i];
    }
    return model;
}

struct smilecam_classifier *smilecam_classifier_create(const char *path, int max_batch) {
    struct smilecam_classifier *classifier =
        calloc(1, sizeof *classifier + (size_t)max_batch * sizeof classifier->chips[0]);
    if (!classifier) {
        log_no_memory("the model %s", path);
        return NULL;
    }
    classifier->classifier = classifier_create(path, max_batch);
    if (!classifier->classifier) {
        free(classifier);
        return NULL;
    }
    classifier->model = describe(classifier_info(classifier->classifier));
    return classifier;
}

void smilecam_classifier_destroy(struct smilecam_classifier *classifier) {
    if (classifier) {
        classifier_destroy(classifier->classifier);
        free(classifier);
    }
}

const struct smilecam_model *
smilecam_classifier_model(const struct smilecam_classifier *classifier) {
    return &classifier->model;
}

double smilecam_classifier_threshold(const struct smilecam_classifier *classifier, double rate) {
    return classifier_threshold(classifier->classifier, rate);
}

void smilecam_classifier_run(struct smilecam_classifier *classifier,
                             const struct smilecam_chip *chips, int n, float *probabilities) {
    int size = classifier->model.chip_size;
    for (int i = 0; i < n; i++) {
        classifier->chips[i] = (struct image){(uint8_t *)(uintptr_t)chips[i].data, size, size,
                                              chips[i].stride, PIXEL_GREY8};
    }
    classifier_run(classifier->classifier, classifier->chips, n, probabilities);
}

bool smilecam_classifier_map(const struct smilecam_classifier *classifier, int i, int label,
                             float *map) {
    return classifier_map(classifier->classifier, i, label, map);
}

static void pass_on(enum log_level level, const char *line) {
    caller_writer((enum smilecam_log_level)level, line);
}

void smilecam_set_log_writer(void (*writer)(enum smilecam_log_level level, const char *line)) {
    caller_writer = writer;
    log_set_writer(writer ? pass_on : NULL);
}

void smilecam_set_log_level(enum smilecam_log_level level) {
    log_set_level((enum log_level)level);
}
