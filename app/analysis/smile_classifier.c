// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/smile_classifier.h"

#include "core/base/log.h"
#include "core/run/classifier.h"
#include "app/system/model_files.h"

#include <math.h>
#include <stdlib.h>

struct smile_classifier {
    struct classifier *network;
    struct model_info info; // the network's, but for the threshold
    struct image chips[MAX_FACES];
    float probabilities[MAX_FACES * MODEL_MAX_LABELS];
    float *map; // (map_height, map_width)
};

static bool make_chips(struct smile_classifier *classifier) {
    int size = classifier_info(classifier->network)->chip_size;
    for (int i = 0; i < MAX_FACES; i++) {
        if (!image_init(&classifier->chips[i], size, size, PIXEL_GREY8)) {
            return false;
        }
    }
    return true;
}

static bool make_map(struct smile_classifier *classifier) {
    const struct model_info *info = classifier_info(classifier->network);
    classifier->map = calloc((size_t)info->map_height * (size_t)info->map_width + 1, sizeof(float));
    if (!classifier->map) {
        log_no_memory("the classifier");
    }
    return classifier->map != NULL;
}

static bool choose_threshold(struct smile_classifier *classifier, const char *path,
                             const struct operating_point *point) {
    if (point->threshold > 0 && point->false_alarms > 0) {
        LOG(ERROR, "--threshold and --false-alarms both say when a smile is one; give one of them");
        return false;
    }
    double threshold = point->threshold > 0 ? point->threshold : (double)classifier->info.threshold;
    if (point->false_alarms > 0) {
        threshold = classifier_threshold(classifier->network, point->false_alarms);
    }
    if (isnan(threshold)) {
        LOG(ERROR,
            "%s: does not say which threshold gives false alarms at a rate of %g; use --threshold, "
            "or calibrate the model (smilecam model calibrate)",
            path, point->false_alarms);
        return false;
    }
    classifier->info.threshold = (float)fmin(fmax(threshold, 0.01), 0.99);
    return true;
}

struct smile_classifier *smile_classifier_create(const char *model,
                                                 const struct operating_point *point) {
    char shipped[MODEL_PATH_LEN];
    const char *path = model_file_find(model, shipped);
    struct smile_classifier *classifier = calloc(1, sizeof *classifier);
    if (!classifier) {
        log_no_memory("the classifier");
        return NULL;
    }
    classifier->network = classifier_create(path, MAX_FACES);
    if (!classifier->network) {
        goto fail;
    }
    if (classifier_info(classifier->network)->smile_label < 0) {
        LOG(ERROR,
            "%s: none of its labels is 'smile' or 'happy'; choose another model with --model",
            path);
        goto fail;
    }
    classifier->info = *classifier_info(classifier->network);
    if (point && !choose_threshold(classifier, path, point)) {
        goto fail;
    }
    if (!make_chips(classifier) || !make_map(classifier)) {
        goto fail;
    }
    return classifier;
fail:
    smile_classifier_destroy(classifier);
    return NULL;
}

void smile_classifier_destroy(struct smile_classifier *classifier) {
    if (!classifier) {
        return;
    }
    for (int i = 0; i < MAX_FACES; i++) {
        image_finish(&classifier->chips[i]);
    }
    classifier_destroy(classifier->network);
    free(classifier->map);
    free(classifier);
}

const struct model_info *smile_classifier_info(const struct smile_classifier *classifier) {
    return &classifier->info;
}

void smile_classifier_read(struct smile_classifier *classifier, const struct image *grey,
                           struct sighting *sightings, int n) {
    const struct model_info *info = &classifier->info;
    bool cut[MAX_FACES];
    for (int i = 0; i < n; i++) {
        cut[i] =
            face_chip(grey, sightings[i].face.points, info->chip_padding, &classifier->chips[i]);
    }
    if (n > 0) {
        classifier_run(classifier->network, classifier->chips, n, classifier->probabilities);
    }
    for (int i = 0; i < n; i++) {
        struct sighting *sighting = &sightings[i];
        sighting->chip = &classifier->chips[i];
        sighting->n_probabilities = info->n_labels;
        for (int k = 0; k < info->n_labels; k++) {
            sighting->probabilities[k] =
                cut[i] ? classifier->probabilities[i * info->n_labels + k] : NAN;
        }
        sighting->smile = sighting->probabilities[info->smile_label];
    }
}

float smile_classifier_score(struct smile_classifier *classifier, const struct image *chip) {
    classifier_run(classifier->network, chip, 1, classifier->probabilities);
    return classifier->probabilities[classifier->info.smile_label];
}

const float *smile_classifier_map(struct smile_classifier *classifier, int i) {
    int label = classifier->info.smile_label;
    return classifier_map(classifier->network, i, label, classifier->map) ? classifier->map : NULL;
}

int smile_classifier_label(const struct model_info *info, const float *probabilities,
                           bool smiling) {
    int smile = info->smile_label, best = smile;
    for (int k = 0; k < info->n_labels && !smiling; k++) {
        if (k != smile && (best == smile || probabilities[k] > probabilities[best])) {
            best = k;
        }
    }
    return best;
}
