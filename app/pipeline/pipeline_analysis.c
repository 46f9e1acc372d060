// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/pipeline/pipeline_private.h"

// The next captured slot; NULL when there will be none.
static struct slot *next_captured(struct pipeline *p) {
    struct slot *slot = NULL;
    pthread_mutex_lock(&p->lock);
    p->analysing = false;
    pthread_cond_broadcast(&p->changed);
    while (!p->stopping && p->captured.n == 0 && !p->capture_over) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    if (!p->stopping && p->captured.n > 0) {
        slot = pipeline_remove_at(p, &p->captured, 0);
        p->analysing = true;
    }
    pthread_mutex_unlock(&p->lock);
    return slot;
}

static void hand_over(struct pipeline *p, struct slot *slot) {
    if (slot->run_up) {
        pipeline_give_up(p, slot);
        return;
    }
    pthread_mutex_lock(&p->lock);
    while (!p->stopping && p->analysed.n >= QUEUE_FRAMES) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    if (!slot->is_notice) {
        pipeline_meter_count(&p->analysis_meter);
    }
    pipeline_push(p, &p->analysed, slot);
    pthread_mutex_unlock(&p->lock);
}

static void analyse_notice(struct pipeline *p, void *analyser, struct slot *slot) {
    struct analysis *analysis = &slot->analysis;
    double t = (double)slot->frame.media_ns * 1e-9;
    if (slot->notice == EVENT_CAMERA_LOST || slot->notice == EVENT_CLOSED) {
        p->driver->lose(analyser, t, analysis);
    } else {
        analysis->n_faces = 0;
        analysis->n_events = 0;
    }
    analysis->events[analysis->n_events++] = (struct smile_event){.kind = slot->notice, .t = t};
}

static bool analyse(struct pipeline *p, void *analyser, struct slot *slot) {
    if (slot->is_notice) {
        analyse_notice(p, analyser, slot);
        return true;
    }
    if (slot->restarts && p->driver->restart) {
        p->driver->restart(analyser);
    }
    return p->driver->run(analyser, &slot->frame, &slot->analysis);
}

static void break_down(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    p->broken = PIPELINE_BROKEN;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static void *start_analysis(struct pipeline *p) {
    void *analyser = p->driver->create(p->driver_options);
    pthread_mutex_lock(&p->lock);
    p->ready = analyser != NULL;
    p->model = analyser && p->driver->model ? p->driver->model(analyser) : NULL;
    p->broken = analyser ? PIPELINE_FRAME : PIPELINE_BROKEN;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return analyser;
}

void *pipeline_analysis_main(void *argument) {
    struct pipeline *p = argument;
    void *analyser = start_analysis(p);
    p->analyser = analyser;
    for (struct slot *slot; analyser && (slot = next_captured(p));) {
        if (!analyse(p, analyser, slot)) {
            pipeline_give_up(p, slot);
            break_down(p);
            break;
        }
        hand_over(p, slot);
    }
    pthread_mutex_lock(&p->lock);
    p->analysis_over = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}
