// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/photo_batch.h"

#include "app/cli/progress.h"
#include "app/system/signals.h"

#include "core/base/hash.h"
#include "core/base/log.h"

#include <stdlib.h>

#define MAX_WORKERS 64
#define BATCH 32 // photographs between two looks at the clock

struct job {
    const struct picture_set *set;
    photo_work *work;
    void *arg;
    int first; // photograph of results[0]
    struct photo_finder *finders[MAX_WORKERS];
    struct image grey[MAX_WORKERS];
    struct photo_result results[BATCH];
};

static uint32_t hash_bytes(const void *bytes, size_t len) {
    uint64_t hash = fnv1a(FNV1A_BASIS, bytes, len);
    return (uint32_t)(hash ^ (hash >> 32));
}

// False (logged) on failure.
static bool search(struct job *job, struct photo_result *result, const struct image *photo,
                   int worker, int index) {
    struct face faces[MAX_FACES];
    int n = photo_find_faces(job->finders[worker], photo, true, &job->grey[worker], faces,
                             MAX_FACES, &result->search);
    if (n > 0) {
        result->n_faces = n;
        result->face = faces[photo_main_face(faces, n)];
        job->work(job->arg, worker, index, &job->grey[worker], &result->face);
    }
    return n >= 0;
}

static void do_photo(void *arg, int task, int worker) {
    struct job *job = arg;
    int index = job->first + task;
    const struct picture *picture = &job->set->pictures[index];
    struct photo_result *result = &job->results[task];
    struct image photo = {0};
    size_t len;
    const void *bytes = picture_bytes(picture, &len);
    *result = (struct photo_result){.picture = picture};
    if (bytes && picture_decode(picture->name, bytes, len, &photo)) {
        result->hash = hash_bytes(bytes, len);
        result->readable = search(job, result, &photo, worker, index);
        image_finish(&photo);
    }
    if (bytes) {
        picture_release(picture, bytes);
    }
}

static enum photo_outcome run(struct job *job, struct thread_pool *threads, const char *what,
                              photo_take *take) {
    struct progress progress;
    enum photo_outcome outcome = PHOTOS_DONE;
    progress_begin(&progress, what, job->set->n);
    while (outcome == PHOTOS_DONE && job->first < job->set->n) {
        int n = job->set->n - job->first < BATCH ? job->set->n - job->first : BATCH;
        thread_pool_run(threads, n, do_photo, job);
        for (int i = 0; i < n && outcome == PHOTOS_DONE; i++) {
            outcome =
                take(job->arg, job->first + i, &job->results[i]) ? PHOTOS_DONE : PHOTOS_STOPPED;
        }
        job->first += n;
        progress_show(&progress, job->first, "");
        outcome = stop_signal_raised() ? PHOTOS_INTERRUPTED : outcome;
    }
    progress_end(&progress);
    return outcome;
}

static bool add_finder(struct job *job, int i) {
    job->finders[i] = photo_finder_create();
    return job->finders[i] != NULL;
}

enum photo_outcome photo_batch_run(const struct picture_set *set, struct thread_pool *threads,
                                   const char *what, photo_work *work, photo_take *take,
                                   void *arg) {
    enum photo_outcome outcome = PHOTOS_NOT_STARTED;
    struct job *job = calloc(1, sizeof *job);
    if (!job) {
        log_no_memory("reading photographs");
        return outcome;
    }
    *job = (struct job){.set = set, .work = work, .arg = arg};
    int n_finders = 0;
    while (n_finders < thread_pool_size(threads) && add_finder(job, n_finders)) {
        n_finders++;
    }
    if (n_finders == thread_pool_size(threads)) {
        outcome = run(job, threads, what, take);
    }
    for (int i = 0; i < MAX_WORKERS; i++) {
        photo_finder_destroy(job->finders[i]);
        image_finish(&job->grey[i]);
    }
    free(job);
    return outcome;
}
