// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/pipeline/pipeline_private.h"

#include "app/system/worker_thread.h"

#include "core/base/log.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define STUCK_NS (3 * NS_PER_S / 10) // a thread that does not return by then is left behind

// ---- starting and stopping ----

static bool init_lock(struct pipeline *p) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    bool good =
        pthread_mutex_init(&p->lock, NULL) == 0 && pthread_cond_init(&p->changed, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return good;
}

static void free_all(struct pipeline *p) {
    for (int i = 0; i < POOL_SLOTS; i++) {
        image_finish(&p->slots[i].frame.picture);
    }
    source_close(p->source);
    source_close(p->next_source);
    if (p->wake_fd >= 0) {
        close(p->wake_fd);
    }
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p->driver_options);
    free(p);
}

// Ends whatever the capture thread waits for. With the lock held.
static void wake_capture(struct pipeline *p) {
    if (p->source) {
        source_interrupt(p->source);
    }
    eventfd_write(p->wake_fd, 1);
    pthread_cond_broadcast(&p->changed);
}

static void stop(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    wake_capture(p);
    pthread_mutex_unlock(&p->lock);
}

struct pipeline *pipeline_create(const struct pipeline_options *options) {
    struct pipeline *p = calloc(1, sizeof *p);
    void *driver_options = malloc(options->driver->options_size);
    if (!p || !driver_options || !init_lock(p)) {
        log_no_memory("the pipeline");
        source_close(options->source);
        free(driver_options);
        free(p);
        return NULL;
    }
    p->source = options->source;
    p->place = options->place;
    p->wanted = options->wanted;
    p->driver = options->driver;
    p->driver_options =
        memcpy(driver_options, options->driver_options, options->driver->options_size);
    p->paced = options->paced;
    p->newest = options->newest;
    p->wait = options->wait;
    p->resting = options->resting;
    p->anchor_ns = -1;
    p->n_slots = LEAST_SLOTS;
    p->last_media_ns = -1;
    p->seek_ns = -1;
    p->speed = 1;
    p->analysing = true;
    p->capture_end = PIPELINE_END;
    p->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (p->wake_fd < 0 || !worker_thread_start(&p->capture_thread, pipeline_capture_main, p)) {
        goto fail;
    }
    if (!worker_thread_start(&p->analysis_thread, pipeline_analysis_main, p)) {
        stop(p);
        pthread_join(p->capture_thread, NULL);
        goto fail;
    }
    return p;
fail:
    LOG(ERROR, "cannot start another thread; are too many threads or files in use?");
    free_all(p);
    return NULL;
}

static atomic_bool abandoned;

bool pipeline_abandoned(void) {
    return atomic_load(&abandoned);
}

// Whether both threads end in time. Opening a network address cannot be interrupted, nor loading
// the landmarks.
static bool threads_end(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    int64_t until = clock_now_ns() + STUCK_NS;
    bool waiting = true;
    while (waiting && !(p->capture_over && p->analysis_over)) {
        waiting = pipeline_wait_until(p, until);
    }
    bool ended = p->capture_over && p->analysis_over;
    pthread_mutex_unlock(&p->lock);
    return ended;
}

void pipeline_destroy(struct pipeline *p) {
    if (!p) {
        return;
    }
    stop(p);
    if (!threads_end(p)) {
        LOG(DEBUG, "a thread does not answer; it is left behind");
        pthread_detach(p->analysis_thread);
        pthread_detach(p->capture_thread);
        atomic_store(&abandoned, true);
        return; // what they still use stays allocated
    }
    pthread_join(p->analysis_thread, NULL);
    pthread_join(p->capture_thread, NULL);
    if (p->analyser) {
        p->driver->destroy(p->analyser);
    }
    free_all(p);
}

// ---- taking ----

// The status when there is nothing to take; PIPELINE_TIMEOUT when something may still come.
static enum pipeline_status idle_status(const struct pipeline *p) {
    if (p->broken != PIPELINE_FRAME) {
        return p->broken;
    }
    bool all_taken = p->at_end && p->seek_ns < 0 && p->captured.n == 0 && !p->analysing;
    return p->analysis_over || all_taken ? p->capture_end : PIPELINE_TIMEOUT;
}

enum pipeline_status pipeline_take(struct pipeline *p, int64_t timeout_ns,
                                   struct pipeline_item *item) {
    *item = (struct pipeline_item){0};
    pthread_mutex_lock(&p->lock);
    int64_t until = clock_now_ns() + timeout_ns;
    bool waiting = true;
    enum pipeline_status status = PIPELINE_TIMEOUT;
    while (p->analysed.n == 0 && (status = idle_status(p)) == PIPELINE_TIMEOUT && waiting) {
        waiting = pipeline_wait_until(p, until);
    }
    if (p->analysed.n > 0) {
        struct slot *slot = pipeline_remove_at(p, &p->analysed, 0);
        *item = (struct pipeline_item){&slot->frame, &slot->analysis};
        status = slot->is_notice ? PIPELINE_NOTICE : PIPELINE_FRAME;
    }
    pthread_mutex_unlock(&p->lock);
    return status;
}

bool pipeline_preview(struct pipeline *p, struct pipeline_item *item) {
    static const struct analysis nothing;
    *item = (struct pipeline_item){0};
    pthread_mutex_lock(&p->lock);
    for (int i = p->captured.n - 1; i >= 0 && !p->ready && !item->frame; i--) {
        struct slot *slot = p->captured.slots[i];
        if (!slot->is_notice) {
            slot->users++;
            *item = (struct pipeline_item){&slot->frame, &nothing};
        }
    }
    pthread_mutex_unlock(&p->lock);
    return item->frame != NULL;
}

void pipeline_release(struct pipeline *p, struct pipeline_item *item) {
    if (item->frame) {
        // The frame is the slot's first member.
        struct slot *slot = (struct slot *)(uintptr_t)item->frame;
        pipeline_give_up(p, slot);
    }
    *item = (struct pipeline_item){0};
}

void pipeline_pause(struct pipeline *p, bool paused) {
    pthread_mutex_lock(&p->lock);
    p->paused = paused;
    p->n_steps = 0;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void pipeline_step(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    p->n_steps++;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void pipeline_set_speed(struct pipeline *p, double speed) {
    pthread_mutex_lock(&p->lock);
    p->speed = speed;
    pthread_mutex_unlock(&p->lock);
}

void pipeline_seek(struct pipeline *p, int64_t media_ns) {
    pthread_mutex_lock(&p->lock);
    p->seek_ns = media_ns > 0 ? media_ns : 0;
    p->n_steps = p->paused;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void pipeline_rest(struct pipeline *p, bool resting) {
    pthread_mutex_lock(&p->lock);
    p->resting = resting;
    eventfd_write(p->wake_fd, 1);
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void pipeline_switch(struct pipeline *p, struct source *source, const struct source_place *place) {
    pthread_mutex_lock(&p->lock);
    struct source *unused = p->next_source;
    p->next_source = source;
    p->next_place = *place;
    wake_capture(p);
    pthread_mutex_unlock(&p->lock);
    source_close(unused);
}

struct pipeline_stats pipeline_get_stats(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    struct pipeline_stats stats = {
        .capture_hz = p->capture_meter.rate_hz,
        .analysis_hz = p->analysis_meter.rate_hz,
        .n_captured = p->capture_meter.count,
        .n_analysed = p->analysis_meter.count,
        .n_dropped = p->n_dropped,
        .ready = p->ready,
        .lost = p->lost,
        .model = p->model,
    };
    pthread_mutex_unlock(&p->lock);
    return stats;
}
