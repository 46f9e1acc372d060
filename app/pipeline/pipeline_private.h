// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Private to pipeline*.c: what the three threads share.

#include "app/system/clock.h"
#include "app/pipeline/pipeline.h"

#include <pthread.h>

#define QUEUE_FRAMES 2 // between two threads
#define HELD_ITEMS 2   // by the caller
// One being read, one being analysed, and room for a notice.
#define POOL_SLOTS (2 * QUEUE_FRAMES + HELD_ITEMS + 3)
// Of large pictures there are fewer, so that they take no more than this, down to what it takes to
// go on: one being read, one being analysed, those that are held.
#define POOL_BYTES (INT64_C(192) << 20)
#define LEAST_SLOTS (HELD_ITEMS + 2)

struct slot {
    struct frame frame;
    struct analysis analysis;
    enum smile_event_kind notice; // only if is_notice
    bool is_notice;
    bool restarts; // does not follow the frame before
    bool run_up;   // is analysed, but not given out
    int users;     // under the lock; 0 = free
};

struct queue {
    struct slot *slots[POOL_SLOTS];
    int n;
};

struct meter {
    long long count;
    int64_t since_ns;
    int in_window;
    double rate_hz;
};

struct pipeline {
    // set before the threads start, then only read
    struct source_options wanted;
    const struct analysis_driver *driver;
    void *driver_options; // a copy
    void *analyser;       // the analysis thread's until that has ended: results point into it
    bool paced, newest, wait;
    int wake_fd; // an eventfd, which ends the wait for a lost source
    pthread_t capture_thread, analysis_thread;

    // the capture thread's own
    int64_t anchor_ns;     // CLOCK_MONOTONIC at media time 0, of a paced source; -1: not yet known
    int64_t base_ns;       // what is added to the source's media time
    uint64_t base_number;  // and to its frame numbers
    int64_t last_media_ns; // of the last frame, -1 before the first
    int64_t last_captured_ns;
    uint64_t next_number;
    bool rebase;         // the next frame is the first of another source
    bool restarts;       // the next frame is the first at another place
    int64_t from_ns;     // where that place is; what comes before it is the run-up
    double anchor_speed; // at the anchor

    // ---- under the lock ----
    pthread_mutex_t lock;
    pthread_cond_t changed; // anything below
    struct source *source;  // used by the capture thread without the lock, replaced under it
    struct source_place place;
    struct source *next_source; // to go on with
    struct source_place next_place;
    struct slot slots[POOL_SLOTS];
    struct queue captured, analysed;
    int n_slots; // in use, as many as the size of the pictures allows
    bool stopping, paused, resting, ready, lost;
    int n_steps;                      // frames that may pass while it is paused
    double speed;                     // of a paced source
    int64_t seek_ns;                  // where to go on; -1: nowhere else
    bool at_end;                      // the capture thread waits there to be told so
    bool analysing;                   // the analysis thread has a frame, or has not started
    bool capture_over, analysis_over; // the threads have ended: no more frames, no more results
    enum pipeline_status capture_end, broken; // why; PIPELINE_FRAME = not
    struct meter capture_meter, analysis_meter;
    long long n_dropped;
    const struct model_info *model; // the analyser's
};

// With the lock held.

// Waits for a change or for the time; false when the time has come.
bool pipeline_wait_until(struct pipeline *p, int64_t until_ns);
void pipeline_meter_count(struct meter *meter);
void pipeline_push(struct pipeline *p, struct queue *queue, struct slot *slot);
struct slot *pipeline_remove_at(struct pipeline *p, struct queue *queue, int at);
struct slot *pipeline_free_slot(struct pipeline *p);                      // NULL: all are in use
void pipeline_size_pool(struct pipeline *p, const struct image *picture); // for pictures like this
void pipeline_let_go(struct pipeline *p, struct slot *slot);

// The same, taking the lock.
void pipeline_give_up(struct pipeline *p, struct slot *slot);

// Drops all frames of a queue, but no notices; returns how many.
int pipeline_drop(struct pipeline *p, struct queue *queue);

// The threads' bodies.
void *pipeline_capture_main(void *argument);
void *pipeline_analysis_main(void *argument);
