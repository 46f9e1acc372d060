// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/photos/photo_search.h"
#include "app/photos/picture_set.h"

#include "core/base/thread_pool.h"
#include "vision/vision.h"

// All photographs of a set, read and searched in parallel, delivered one by one in order.

struct photo_result {
    const struct picture *picture;
    bool readable; // and searched; false without memory
    uint32_t hash; // of the file's bytes; copies have the same
    int n_faces;   // found
    struct photo_search search;
    struct face face; // the main one, when n_faces > 0
};

// Called for each photograph with a face, by the worker that read it. grey is the image that face
// lies in; index says where the caller keeps the result.
typedef void photo_work(void *arg, int worker, int index, const struct image *grey,
                        const struct face *face);
// Called in order on the calling thread; false stops.
typedef bool photo_take(void *arg, int index, const struct photo_result *result);

enum photo_outcome { PHOTOS_DONE, PHOTOS_STOPPED, PHOTOS_INTERRUPTED, PHOTOS_NOT_STARTED };

// what: for the progress line. Stops at a stop signal.
// PHOTOS_NOT_STARTED (logged) when the detector cannot be loaded.
enum photo_outcome photo_batch_run(const struct picture_set *set, struct thread_pool *threads,
                                   const char *what, photo_work *work, photo_take *take, void *arg);
