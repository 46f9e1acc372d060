// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/pipeline/pipeline_private.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

bool pipeline_wait_until(struct pipeline *p, int64_t until_ns) {
    struct timespec until = {until_ns / NS_PER_S, until_ns % NS_PER_S};
    return pthread_cond_timedwait(&p->changed, &p->lock, &until) != ETIMEDOUT;
}

void pipeline_meter_count(struct meter *meter) {
    int64_t now = clock_now_ns();
    meter->count++;
    meter->in_window++;
    if (meter->since_ns == 0) {
        meter->since_ns = now;
        meter->in_window = 0;
    } else if (now - meter->since_ns >= NS_PER_S) {
        meter->rate_hz = meter->in_window * 1e9 / (double)(now - meter->since_ns);
        meter->since_ns = now;
        meter->in_window = 0;
    }
}

// ---- slots and queues ----

void pipeline_push(struct pipeline *p, struct queue *queue, struct slot *slot) {
    assert(queue->n < POOL_SLOTS);
    queue->slots[queue->n++] = slot;
    pthread_cond_broadcast(&p->changed);
}

struct slot *pipeline_remove_at(struct pipeline *p, struct queue *queue, int at) {
    struct slot *slot = queue->slots[at];
    queue->n--;
    memmove(queue->slots + at, queue->slots + at + 1, (size_t)(queue->n - at) * sizeof slot);
    pthread_cond_broadcast(&p->changed);
    return slot;
}

int pipeline_drop(struct pipeline *p, struct queue *queue) {
    int n = 0;
    for (int i = queue->n - 1; i >= 0; i--) {
        if (!queue->slots[i]->is_notice) {
            pipeline_let_go(p, pipeline_remove_at(p, queue, i));
            n++;
        }
    }
    return n;
}

void pipeline_let_go(struct pipeline *p, struct slot *slot) {
    slot->users--;
    pthread_cond_broadcast(&p->changed);
}

struct slot *pipeline_free_slot(struct pipeline *p) {
    for (int i = 0; i < p->n_slots; i++) {
        if (p->slots[i].users == 0) {
            return &p->slots[i];
        }
    }
    return NULL;
}

void pipeline_size_pool(struct pipeline *p, const struct image *picture) {
    int64_t rows = picture->format == PIXEL_I420 ? picture->height * 3 / 2 : picture->height;
    int64_t bytes = (int64_t)picture->stride * rows;
    int64_t n = bytes > 0 ? POOL_BYTES / bytes : POOL_SLOTS;
    p->n_slots = n < LEAST_SLOTS ? LEAST_SLOTS : n > POOL_SLOTS ? POOL_SLOTS : (int)n;
}

void pipeline_give_up(struct pipeline *p, struct slot *slot) {
    pthread_mutex_lock(&p->lock);
    pipeline_let_go(p, slot);
    pthread_mutex_unlock(&p->lock);
}
