// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/smile_classifier.h"

#include "core/base/log.h"
#include "app/system/model_files.h"

#include <math.h>
#include <stdlib.h>

struct smile_classifier {
    struct classifier *classifier;
    struct model_info info; // the classifier's, but for the threshold
    struct image chips[MAX_FACES];
    float probabilities[MAX_FACES * MODEL_MAX_LABELS];
    float *map; // (map_height, map_width)
};

static bool make_chips(struct smile_classifier *reader) {
    int size = classifier_info(reader->classifier)->chip_size;
    for (int i = 0; i < MAX_FACES; i++) {
        if (!image_init(&reader->chips[i], size, size, PIXEL_GREY8)) {
            return false;
        }
    }
    return true;
}

static bool make_map(struct smile_classifier *reader) {
    const struct model_info *info = classifier_info(reader->classifier);
    reader->map = calloc((size_t)info->map_height * (size_t)info->map_width + 1, sizeof(float));
    if (!reader->map) {
        LOG(ERROR, "not enough memory for the classifier");
    }
    return reader->map != NULL;
}

static bool choose_threshold(struct smile_classifier *reader, const char *path,
                             const struct operating_point *point) {
    if (point->threshold > 0 && point->false_alarms > 0) {
        LOG(ERROR, "--threshold and --false-alarms both say when a smile is one; give one of them");
        return false;
    }
    double threshold = point->threshold > 0 ? point->threshold : (double)reader->info.threshold;
    if (point->false_alarms > 0) {
        threshold = classifier_threshold(reader->classifier, point->false_alarms);
    }
    if (isnan(threshold)) {
        LOG(ERROR,
            "%s: does not say which threshold gives false alarms at a rate of %g; use --threshold, "
            "or calibrate the model (smilecam model calibrate)",
            path, point->false_alarms);
        return false;
    }
    reader->info.threshold = (float)fmin(fmax(threshold, 0.01), 0.99);
    return true;
}

struct smile_classifier *smile_classifier_create(const char *model,
                                                 const struct operating_point *point) {
    const char *path = model_file_find(model);
    struct smile_classifier *reader = calloc(1, sizeof *reader);
    if (!reader) {
        LOG(ERROR, "not enough memory for the classifier");
        return NULL;
    }
    reader->classifier = classifier_create(path, MAX_FACES);
    if (!reader->classifier) {
        goto fail;
    }
    if (classifier_info(reader->classifier)->smile_label < 0) {
        LOG(ERROR,
            "%s: none of its labels is 'smile' or 'happy'; choose another model with --model",
            path);
        goto fail;
    }
    reader->info = *classifier_info(reader->classifier);
    if (point && !choose_threshold(reader, path, point)) {
        goto fail;
    }
    if (!make_chips(reader) || !make_map(reader)) {
        goto fail;
    }
    return reader;
fail:
    smile_classifier_destroy(reader);
    return NULL;
}

void smile_classifier_destroy(struct smile_classifier *reader) {
    if (!reader) {
        return;
    }
    for (int i = 0; i < MAX_FACES; i++) {
        image_finish(&reader->chips[i]);
    }
    classifier_destroy(reader->classifier);
    free(reader->map);
    free(reader);
}

const struct model_info *smile_classifier_info(const struct smile_classifier *reader) {
    return &reader->info;
}

float *smile_classifier_read(struct smile_classifier *reader, const struct image *grey,
                             const struct face *faces, int n) {
    const struct model_info *info = classifier_info(reader->classifier);
    bool cut[MAX_FACES];
    n = n < MAX_FACES ? n : MAX_FACES;
    for (int i = 0; i < n; i++) {
        cut[i] = face_chip(grey, faces[i].landmarks, info->chip_padding, &reader->chips[i]);
    }
    if (n > 0) {
        classifier_run(reader->classifier, reader->chips, n, reader->probabilities);
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; !cut[i] && k < info->n_labels; k++) {
            reader->probabilities[i * info->n_labels + k] = NAN;
        }
    }
    return reader->probabilities;
}

float *smile_classifier_read_chips(struct smile_classifier *reader, const struct image *chips,
                                   int n) {
    classifier_run(reader->classifier, chips, n, reader->probabilities);
    return reader->probabilities;
}

const struct image *smile_classifier_chip(const struct smile_classifier *reader, int i) {
    return &reader->chips[i];
}

const float *smile_classifier_map(struct smile_classifier *reader, int i, int label) {
    return classifier_map(reader->classifier, i, label, reader->map) ? reader->map : NULL;
}

int smile_classifier_verdict(const struct model_info *info, const float *probabilities) {
    int smile = info->smile_label;
    if (probabilities[smile] >= info->threshold) {
        return smile;
    }
    int best = -1;
    for (int k = 0; k < info->n_labels; k++) {
        if (k != smile && (best < 0 || probabilities[k] > probabilities[best])) {
            best = k;
        }
    }
    return best < 0 ? smile : best;
}
