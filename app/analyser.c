// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "analyser.h"

#include "../core/log.h"
#include "face_reader.h"
#include "scene_cut.h"
#include "smile_events.h"
#include "tracker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DETECTOR_PX 80 // the smallest face that the detector finds at scale 1
#define MAX_SCALE 2
#define MIN_SCALE 0.02f

struct analyser {
    struct analyser_options options;
    struct face_finder *finder;
    struct face_reader *reader;
    struct image grey;
    struct scene scene;
    struct tracker tracker;
    struct smile_events events;
};

struct analyser *analyser_create(const struct analyser_options *options) {
    struct analyser *analyser = calloc(1, sizeof *analyser);
    if (!analyser) {
        LOG(ERROR, "not enough memory to analyse pictures");
        return NULL;
    }
    analyser->options = *options;
    analyser->reader = face_reader_create(options->model);
    analyser->finder = analyser->reader ? face_finder_create(NULL) : NULL;
    if (!analyser->finder) {
        analyser_destroy(analyser);
        return NULL;
    }
    tracker_init(&analyser->tracker);
    smile_events_init(&analyser->events, face_reader_info(analyser->reader)->threshold);
    return analyser;
}

void analyser_destroy(struct analyser *analyser) {
    if (!analyser) {
        return;
    }
    image_finish(&analyser->grey);
    face_finder_destroy(analyser->finder);
    face_reader_destroy(analyser->reader);
    free(analyser);
}

const struct model_info *analyser_model(const struct analyser *analyser) {
    return face_reader_info(analyser->reader);
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static float search_scale(const struct analyser *analyser) {
    float least = analyser->options.min_face_px > 0
                      ? (float)analyser->options.min_face_px
                      : (float)analyser->grey.height / (float)analyser->options.faces_per_height;
    float scale = fminf(DETECTOR_PX / least, MAX_SCALE);
    return fmaxf(scale, MIN_SCALE);
}

static bool take_grey(struct analyser *analyser, const struct image *picture) {
    return image_resize_storage(&analyser->grey, picture->width, picture->height, PIXEL_GREY8) &&
           picture_convert(picture, &analyser->grey);
}

// probabilities: NULL for a face that was not found in this frame
static void fill_view(const struct model_info *info, const struct track *track,
                      const float *probabilities, struct face_view *view) {
    view->id = track->id;
    view->box = track->box;
    view->seen = track->seen;
    view->raw_score = probabilities ? probabilities[info->smile_label] : NAN;
    view->n_probabilities = probabilities ? info->n_labels : 0;
    view->label = NULL;
    memcpy(view->landmarks, track->landmarks, sizeof view->landmarks);
    for (int k = 0; k < view->n_probabilities; k++) {
        view->probabilities[k] = probabilities[k];
    }
    if (probabilities && info->n_labels > 2) {
        view->label = info->labels[face_reader_verdict(info, probabilities)];
    }
}

static void fill_analysis(struct analyser *analyser, double t, const float *probabilities,
                          struct analysis *analysis) {
    const struct model_info *info = analyser_model(analyser);
    const struct tracker *tracker = &analyser->tracker;
    analysis->n_faces = tracker->n_tracks;
    for (int i = 0; i < tracker->n_tracks; i++) {
        const struct track *track = &tracker->tracks[i];
        fill_view(info, track, track->seen ? probabilities + track->found * info->n_labels : NULL,
                  &analysis->faces[i]);
    }
    smile_events_update(&analyser->events, t, analysis);
}

bool analyser_run(struct analyser *analyser, const struct frame *frame, struct analysis *analysis) {
    struct face faces[MAX_FACES];
    double t = (double)frame->media_ns * 1e-9;
    int64_t begin_ns = now_ns();
    if (!take_grey(analyser, &frame->picture)) {
        return false;
    }
    int n = face_finder_find(analyser->finder, &analyser->grey, search_scale(analyser), 0, faces,
                             MAX_FACES);
    if (n < 0) {
        return false;
    }
    bool cut = scene_cut(&analyser->scene, &analyser->grey);
    int64_t found_ns = now_ns();
    const float *probabilities = face_reader_read(analyser->reader, &analyser->grey, faces, n);
    tracker_update(&analyser->tracker, t, faces, n, cut);
    fill_analysis(analyser, t, probabilities, analysis);
    analysis->find_ns = found_ns - begin_ns;
    analysis->classify_ns = now_ns() - found_ns;
    return true;
}

void analyser_lose(struct analyser *analyser, double t, struct analysis *analysis) {
    tracker_update(&analyser->tracker, t, NULL, 0, true);
    fill_analysis(analyser, t, NULL, analysis);
    analysis->find_ns = 0;
    analysis->classify_ns = 0;
    analyser->scene.known = false;
}
