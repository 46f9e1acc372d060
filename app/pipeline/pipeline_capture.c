// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/pipeline/pipeline_private.h"

#include "core/base/log.h"
#include "app/sources/camera_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LATE_NS (NS_PER_S / 10) // a paced source that is later than this does not try to catch up
#define FIRST_BACKOFF_MS 250    // between attempts to open a lost source, doubling
#define MAX_BACKOFF_MS 2000     // up to this
#define RUN_UP_NS (NS_PER_S / 2)
#define SETTLING_MS 100 // a device that has just come is not yet the user's

// ---- delivering ----

// Room in the queue, in a mailbox at any time.
static bool may_capture(const struct pipeline *p) {
    return p->newest || p->captured.n < QUEUE_FRAMES;
}

// NULL when stopping.
static struct slot *acquire(struct pipeline *p) {
    struct slot *slot = NULL;
    pthread_mutex_lock(&p->lock);
    while (!p->stopping && !(slot = pipeline_free_slot(p))) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    if (slot) {
        slot->users = 1;
        slot->is_notice = slot->restarts = slot->run_up = false;
    }
    pthread_mutex_unlock(&p->lock);
    return slot;
}

static void deliver(struct pipeline *p, struct slot *slot) {
    pthread_mutex_lock(&p->lock);
    while (!p->stopping && !may_capture(p)) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    if (p->newest && !slot->is_notice) {
        int n = pipeline_drop(p, &p->captured);
        p->n_dropped += p->ready ? n : 0;
    }
    if (!slot->is_notice) {
        pipeline_meter_count(&p->capture_meter);
        pipeline_size_pool(p, &slot->frame.picture);
    }
    pipeline_push(p, &p->captured, slot);
    pthread_mutex_unlock(&p->lock);
}

// ---- time ----

// Whether whoever waits for its time should go on waiting.
static bool may_wait(const struct pipeline *p) {
    return !p->stopping && p->seek_ns < 0;
}

static void wait_while_paused(struct pipeline *p) {
    while (p->paused && p->n_steps == 0 && may_wait(p)) {
        pthread_cond_wait(&p->changed, &p->lock);
        p->anchor_ns = -1;
    }
    if (p->paused && p->n_steps > 0 && may_wait(p)) {
        p->n_steps--;
        p->anchor_ns = -1;
    }
}

// Holds a frame until its time has come, and stamps it with that. False when it is not wanted any
// more.
static bool keep_pace(struct pipeline *p, struct frame *frame) {
    pthread_mutex_lock(&p->lock);
    wait_while_paused(p);
    int64_t now = clock_now_ns(), after_ns = (int64_t)((double)frame->media_ns / p->speed);
    if (p->anchor_ns < 0 || p->anchor_speed != p->speed ||
        now > p->anchor_ns + after_ns + LATE_NS) {
        p->anchor_ns = now - after_ns;
        p->anchor_speed = p->speed;
    }
    while (may_wait(p) && clock_now_ns() < p->anchor_ns + after_ns) {
        pipeline_wait_until(p, p->anchor_ns + after_ns);
    }
    bool wanted = p->seek_ns < 0;
    pthread_mutex_unlock(&p->lock);
    frame->captured_ns = clock_now_ns();
    return wanted;
}

// Continues time and numbers from the end of the source before.
static void stamp(struct pipeline *p, struct frame *frame) {
    if (p->rebase) {
        int64_t gap_ns = frame->captured_ns - p->last_captured_ns;
        p->base_ns = p->last_media_ns + (gap_ns > 1 ? gap_ns : 1) - frame->media_ns;
        p->base_number = p->next_number - frame->number;
        p->rebase = false;
    }
    frame->media_ns += p->base_ns;
    frame->number += p->base_number;
    p->next_number = frame->number + 1;
}

static void send_notice(struct pipeline *p, enum smile_event_kind kind, int64_t media_ns,
                        int64_t captured_ns) {
    struct slot *slot = acquire(p);
    if (!slot) {
        return;
    }
    slot->is_notice = true;
    slot->notice = kind;
    slot->frame.media_ns = media_ns > 0 ? media_ns : 0;
    slot->frame.captured_ns = captured_ns;
    slot->frame.number = p->next_number;
    deliver(p, slot);
}

