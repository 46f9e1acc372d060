// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/analyser.h"

#include "core/base/log.h"
#include "app/system/clock.h"
#include "app/system/model_files.h"
#include "app/analysis/face_quality.h"
#include "app/analysis/attention_map.h"
#include "app/analysis/smile_classifier.h"
#include "app/faces/scene_cut.h"
#include "app/analysis/smile_events.h"
#include "app/faces/identity_tracker.h"

#include <math.h>
#include <stdlib.h>

struct analyser {
    struct analyser_options options;
    struct face_detector *detector;
    struct face_points *points;
    struct landmarks *landmarks; // NULL: not wanted
    struct smile_classifier *classifier;
    struct image grey;
    struct scene scene;
    struct tracker tracker;
    struct smile_events events;
    struct sighting sightings[MAX_FACES]; // of this frame
};

static bool load(struct analyser *analyser) {
    const struct analyser_options *options = &analyser->options;
    bool all = options->all_landmarks || options->landmarks.path;
    char path[MODEL_PATH_LEN];
    return (analyser->classifier = smile_classifier_create(options->model, &options->point)) &&
           (analyser->detector = face_detector_create(&options->detector)) &&
           (analyser->points = face_points_create(model_file_landmarks(path))) &&
           (!all || (analyser->landmarks = landmarks_create(&options->landmarks)));
}

struct analyser *analyser_create(const struct analyser_options *options) {
    struct analyser *analyser = calloc(1, sizeof *analyser);
    if (!analyser) {
        log_no_memory("the analysis");
        return NULL;
    }
    analyser->options = *options;
    if (!load(analyser)) {
        analyser_destroy(analyser);
        return NULL;
    }
    analyser_restart(analyser);
    return analyser;
}

void analyser_destroy(struct analyser *analyser) {
    if (!analyser) {
        return;
    }
    image_finish(&analyser->grey);
    landmarks_destroy(analyser->landmarks);
    face_points_destroy(analyser->points);
    face_detector_destroy(analyser->detector);
    smile_classifier_destroy(analyser->classifier);
    free(analyser);
}

const struct model_info *analyser_model(const struct analyser *analyser) {
    return smile_classifier_info(analyser->classifier);
}

static float min_face_px(const struct analyser *analyser) {
    int asked = analyser->options.min_face_px;
    return asked > 0 ? (float)asked : (float)analyser->grey.height / FACES_PER_HEIGHT;
}

static bool take_grey(struct analyser *analyser, const struct image *picture) {
    return image_resize_storage(&analyser->grey, picture->width, picture->height, PIXEL_GREY8) &&
           picture_convert(picture, &analyser->grey);
}

static bool wants_maps(const struct analyser *analyser) {
    const atomic_bool *maps = analyser->options.maps;
    return maps && atomic_load_explicit(maps, memory_order_relaxed) &&
           analyser_model(analyser)->map_width > 0;
}

// ---- the steps, each of which fills in its part of the sightings ----

static bool place(const struct analyser *analyser, struct sighting *s) {
    const struct image *grey = &analyser->grey;
    return face_points_place(analyser->points, grey, s->face.box, s->face.points) &&
           (!analyser->landmarks ||
            landmarks_place(analyser->landmarks, grey, s->face.box, s->landmarks));
}

// Returns their number, -1 (logged) on failure.
static int find(struct analyser *analyser, double t, bool cut) {
    struct face_box found[TRACKER_FINDS];
    int n = face_detector_find(analyser->detector, &analyser->grey, min_face_px(analyser), found,
                               TRACKER_FINDS);
    if (n < 0) {
        return -1;
    }
    n = tracker_match(&analyser->tracker, t, found, n, cut, analyser->sightings);
    for (int i = 0; i < n; i++) {
        if (!place(analyser, &analyser->sightings[i])) {
            return -1;
        }
    }
    return n;
}

static void judge(struct analyser *analyser, int n) {
    const struct quality_limits *limits = &analyser_model(analyser)->quality;
    for (int i = 0; i < n; i++) {
        struct sighting *s = &analyser->sightings[i];
        s->box = tracker_face_box(&s->face);
        s->quality = face_quality_of(limits, &s->box, s->face.points, s->chip);
        if (wants_maps(analyser) && isfinite(s->smile)) {
            attention_map_read(analyser->classifier, i, s);
        }
    }
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

// Adds those who are there unseen, and says what has happened.
static void conclude(struct analyser *analyser, double t, int n, struct analysis *analysis) {
    n = tracker_finish(&analyser->tracker, t, analyser->sightings, n);
    smile_events_update(&analyser->events, t, analyser->sightings, n, analysis);
    label(analyser_model(analyser), analysis);
}

bool analyser_run(struct analyser *analyser, const struct frame *frame, struct analysis *analysis) {
    double t = (double)frame->media_ns * 1e-9;
    int64_t begin_ns = clock_now_ns();
    if (!take_grey(analyser, &frame->picture)) {
        return false;
    }
    bool cut = scene_cut(&analyser->scene, &analyser->grey);
    int64_t grey_ns = clock_now_ns();
    int n = find(analyser, t, cut);
    if (n < 0) {
        return false;
    }
    int64_t found_ns = clock_now_ns();
    smile_classifier_read(analyser->classifier, &analyser->grey, analyser->sightings, n);
    judge(analyser, n);
    conclude(analyser, t, n, analysis);
    analysis->grey_ns = grey_ns - begin_ns;
    analysis->find_ns = found_ns - grey_ns;
    analysis->classify_ns = clock_now_ns() - found_ns;
    return true;
}

void analyser_lose(struct analyser *analyser, double t, struct analysis *analysis) {
    int nobody = tracker_match(&analyser->tracker, t, NULL, 0, true, analyser->sightings);
    conclude(analyser, t, nobody, analysis);
    analysis->grey_ns = analysis->find_ns = analysis->classify_ns = 0;
    analyser->scene.known = false;
}

void analyser_restart(struct analyser *analyser) {
    int n_smiles = analyser->events.n_smiles;
    tracker_init(&analyser->tracker, face_detector_thresholds(analyser->detector));
    smile_events_init(&analyser->events, analyser_model(analyser)->threshold);
    analyser->events.n_smiles = n_smiles;
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

static void faces_restart(void *analyser) {
    analyser_restart(analyser);
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
    .restart = faces_restart,
    .model = faces_model,
    .destroy = faces_destroy,
};
