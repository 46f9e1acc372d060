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
#include <string.h>

#define LEAST_FACE_PX 40.0f // the detector's smallest at the largest scale that is sensible

struct analyser {
    struct analyser_options options;
    struct face_finder *finder;
    struct follower *follower; // NULL: every frame is searched
    struct smile_classifier *reader;
    struct image grey;
    struct brightener brightener;
    const struct image *clear; // grey, or a bright copy of it
    struct scene scene;
    struct tracker tracker;
    struct smile_events events;
    int rows[MAX_FACES]; // where the reader has each face that was kept
};

struct analyser *analyser_create(const struct analyser_options *options) {
    struct analyser *analyser = calloc(1, sizeof *analyser);
    if (!analyser) {
        LOG(ERROR, "not enough memory to analyse pictures");
        return NULL;
    }
    analyser->options = *options;
    analyser->reader = smile_classifier_create(options->model, &options->point);
    analyser->finder = analyser->reader ? face_finder_create(&options->landmarks) : NULL;
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
    smile_events_init(&analyser->events, smile_classifier_info(analyser->reader)->threshold);
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
    smile_classifier_destroy(analyser->reader);
    free(analyser);
}

const struct model_info *analyser_model(const struct analyser *analyser) {
    return smile_classifier_info(analyser->reader);
}

static float min_face_px(const struct analyser *analyser) {
    int asked = analyser->options.min_face_px;
    float px = asked > 0 ? (float)asked : (float)analyser->grey.height / FACES_PER_HEIGHT;
    return fmaxf(px, LEAST_FACE_PX);
}

static bool take_grey(struct analyser *analyser, const struct image *picture) {
    struct image *grey = &analyser->grey;
    bool good = image_resize_storage(grey, picture->width, picture->height, PIXEL_GREY8) &&
                picture_convert(picture, grey);
    analyser->clear = good ? brightener_apply(&analyser->brightener, grey) : NULL;
    return analyser->clear != NULL;
}

// probabilities: NULL for a face that was not found in this frame
static void fill_view(const struct model_info *info, double t, const struct track *track,
                      const float *probabilities, struct face_view *view) {
    view->id = track->id;
    view->box = track->box;
    view->seen = track->seen;
    view->confidence = track->confidence;
    view->unseen_s = t - track->seen_s;
    view->raw_score = probabilities ? probabilities[info->smile_label] : NAN;
    view->doubt = QUALITY_GOOD;
    view->n_probabilities = probabilities ? info->n_labels : 0;
    view->label = NULL;
    view->map.width = view->map.height = 0;
    memcpy(view->landmarks, track->landmarks, sizeof view->landmarks);
    for (int k = 0; k < view->n_probabilities; k++) {
        view->probabilities[k] = probabilities[k];
    }
}

// The steady state decides between the smile and the others, as everywhere.
static const char *label_of(const struct model_info *info, const struct face_view *view) {
    int best = view->smiling ? info->smile_label : -1;
    for (int k = 0; k < view->n_probabilities && !view->smiling; k++) {
        if (k != info->smile_label &&
            (best < 0 || view->probabilities[k] > view->probabilities[best])) {
            best = k;
        }
    }
    return best < 0 ? NULL : info->labels[best];
}

static void name_faces(const struct model_info *info, struct analysis *analysis) {
    for (int i = 0; i < analysis->n_faces && info->n_labels > 2; i++) {
        analysis->faces[i].label = label_of(info, &analysis->faces[i]);
    }
}

static bool wants_maps(const struct analyser *analyser) {
    const atomic_bool *maps = analyser->options.maps;
    return maps && atomic_load_explicit(maps, memory_order_relaxed);
}

static void fill_seen(struct analyser *analyser, const struct track *track,
                      struct face_view *view) {
    const struct model_info *info = analyser_model(analyser);
    int row = analyser->rows[track->found];
    view->doubt = face_quality_of(&info->doubt, &track->raw, track->landmarks,
                                  smile_classifier_chip(analyser->reader, row));
    if (wants_maps(analyser) && info->map_width > 0 && isfinite(view->raw_score)) {
        attention_map_read(analyser->reader, row, view->landmarks, &view->map);
    }
}

static void fill_analysis(struct analyser *analyser, double t, const float *probabilities,
                          struct analysis *analysis) {
    const struct model_info *info = analyser_model(analyser);
    const struct tracker *tracker = &analyser->tracker;
    analysis->n_faces = tracker->n_tracks;
    analysis->no_maps = wants_maps(analyser) && info->map_width == 0;
    for (int i = 0; i < tracker->n_tracks; i++) {
        const struct track *track = &tracker->tracks[i];
        fill_view(info, t, track,
                  track->seen ? probabilities + track->found * info->n_labels : NULL,
                  &analysis->faces[i]);
        if (track->seen) {
            fill_seen(analyser, track, &analysis->faces[i]);
        }
    }
    smile_events_update(&analyser->events, t, analysis); // leaves out who is not believed yet
    name_faces(info, analysis);
}

static int find(struct analyser *analyser, double t, bool fresh, struct face *faces) {
    float least = min_face_px(analyser);
    if (analyser->follower) {
        return follower_find(analyser->follower, analyser->clear, t, least, fresh, faces);
    }
    return face_finder_find(analyser->finder, analyser->clear, face_finder_scale(least), 0, faces,
                            MAX_FACES);
}

// Takes out the followed faces that are none any more; returns how many are left.
static int recognise(struct analyser *analyser, struct face *faces, float *probabilities, int n) {
    int kept = 0, n_labels = analyser_model(analyser)->n_labels;
    for (int i = 0; i < n; i++) {
        if (follower_recognises(analyser->follower, i,
                                smile_classifier_chip(analyser->reader, i))) {
            faces[kept] = faces[i];
            analyser->rows[kept] = i;
            memmove(probabilities + kept * n_labels, probabilities + i * n_labels,
                    (size_t)n_labels * sizeof *probabilities);
            kept++;
        }
    }
    return kept;
}

bool analyser_run(struct analyser *analyser, const struct frame *frame, struct analysis *analysis) {
    struct face faces[MAX_FACES];
    double t = (double)frame->media_ns * 1e-9;
    int64_t begin_ns = clock_now_ns();
    if (!take_grey(analyser, &frame->picture)) {
        return false;
    }
    bool known = analyser->scene.known, cut = scene_cut(&analyser->scene, analyser->clear);
    int64_t grey_ns = clock_now_ns();
    int n = find(analyser, t, cut || !known, faces);
    if (n < 0) {
        return false;
    }
    int64_t found_ns = clock_now_ns();
    float *probabilities = smile_classifier_read(analyser->reader, &analyser->grey, faces, n);
    for (int i = 0; i < n; i++) {
        analyser->rows[i] = i;
    }
    n = analyser->follower ? recognise(analyser, faces, probabilities, n) : n;
    tracker_update(&analyser->tracker, t, faces, n, cut);
    fill_analysis(analyser, t, probabilities, analysis);
    analysis->grey_ns = grey_ns - begin_ns;
    analysis->find_ns = found_ns - grey_ns;
    analysis->classify_ns = clock_now_ns() - found_ns;
    return true;
}

void analyser_lose(struct analyser *analyser, double t, struct analysis *analysis) {
    tracker_update(&analyser->tracker, t, NULL, 0, true);
    fill_analysis(analyser, t, NULL, analysis);
    analysis->grey_ns = analysis->find_ns = analysis->classify_ns = 0;
    analyser->scene.known = false;
}