// Records why there will be no more frames. Always false, for the caller to return.
static bool finish_capture(struct pipeline *p, enum pipeline_status end) {
    pthread_mutex_lock(&p->lock);
    p->capture_end = end;
    pthread_mutex_unlock(&p->lock);
    return false;
}

// ---- losing and replacing the source ----

// Puts another source in place of the present one, which is closed; NULL: no source for now.
static void replace_source(struct pipeline *p, struct source *source) {
    pthread_mutex_lock(&p->lock);
    struct source *old = p->source;
    p->source = source;
    bool stopping = p->stopping;
    pthread_mutex_unlock(&p->lock);
    source_close(old);
    if (source && stopping) {
        source_interrupt(source);
    }
    p->rebase = p->last_media_ns >= 0;
    p->anchor_ns = -1;
}

// Switches to the source that pipeline_switch has left here.
static bool take_next_source(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    struct source *next = p->next_source;
    p->next_source = NULL;
    if (next) {
        p->place = p->next_place;
    }
    pthread_mutex_unlock(&p->lock);
    if (next) {
        replace_source(p, next);
    }
    return next != NULL;
}

static void set_lost(struct pipeline *p, bool lost) {
    pthread_mutex_lock(&p->lock);
    p->lost = lost;
    pthread_mutex_unlock(&p->lock);
}

// Waits until the time is over or a device has come, which resets the back-off. False when stopping
// or when another source is to be used.
static bool back_off(struct pipeline *p, int watch, int *pause_ms) {
    struct pollfd news[] = {{.fd = p->wake_fd, .events = POLLIN},
                            {.fd = watch, .events = POLLIN}}; // a negative one is passed over
    eventfd_t unused;
    poll(news, 2, *pause_ms);
    *pause_ms = 2 * *pause_ms < MAX_BACKOFF_MS ? 2 * *pause_ms : MAX_BACKOFF_MS;
    if (news[1].revents != 0) {
        poll(news, 1, SETTLING_MS);
        camera_watch_drain(watch);
        *pause_ms = FIRST_BACKOFF_MS;
    }
    if (news[0].revents != 0) {
        eventfd_read(p->wake_fd, &unused);
    }
    pthread_mutex_lock(&p->lock);
    bool go_on = !p->stopping && !p->next_source;
    pthread_mutex_unlock(&p->lock);
    return go_on;
}

static bool is_resting(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    bool resting = p->resting;
    pthread_mutex_unlock(&p->lock);
    return resting;
}

static bool open_again(struct pipeline *p) {
    struct source_place place = p->place;
    struct source *source = is_resting(p) ? NULL : source_open_again(&place, &p->wanted);
    if (!source) {
        return false;
    }
    pthread_mutex_lock(&p->lock);
    p->place = place;
    pthread_mutex_unlock(&p->lock);
    replace_source(p, source);
    return true;
}

// Tries until the source is there again; its first frame is in the slot then. False when stopping.
static bool recover(struct pipeline *p, struct slot *slot) {
    int pause_ms = FIRST_BACKOFF_MS, watch = camera_watch_open();
    bool back = false, over = false;
    while (!back && !over) {
        bool opened = false;
        if (back_off(p, watch, &pause_ms)) {
            opened = open_again(p);
        } else {
            opened = take_next_source(p);
            over = !opened;
        }
        back = opened && source_read(p->source, &slot->frame) == SOURCE_FRAME;
        if (opened && !back) {
            replace_source(p, NULL);
        }
    }
    if (watch >= 0) {
        close(watch);
    }
    return back;
}

// Closes the source and waits for it, or another one, to be there.
static bool wait_for_source(struct pipeline *p, struct slot *slot, enum smile_event_kind back) {
    replace_source(p, NULL); // a camera that is still open comes back under another number
    set_lost(p, true);
    bool good = recover(p, slot);
    set_lost(p, false);
    if (good) {
        stamp(p, &slot->frame);
        send_notice(p, back, slot->frame.media_ns, slot->frame.captured_ns);
    }
    return good;
}

