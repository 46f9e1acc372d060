// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/record.h"

#include "core/base/log.h"
#include "app/system/i18n.h"
#include "app/system/worker_thread.h"
#include "app/sinks/frame_painter.h"
#include "app/sinks/segments.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Frames that wait while the encoder is busy. Enough for a hiccup; more would only hide that it is
// too slow. Fewer of large pictures, so that they take no more memory than this.
#define MOST_SLOTS 8
#define LEAST_SLOTS 2
#define SLOT_BYTES (INT64_C(192) << 20)

struct slot {
    struct image picture;
    int64_t media_ns, duration_ns;
    bool stand_in;
    struct analysis analysis;
};

struct record_sink {
    struct sink base;
    struct segments *segments; // the writing thread's alone, like painter
    struct frame_painter painter;
    int n_smiles; // the writing thread's too
    char *path;
    bool live;

    // The caller's; does not change once a frame waits.
    bool has_first;
    int64_t first_ns;

    // The caller's: of frames that were left out, for the next one.
    struct smile_event missed[MAX_EVENTS];
    int n_missed;

    // Live only; under the lock. The writing thread reads slots[first] without it: the caller never
    // touches a slot that is counted.
    pthread_t thread;
    bool has_lock, has_thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct slot *slots;
    int n_slots, first, n_waiting;
    bool closing, failed;
    struct record_counts counts;
    bool tells_starts, has_start; // of files
    struct record_start start;
};

static struct record_sink *record_of(struct sink *sink) {
    return (struct record_sink *)sink;
}

// The file's time of an event is its own, less that of the first frame of a live recording.
static void add_events(struct record_sink *record, const struct analysis *analysis) {
    for (int i = 0; i < analysis->n_events; i++) {
        const struct smile_event *event = &analysis->events[i];
        record->n_smiles += event->kind == EVENT_SMILE_START;
        segments_add_event(record->segments, event, (int64_t)(event->t * 1e9) - record->first_ns,
                           record->n_smiles);
    }
}

static bool encode(struct record_sink *record, const struct image *picture, int64_t media_ns,
                   int64_t duration_ns, bool stand_in, const struct analysis *analysis) {
    record->painter.note = stand_in ? _("demo face: there is no camera") : NULL;
    const struct image *painted = frame_painter_picture(&record->painter, picture, analysis);
    if (!painted || !segments_write(record->segments, painted, media_ns, duration_ns)) {
        return false;
    }
    add_events(record, analysis);
    return true;
}

static void note_start(struct record_sink *record) {
    const char *name = segments_present(record->segments, &record->start.media_ns);
    record->start.media_ns += record->first_ns;
    snprintf(record->start.file, sizeof record->start.file, "%s", name);
    record->has_start = record->tells_starts;
}

// Takes the result of one frame down.
static void count_result(struct record_sink *record, bool good, int files) {
    bool first = record->counts.written == 0 && !record->live;
    if (good && (first || files > record->counts.files)) {
        note_start(record);
    }
    record->failed = record->failed || !good;
    record->counts.written += good;
    record->counts.files = files;
}

// ---- live: a thread of its own ----

static void *run(void *opaque) {
    struct record_sink *record = opaque;
    pthread_mutex_lock(&record->lock);
    while (true) {
        while (record->n_waiting == 0 && !record->closing) {
            pthread_cond_wait(&record->wake, &record->lock);
        }
        if (record->n_waiting == 0) {
            break;
        }
        struct slot *slot = &record->slots[record->first];
        bool failed = record->failed;
        pthread_mutex_unlock(&record->lock);
        bool good = !failed && encode(record, &slot->picture, slot->media_ns, slot->duration_ns,
                                      slot->stand_in, &slot->analysis);
        int files = segments_n_files(record->segments);
        pthread_mutex_lock(&record->lock);
        count_result(record, good, files);
        record->first = (record->first + 1) % record->n_slots;
        record->n_waiting--;
    }
    pthread_mutex_unlock(&record->lock);
    return NULL;
}

static bool start_thread(struct record_sink *record) {
    record->has_thread = worker_thread_start(&record->thread, run, record);
    if (!record->has_thread) {
        LOG(ERROR, "%s: no thread to record with; close other programs", record->path);
    }
    return record->has_thread;
}

static bool alloc_slots(struct record_sink *record, int width, int height) {
    int64_t fit = SLOT_BYTES / ((int64_t)4 * width * height + 1);
    record->n_slots = fit < LEAST_SLOTS ? LEAST_SLOTS : fit > MOST_SLOTS ? MOST_SLOTS : (int)fit;
    record->slots = calloc((size_t)record->n_slots, sizeof *record->slots);
    if (!record->slots) {
        return log_no_memory("recording to %s", record->path);
    }
    for (int i = 0; i < record->n_slots; i++) {
        if (!image_resize_storage(&record->slots[i].picture, width, height, PIXEL_BGRX32)) {
            return false;
        }
    }
    return true;
}

static bool start_live(struct record_sink *record, const struct record_options *options) {
    pthread_mutex_init(&record->lock, NULL);
    pthread_cond_init(&record->wake, NULL);
    record->has_lock = true;
    return alloc_slots(record, options->video.width, options->video.height) && start_thread(record);
}

