// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/analyser.h"

#include "core/base/log.h"
#include "app/faces/brighten.h"
#include "app/system/clock.h"
#include "app/analysis/face_quality.h"
#include "app/analysis/attention_map.h"
#include "app/analysis/smile_classifier.h"
#include "app/faces/landmark_tracker.h"
#include "app/faces/scene_cut.h"
#include "app/analysis/smile_events.h"
#include "app/faces/identity_tracker.h"

#include <math.h>
#include <stdlib.h>

#define MIN_FACE_PX 40.0f // the detector's smallest at the largest scale that is sensible

struct analyser {
    struct analyser_options options;
    struct face_finder *finder;
    struct follower *follower; // NULL: every frame is searched
    struct smile_classifier *classifier;
    struct image grey;
    struct brightener brightener;
    const struct image *clear; // grey, or a bright copy of it
    struct scene scene;
    struct tracker tracker;
    struct smile_events events;
    struct sighting sightings[MAX_FACES]; // of this frame
};

struct analyser *analyser_create(const struct analyser_options *options) {
    struct analyser *analyser = calloc(1, sizeof *analyser);
    if (!analyser) {
        log_no_memory("the analysis");
        return NULL;
    }
    analyser->options = *options;
    analyser->classifier = smile_classifier_create(options->model, &options->point);
    analyser->finder = analyser->classifier ? face_finder_create(&options->landmarks) : NULL;
    bool ready = analyser->finder != NULL;
    if (ready && options->detector == DETECTOR_FOLLOW) {
        analyser->follower = follower_create(analyser->finder, options->deterministic);
        ready = analyser->follower != NULL;
    }
    if (!ready) {
        analyser_destroy(analyser);
        return NULL;
    }
    tracker_init(&analyser->tracker);
    smile_events_init(&analyser->events, smile_classifier_info(analyser->classifier)->threshold);
    return analyser;
}

void analyser_destroy(struct analyser *analyser) {
    if (!analyser) {
        return;
    }
    image_finish(&analyser->grey);
    brightener_finish(&analyser->brightener);
    follower_destroy(analyser->follower);
    face_finder_destroy(analyser->finder);
    smile_classifier_destroy(analyser->classifier);
    free(analyser);
}

const struct model_info *analyser_model(const struct analyser *analyser) {
    return smile_classifier_info(analyser->classifier);
}

static float min_face_px(const struct analyser *analyser) {
    int asked = analyser->options.min_face_px;
    float px = asked > 0 ? (float)asked : (float)analyser->grey.height / FACES_PER_HEIGHT;
    return fmaxf(px, MIN_FACE_PX);
}

static bool take_grey(struct analyser *analyser, const struct image *picture) {
    struct image *grey = &analyser->grey;
    bool good = image_resize_storage(grey, picture->width, picture->height, PIXEL_GREY8) &&
                picture_convert(picture, grey);
    analyser->clear = good ? brightener_apply(&analyser->brightener, grey) : NULL;
    return analyser->clear != NULL;
}

static bool wants_maps(const struct analyser *analyser) {
    const atomic_bool *maps = analyser->options.maps;
    return maps && atomic_load_explicit(maps, memory_order_relaxed) &&
           analyser_model(analyser)->map_width > 0;
}

// ---- the steps, each of which fills in its part of the sightings ----

// Returns their number, -1 (logged) on failure.
static int find(struct analyser *analyser, double t, bool fresh) {
    float least = min_face_px(analyser);
    if (analyser->follower) {
        return follower_find(analyser->follower, analyser->clear, t, least, fresh,
                             analyser->sightings);
    }
    struct face faces[MAX_FACES];
    int n = face_finder_find(analyser->finder, analyser->clear, face_finder_scale(least), 0, faces,
                             MAX_FACES);
    for (int i = 0; i < n; i++) {
        analyser->sightings[i] = (struct sighting){.face = faces[i]};
    }
    return n;
}

// The classifier knows the faces by their places, so before any is dropped.
static void judge(struct analyser *analyser, int n) {
    const struct quality_limits *limits = &analyser_model(analyser)->quality;
    for (int i = 0; i < n; i++) {
        struct sighting *s = &analyser->sightings[i];
        s->box = tracker_face_box(&s->face);
        s->quality = face_quality_of(limits, &s->box, s->face.landmarks, s->chip);
        if (wants_maps(analyser) && isfinite(s->smile)) {
            attention_map_read(analyser->classifier, i, s);
        }
    }
}

// Drops faces that no longer look like the one that was followed; returns how many are left.
static int recognise(struct analyser *analyser, int n) {
    int kept = 0;
    for (int i = 0; i < n; i++) {
        if (follower_recognises(analyser->follower, &analyser->sightings[i])) {
            analyser->sightings[kept++] = analyser->sightings[i];
        }
    }
    return kept;
}

// The steady state decides between the smile and the others, as everywhere.
static void label(const struct model_info *info, struct analysis *analysis) {
    for (int i = 0; i < analysis->n_faces && info->n_labels > 2; i++) {
        struct face_view *view = &analysis->faces[i];
        if (view->smiling || view->n_probabilities > 0) {
            int best = smile_classifier_label(info, view->probabilities, view->smiling);
            view->label = info->labels[best];
        }
    }
}

// Names the n faces that were found, and says what has happened.
static void conclude(struct analyser *analyser, double t, int n, bool cut,
                     struct analysis *analysis) {
    n = tracker_update(&analyser->tracker, t, analyser->sightings, n, cut);
    smile_events_update(&analyser->events, t, analyser->sightings, n, analysis);
    label(analyser_model(analyser), analysis);
}

bool analyser_run(struct analyser *analyser, const struct frame *frame, struct analysis *analysis) {
    double t = (double)frame->media_ns * 1e-9;
    int64_t begin_ns = clock_now_ns();
    if (!take_grey(analyser, &frame->picture)) {
        return false;
    }
    bool known = analyser->scene.known, cut = scene_cut(&analyser->scene, analyser->clear);
    int64_t grey_ns = clock_now_ns();
    int n = find(analyser, t, cut || !known);
    if (n < 0) {
        return false;
    }
    int64_t found_ns = clock_now_ns();
    smile_classifier_read(analyser->classifier, &analyser->grey, analyser->sightings, n);
    judge(analyser, n);
    n = analyser->follower ? recognise(analyser, n) : n;
    conclude(analyser, t, n, cut, analysis);
    analysis->grey_ns = grey_ns - begin_ns;
    analysis->find_ns = found_ns - grey_ns;
    analysis->classify_ns = clock_now_ns() - found_ns;
    return true;
}

void analyser_lose(struct analyser *analyser, double t, struct analysis *analysis) {
    conclude(analyser, t, 0, true, analysis);
    analysis->grey_ns = analysis->find_ns = analysis->classify_ns = 0;
    analyser->scene.known = false;
}

// ---- as a driver ----

static void *faces_create(const void *options) {
    return analyser_create(options);
}

static bool faces_run(void *analyser, const struct frame *frame, struct analysis *analysis) {
    return analyser_run(analyser, frame, analysis);
}

static void faces_lose(void *analyser, double t, struct analysis *analysis) {
    analyser_lose(analyser, t, analysis);
}

static const struct model_info *faces_model(const void *analyser) {
    return analyser_model(analyser);
}

static void faces_destroy(void *analyser) {
    analyser_destroy(analyser);
}

const struct analysis_driver analysis_faces = {
    .options_size = sizeof(struct analyser_options),
    .create = faces_create,
    .run = faces_run,
    .lose = faces_lose,
    .model = faces_model,
    .destroy = faces_destroy,
};
