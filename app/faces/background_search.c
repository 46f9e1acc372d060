// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/background_search.h"

#include "core/base/log.h"
#include "app/system/worker_thread.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define OCTAVE_LEVELS 4         // of dlib's pyramid: 1.2^4 is a little more than twice the size
#define ESTIMATE_S_PER_PX 50e-9 // all levels of an octave together
#define ESTIMATE_S 0.005
#define MAX_FOUND (4 * MAX_FACES)
#define NEAR 0.35f // centres of two finds of one face, in their sizes

enum state { IDLE, ASKED, DONE };

struct searcher {
    // the owner's and, between ASKED and DONE, the thread's
    struct face_finder *finder;
    struct image grey;
    struct search_job job;
    struct face found[MAX_FOUND];
    int n_found;
    pthread_t thread;

    // ---- under the lock ----
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum state state;
    bool stopping;
};

// ---- boxes ----

// By the margin on each side, to whole pixels, within the picture.
static struct box box_grown(struct box box, float margin, const struct image *picture) {
    float left = fmaxf(floorf(box.x - margin), 0), top = fmaxf(floorf(box.y - margin), 0);
    float right = fminf(ceilf(box.x + box.w + margin), (float)picture->width);
    float bottom = fminf(ceilf(box.y + box.h + margin), (float)picture->height);
    return (struct box){left, top, right - left, bottom - top};
}

// ---- one search ----

static bool is_same(const struct face *a, const struct face *b) {
    float size = fminf(a->box.w, b->box.w), most = fmaxf(a->box.w, b->box.w);
    return box_distance(&a->box, &b->box) < NEAR * most && most < 2 * size;
}

static float octave_px(const struct searcher *searcher, int octave) {
    return ldexpf(searcher->job.min_face_px, octave);
}

// Where faces of the octave may be: the areas, grown by half of the largest, within the picture;
// those that now overlap are joined. Returns their number.
static int places(const struct searcher *searcher, int octave, struct box boxes[CHANGE_AREAS]) {
    const struct change_areas *areas = &searcher->job.octaves[octave];
    float face_px = octave_px(searcher, octave);
    int n = 0;
    for (int k = 0; k < areas->n; k++) {
        struct box one = box_grown(areas->boxes[k], face_px, &searcher->grey);
        for (int i = 0; i < n; i++) {
            if (box_overlaps(&boxes[i], &one)) {
                one = box_union(&boxes[i], &one);
                boxes[i] = boxes[--n];
                i = -1;
            }
        }
        boxes[n++] = one;
    }
    return n;
}

// Keeps of the n faces from found[from] on those that are not there yet or surer than what is.
static int merge(struct face *found, int from, int n) {
    int kept = from;
    for (int i = from; i < from + n; i++) {
        int same = 0;
        while (same < kept && !is_same(&found[same], &found[i])) {
            same++;
        }
        if (same == kept) {
            found[kept++] = found[i];
        } else if (found[i].confidence > found[same].confidence) {
            found[same] = found[i];
        }
    }
    return kept;
}

int searcher_octaves(int height, float min_face_px) {
    int n = 1;
    while (n < CHANGE_OCTAVES && ldexpf(min_face_px, n) <= (float)height) {
        n++;
    }
    return n;
}

static int n_octaves(const struct searcher *searcher) {
    return searcher_octaves(searcher->grey.height, searcher->job.min_face_px);
}

// Adds to the n faces those of the octave in the box; in the last octave all that are larger.
static int search_box(struct searcher *searcher, int octave, struct box box, int n) {
    int levels = octave == n_octaves(searcher) - 1 ? 0 : OCTAVE_LEVELS;
    struct image part = image_view(&searcher->grey, (int)box.x, (int)box.y, (int)box.w, (int)box.h);
    struct face_search search = {face_finder_scale(octave_px(searcher, octave)), levels, 0};
    int more =
        face_finder_detect(searcher->finder, &part, &search, searcher->found + n, MAX_FOUND - n);
    for (int i = n; i < n + more; i++) {
        searcher->found[i].box.x += box.x;
        searcher->found[i].box.y += box.y;
    }
    return more < 0 ? -1 : merge(searcher->found, n, more);
}

static int search_octave(struct searcher *searcher, int octave, int n) {
    struct box boxes[CHANGE_AREAS];
    int n_boxes = places(searcher, octave, boxes);
    for (int i = 0; i < n_boxes && n >= 0; i++) {
        n = search_box(searcher, octave, boxes[i], n);
    }
    return n;
}

