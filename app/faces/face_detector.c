// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/face_detector.h"

#include "app/system/model_files.h"

#include "core/base/log.h"
#include "core/base/min_max.h"
#include "core/run/detector.h"

#include <math.h>
#include <stdlib.h>

// How far a picture is enlarged for a face of NETWORK_FACE_PX. The largest that the network finds
// has about 12 times that, so that a large picture is looked at in several sizes, each half the one
// before.
#define MAX_ENLARGED 2.0f
#define MAX_SIDE 4096   // of the largest
#define ENOUGH_SIDE 200 // of the shorter side of the smallest
#define MAX_LEVELS 6
#define MAX_FOUND 64 // in a level
#define MAX_OVERLAP 0.45f
#define FAINTEST 0.01f // score of a best match

// What the network sees of a picture.
struct level {
    struct detector *network;
    struct image shrunk;
};

struct face_detector {
    struct hog_detector *hog;        // of FACE_DETECTOR_HOG
    struct level levels[MAX_LEVELS]; // of FACE_DETECTOR_NETWORK; the first has a network, the
                                     // others get theirs when they are needed
    struct object objects[MAX_LEVELS * MAX_FOUND];
};

// Margins of dlib's detector: its own threshold, and what a face that moves or turns falls to.
static const struct face_thresholds hog_thresholds = {.start = 0, .keep = -0.25f};

static struct detector *network_open(const char *path) {
    char shipped[MODEL_PATH_LEN];
    return detector_create(path ? path : model_file_faces(shipped));
}

struct face_detector *face_detector_create(const struct face_detector_options *options) {
    struct face_detector *detector = calloc(1, sizeof *detector);
    if (!detector) {
        log_no_memory("the face detector");
        return NULL;
    }
    switch (options->kind) {
    case FACE_DETECTOR_NETWORK:
        detector->levels[0].network = network_open(options->model);
        break;
    case FACE_DETECTOR_HOG:
        detector->hog = hog_detector_create();
        break;
    }
    if (!detector->hog && !detector->levels[0].network) {
        face_detector_destroy(detector);
        return NULL;
    }
    return detector;
}

void face_detector_destroy(struct face_detector *detector) {
    if (detector) {
        hog_detector_destroy(detector->hog);
        for (int i = 0; i < MAX_LEVELS; i++) {
            detector_destroy(detector->levels[i].network);
            image_finish(&detector->levels[i].shrunk);
        }
        free(detector);
    }
}

// A face that was there is still there at half the odds.
static struct face_thresholds network_thresholds(const struct detector *network) {
    float start = detector_threshold(network), odds = start / (1 - start) / 2;
    return (struct face_thresholds){.start = start, .keep = odds / (1 + odds)};
}

struct face_thresholds face_detector_thresholds(const struct face_detector *detector) {
    const struct detector *network = detector->levels[0].network;
    return network ? network_thresholds(network) : hog_thresholds;
}

static float first_scale(const struct image *grey, float min_face_px) {
    float scale = fminf(NETWORK_FACE_PX / fmaxf(min_face_px, 1), MAX_ENLARGED);
    return fminf(scale, (float)MAX_SIDE / (float)max_int(grey->width, grey->height));
}

// A side of the picture at that scale.
static int side_at(float scale, int side) {
    return max_int((int)lroundf(scale * (float)side), 1);
}

// The picture at that size: grey itself, or a copy. NULL (logged) on failure.
static const struct image *fit(struct level *level, const struct image *grey, int width,
                               int height) {
    if (width == grey->width && height == grey->height) {
        return grey;
    }
    return image_resize_storage(&level->shrunk, width, height, PIXEL_GREY8) &&
                   picture_resize(grey, &level->shrunk)
               ? &level->shrunk
               : NULL;
}

// Adds what the network sees in the picture at that scale, in pixels of the picture, to the n
// objects found so far. Returns their number; -1 (logged) on failure.
static int look(struct face_detector *detector, struct level *level, const struct image *grey,
                float scale, float threshold, int n) {
    const struct detector *first = detector->levels[0].network;
    level->network = level->network ? level->network : detector_clone(first);
    const struct image *seen =
        fit(level, grey, side_at(scale, grey->width), side_at(scale, grey->height));
    if (!level->network || !seen || !detector_resize(level->network, seen->width, seen->height)) {
        return -1;
    }
    struct object *objects = detector->objects + n;
    int more = detector_run(level->network, seen, threshold, objects, MAX_FOUND);
    float x = (float)grey->width / (float)seen->width;
    float y = (float)grey->height / (float)seen->height;
    for (int i = 0; i < more; i++) {
        struct box *box = &objects[i].box;
        *box = (struct box){box->x * x, box->y * y, box->w * x, box->h * y};
    }
    return n + more;
}

static int network_find(struct face_detector *detector, const struct image *grey, float min_face_px,
                        float threshold, struct face_box *found, int capacity) {
    float scale = first_scale(grey, min_face_px);
    int side = min_int(grey->width, grey->height), n = 0;
    for (int i = 0; i < MAX_LEVELS && n >= 0 && (i == 0 || 2 * side_at(scale, side) > ENOUGH_SIDE);
         i++, scale /= 2) {
        n = look(detector, &detector->levels[i], grey, scale, threshold, n);
    }
    n = n > 0 ? objects_suppress(detector->objects, n, MAX_OVERLAP) : n;
    n = min_int(n, capacity);
    for (int i = 0; i < n; i++) {
        found[i] =
            (struct face_box){.box = detector->objects[i].box, .score = detector->objects[i].score};
    }
    return n;
}

int face_detector_find(struct face_detector *detector, const struct image *grey, float min_face_px,
                       struct face_box *found, int capacity) {
    if (!detector->hog) {
        float keep = network_thresholds(detector->levels[0].network).keep;
        return network_find(detector, grey, min_face_px, keep, found, capacity);
    }
    return hog_detector_find(detector->hog, grey, hog_detector_scale(min_face_px),
                             hog_thresholds.keep, found, capacity);
}

int face_detector_best_match(struct face_detector *detector, const struct image *grey,
                             float min_face_px, struct face_box *best) {
    return network_find(detector, grey, min_face_px, FAINTEST, best, 1);
}