static void stop_live(struct record_sink *record) {
    if (record->has_thread) {
        pthread_mutex_lock(&record->lock);
        record->closing = true;
        pthread_cond_signal(&record->wake);
        pthread_mutex_unlock(&record->lock);
        pthread_join(record->thread, NULL);
        record->has_thread = false;
    }
    for (int i = 0; record->slots && i < record->n_slots; i++) {
        image_finish(&record->slots[i].picture);
    }
    free(record->slots);
    if (record->has_lock) {
        pthread_cond_destroy(&record->wake);
        pthread_mutex_destroy(&record->lock);
    }
}

static void miss_events(struct record_sink *record, const struct analysis *analysis) {
    for (int i = 0; i < analysis->n_events && record->n_missed < MAX_EVENTS; i++) {
        record->missed[record->n_missed++] = analysis->events[i];
    }
}

// Adds the events of frames that were left out. The oldest of all come first.
static void catch_up(struct record_sink *record, struct analysis *analysis) {
    miss_events(record, analysis);
    analysis->n_events = record->n_missed;
    memcpy(analysis->events, record->missed, (size_t)record->n_missed * sizeof *record->missed);
    record->n_missed = 0;
}

static bool fill_slot(struct slot *slot, const struct frame *frame, const struct analysis *analysis,
                      int64_t media_ns) {
    const struct image *picture = &frame->picture;
    if (!image_resize_storage(&slot->picture, picture->width, picture->height, picture->format)) {
        return false;
    }
    image_copy(&slot->picture, picture);
    slot->media_ns = media_ns;
    slot->duration_ns = frame->duration_ns;
    slot->stand_in = frame->stand_in;
    slot->analysis = *analysis;
    return true;
}

static bool write_live(struct record_sink *record, const struct frame *frame,
                       const struct analysis *analysis) {
    if (!record->has_first) {
        record->has_first = true;
        record->first_ns = frame->media_ns;
        note_start(record);
    }
    pthread_mutex_lock(&record->lock);
    bool failed = record->failed, full = record->n_waiting == record->n_slots;
    struct slot *slot = &record->slots[(record->first + record->n_waiting) % record->n_slots];
    record->counts.dropped += full && !failed;
    pthread_mutex_unlock(&record->lock);
    if (failed || full) {
        miss_events(record, analysis);
        return !failed;
    }
    bool filled = fill_slot(slot, frame, analysis, frame->media_ns - record->first_ns);
    catch_up(record, &slot->analysis);
    pthread_mutex_lock(&record->lock);
    record->n_waiting += filled;
    record->failed = record->failed || !filled;
    pthread_cond_signal(&record->wake);
    pthread_mutex_unlock(&record->lock);
    return filled;
}

// ---- the sink ----

static bool record_write(struct sink *sink, const struct frame *frame,
                         const struct analysis *analysis) {
    struct record_sink *record = record_of(sink);
    if (record->live) {
        return write_live(record, frame, analysis);
    }
    if (!record->failed) {
        bool good = encode(record, &frame->picture, frame->media_ns, frame->duration_ns,
                           frame->stand_in, analysis);
        count_result(record, good, segments_n_files(record->segments));
    }
    return !record->failed;
}

void record_add_events(struct sink *sink, const struct analysis *analysis) {
    miss_events(record_of(sink), analysis);
}

static bool record_close(struct sink *sink) {
    struct record_sink *record = record_of(sink);
    stop_live(record);
    bool whole = segments_close(record->segments) && !record->failed;
    if (record->counts.dropped > 0) {
        LOG(WARNING,
            "%s: %lld of %lld frames were left out because encoding was too slow; use a smaller "
            "picture",
            record->path, record->counts.dropped, record->counts.dropped + record->counts.written);
    }
    frame_painter_finish(&record->painter);
    free(record->path);
    free(record);
    return whole;
}

static const struct sink_driver sink_record = {"record", record_write, record_close};

struct sink *record_create(const char *path, const struct record_options *options) {
    struct record_sink *record = calloc(1, sizeof *record);
    if (!record || !(record->path = strdup(path))) {
        log_no_memory("recording to %s", path);
        free(record);
        return NULL;
    }
    record->base.driver = &sink_record;
    record->live = options->video.live;
    record->counts.files = 1;
    record->tells_starts = record->live || segment_limits_split(&options->limits);
    frame_painter_init(&record->painter, options->overlay, options->mirrored);
    record->segments = segments_create(path, &options->video, &options->limits);
    if (!record->segments || (options->video.live && !start_live(record, options))) {
        goto fail;
    }
    return &record->base;
fail:
    record_close(&record->base);
    return NULL;
}

struct record_counts record_get_counts(const struct sink *sink) {
    struct record_sink *record =
        record_of((struct sink *)sink); // const to the caller: the lock is not
    if (!record->live) {
        return record->counts;
    }
    pthread_mutex_lock(&record->lock);
    struct record_counts counts = record->counts;
    pthread_mutex_unlock(&record->lock);
    return counts;
}

static bool take_start(struct record_sink *record, struct record_start *start) {
    bool has_start = record->has_start;
    if (has_start) {
        *start = record->start;
    }
    record->has_start = false;
    return has_start;
}

bool record_take_start(struct sink *sink, struct record_start *start) {
    struct record_sink *record = record_of(sink);
    if (!record->live) {
        return take_start(record, start);
    }
    pthread_mutex_lock(&record->lock);
    bool has_start = take_start(record, start);
    pthread_mutex_unlock(&record->lock);
    return has_start;
}
