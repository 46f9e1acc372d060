// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/face_detector.h"

#include "core/base/log.h"

#include <stdlib.h>

struct face_detector {
    enum face_detector_kind kind;
    struct hog_detector *hog; // of FACE_DETECTOR_HOG
};

// Margins of dlib's detector: its own threshold, and what a face that moves or turns falls to.
static const struct face_thresholds hog_thresholds = {.start = 0, .keep = -0.25f};

struct face_detector *face_detector_create(const struct face_detector_options *options) {
    struct face_detector *detector = calloc(1, sizeof *detector);
    if (!detector) {
        log_no_memory("the face detector");
        return NULL;
    }
    detector->kind = options->kind;
    switch (options->kind) {
    case FACE_DETECTOR_HOG:
        detector->hog = hog_detector_create();
        break;
    }
    if (!detector->hog) {
        face_detector_destroy(detector);
        return NULL;
    }
    return detector;
}

void face_detector_destroy(struct face_detector *detector) {
    if (detector) {
        hog_detector_destroy(detector->hog);
        free(detector);
    }
}

struct face_thresholds face_detector_thresholds(const struct face_detector *detector) {
    switch (detector->kind) {
    case FACE_DETECTOR_HOG:
        break;
    }
    return hog_thresholds;
}

int face_detector_find(struct face_detector *detector, const struct image *grey, float min_face_px,
                       struct face_box *found, int capacity) {
    int n = -1;
    switch (detector->kind) {
    case FACE_DETECTOR_HOG:
        n = hog_detector_find(detector->hog, grey, hog_detector_scale(min_face_px),
                              hog_thresholds.keep, found, capacity);
        break;
    }
    return n;
}