static int by_confidence(const void *a, const void *b) {
    float x = ((const struct face *)a)->confidence, y = ((const struct face *)b)->confidence;
    return (x < y) - (x > y);
}

static void search(struct searcher *searcher) {
    int n = 0;
    for (int octave = 0; octave < n_octaves(searcher) && n >= 0; octave++) {
        n = search_octave(searcher, octave, n);
    }
    if (n > 0) {
        qsort(searcher->found, (size_t)n, sizeof *searcher->found, by_confidence);
    }
    searcher->n_found = n;
}

// ---- the thread ----

static void *searcher_main(void *argument) {
    struct searcher *searcher = argument;
    pthread_mutex_lock(&searcher->lock);
    while (!searcher->stopping) {
        if (searcher->state != ASKED) {
            pthread_cond_wait(&searcher->changed, &searcher->lock);
            continue;
        }
        pthread_mutex_unlock(&searcher->lock);
        search(searcher);
        pthread_mutex_lock(&searcher->lock);
        searcher->state = DONE;
        pthread_cond_broadcast(&searcher->changed);
    }
    pthread_mutex_unlock(&searcher->lock);
    return NULL;
}

struct searcher *searcher_create(const struct face_finder *finder) {
    struct searcher *searcher = calloc(1, sizeof *searcher);
    if (!searcher) {
        log_no_memory("the face search");
        return NULL;
    }
    searcher->finder = face_finder_clone(finder);
    if (!searcher->finder) {
        free(searcher);
        return NULL;
    }
    pthread_mutex_init(&searcher->lock, NULL);
    pthread_cond_init(&searcher->changed, NULL);
    if (worker_thread_start(&searcher->thread, searcher_main, searcher)) {
        return searcher;
    }
    LOG(ERROR, "no thread to search for faces with; close other programs");
    pthread_cond_destroy(&searcher->changed);
    pthread_mutex_destroy(&searcher->lock);
    face_finder_destroy(searcher->finder);
    free(searcher);
    return NULL;
}

void searcher_destroy(struct searcher *searcher) {
    if (!searcher) {
        return;
    }
    pthread_mutex_lock(&searcher->lock);
    searcher->stopping = true;
    pthread_cond_broadcast(&searcher->changed);
    pthread_mutex_unlock(&searcher->lock);
    pthread_join(searcher->thread, NULL);
    pthread_cond_destroy(&searcher->changed);
    pthread_mutex_destroy(&searcher->lock);
    image_finish(&searcher->grey);
    face_finder_destroy(searcher->finder);
    free(searcher);
}

// ---- asking ----

bool searcher_busy(const struct searcher *searcher) {
    return searcher->job.min_face_px > 0;
}

bool searcher_begin(struct searcher *searcher, const struct image *grey,
                    const struct search_job *job) {
    assert(!searcher_busy(searcher) && job->min_face_px > 0);
    if (!image_resize_storage(&searcher->grey, grey->width, grey->height, PIXEL_GREY8)) {
        return false;
    }
    image_copy(&searcher->grey, grey);
    searcher->job = *job;
    pthread_mutex_lock(&searcher->lock);
    searcher->state = ASKED;
    pthread_cond_broadcast(&searcher->changed);
    pthread_mutex_unlock(&searcher->lock);
    return true;
}

double searcher_estimate_s(const struct searcher *searcher) {
    struct box boxes[CHANGE_AREAS];
    double px = 0;
    for (int octave = 0; octave < n_octaves(searcher); octave++) {
        double scale = (double)face_finder_scale(octave_px(searcher, octave));
        int n = places(searcher, octave, boxes);
        for (int i = 0; i < n; i++) {
            px += (double)boxes[i].w * scale * (double)boxes[i].h * scale;
        }
    }
    return ESTIMATE_S + px * ESTIMATE_S_PER_PX;
}

int searcher_take(struct searcher *searcher, bool wait, struct face *faces, int capacity) {
    assert(searcher_busy(searcher));
    pthread_mutex_lock(&searcher->lock);
    while (wait && searcher->state != DONE) {
        pthread_cond_wait(&searcher->changed, &searcher->lock);
    }
    bool done = searcher->state == DONE;
    searcher->state = done ? IDLE : searcher->state;
    pthread_mutex_unlock(&searcher->lock);
    if (!done) {
        return SEARCH_PENDING;
    }
    int n = searcher->n_found < capacity ? searcher->n_found : capacity;
    searcher->job.min_face_px = 0;
    for (int i = 0; i < n; i++) {
        faces[i] = searcher->found[i];
    }
    return n;
}