static void send_end(struct pipeline *p, enum smile_event_kind kind) {
    int64_t now = clock_now_ns();
    int64_t since_ns = p->last_media_ns < 0 ? 0 : now - p->last_captured_ns;
    send_notice(p, kind, p->last_media_ns + since_ns, now);
}

static bool handle_loss(struct pipeline *p, struct slot *slot) {
    send_end(p, EVENT_CAMERA_LOST);
    if (!p->wait || !p->place.driver) {
        LOG(ERROR, "the source is gone; with --wait yes smilecam waits for it to come back");
        return finish_capture(p, PIPELINE_LOST);
    }
    if (p->source) {
        LOG(WARNING, "the source is gone; waiting for it to come back");
    }
    bool back = wait_for_source(p, slot, EVENT_CAMERA_BACK);
    if (back) {
        LOG(WARNING, "the source is back");
    }
    return back;
}

// What cannot be opened again stays open, and its time stands still.
static void hold_source(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    p->lost = true;
    while (p->resting && !p->stopping) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    p->lost = false;
    p->anchor_ns = -1;
    pthread_mutex_unlock(&p->lock);
}

// ---- other places of the source ----

static void take_seek(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    int64_t to_ns = p->seek_ns;
    p->seek_ns = -1;
    if (to_ns >= 0) {
        pipeline_drop(p, &p->captured);
        pipeline_drop(p, &p->analysed);
    }
    pthread_mutex_unlock(&p->lock);
    if (to_ns >= 0 && source_seek(p->source, to_ns > RUN_UP_NS ? to_ns - RUN_UP_NS : 0)) {
        p->from_ns = to_ns;
        p->anchor_ns = -1;
        p->restarts = true;
    }
}

// At the end of a source that could go on elsewhere: waits for that. False when stopping.
static bool wait_at_end(struct pipeline *p) {
    pthread_mutex_lock(&p->lock);
    p->at_end = true;
    pthread_cond_broadcast(&p->changed);
    while (may_wait(p)) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    p->at_end = false;
    bool goes_on = !p->stopping;
    pthread_mutex_unlock(&p->lock);
    take_seek(p);
    return goes_on;
}

// ---- the thread ----

// Fills the slot with the next frame. False at the end of it all.
static bool capture_frame(struct pipeline *p, struct slot *slot) {
    if (is_resting(p)) {
        send_end(p, EVENT_CLOSED);
        if (p->place.driver) {
            return wait_for_source(p, slot, EVENT_OPENED);
        }
        hold_source(p);
        send_end(p, EVENT_OPENED);
    }
    enum source_status status;
    do {
        status = p->source ? source_read(p->source, &slot->frame) : SOURCE_LOST;
        if (status == SOURCE_FRAME) {
            stamp(p, &slot->frame);
            return true;
        }
        if (status == SOURCE_LOST) {
            return handle_loss(p, slot);
        }
        finish_capture(p, status == SOURCE_END ? PIPELINE_END : PIPELINE_DAMAGED);
    } while (take_next_source(p) ||
             (p->paced && status == SOURCE_END && p->source->info.seekable && wait_at_end(p)));
    return false;
}

void *pipeline_capture_main(void *argument) {
    struct pipeline *p = argument;
    for (struct slot *slot; (slot = acquire(p));) {
        take_next_source(p);
        take_seek(p);
        if (!capture_frame(p, slot)) {
            pipeline_give_up(p, slot);
            break;
        }
        slot->run_up = slot->frame.media_ns < p->from_ns;
        if (p->paced && !slot->run_up && !keep_pace(p, &slot->frame)) {
            pipeline_give_up(p, slot);
            continue;
        }
        slot->restarts = p->restarts;
        p->restarts = false;
        p->last_media_ns = slot->frame.media_ns;
        p->last_captured_ns = slot->frame.captured_ns;
        deliver(p, slot);
    }
    pthread_mutex_lock(&p->lock);
    p->capture_over = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}
