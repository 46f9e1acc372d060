// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/scene_reader.h"

#include "core/base/log.h"

#include <stdlib.h>

static enum image_use image_use_of(uint64_t hash) {
    return hash % 10 == 0 ? USE_TEST : hash % 20 == 1 ? USE_CALIBRATION : USE_LEARNING;
}

struct reading {
    const struct box_set *boxes;
    struct scene_set *scenes;
    enum image_use *uses;
    bool *failed, *unreadable;
};

static bool take_truths(const struct box_set *boxes, const struct boxed_image *image,
                        struct scene_picture *picture) {
    picture->truths = calloc((size_t)image->n + 1, sizeof *picture->truths);
    for (int i = 0; picture->truths && i < image->n; i++) {
        const struct labelled_box *box = &boxes->boxes[image->first + i];
        picture->truths[i] = (struct object_truth){
            .box = box->box, .ignored = labelled_box_flag(box, "invalid") > 0};
    }
    picture->n_truths = picture->truths ? image->n : 0;
    return picture->truths;
}

static void read_one(void *arg, int i, int worker) {
    (void)worker;
    struct reading *r = arg;
    struct scene_picture *picture = &r->scenes->pictures[i];
    const struct boxed_image *image = &r->boxes->images[i];
    uint64_t hash;
    if (!boxed_image_read(image, &picture->levels[0], &hash)) {
        r->unreadable[i] = true;
        return;
    }
    r->uses[i] = image_use_of(hash);
    r->failed[i] = !scene_picture_halve(picture) || !take_truths(r->boxes, image, picture);
}

bool scene_reader_read(const struct box_set *boxes, struct thread_pool *threads,
                       struct scene_set *scenes, enum image_use **uses, int *n_unreadable) {
    size_t n = (size_t)boxes->n;
    *scenes = (struct scene_set){.n = boxes->n, .pictures = calloc(n, sizeof *scenes->pictures)};
    struct reading r = {boxes, scenes, calloc(n, sizeof *r.uses), calloc(n, sizeof *r.failed),
                        calloc(n, sizeof *r.unreadable)};
    bool ok = scenes->pictures && r.uses && r.failed && r.unreadable;
    if (ok) {
        thread_pool_run(threads, boxes->n, read_one, &r);
    }
    *n_unreadable = 0;
    for (size_t i = 0; ok && i < n; i++) {
        *n_unreadable += r.unreadable[i];
        ok = !r.failed[i];
    }
    free(r.failed);
    free(r.unreadable);
    *uses = r.uses;
    if (!ok) {
        log_no_memory("%d images", boxes->n);
        scenes->n = scenes->pictures ? scenes->n : 0;
        scene_set_finish(scenes);
        free(r.uses);
        *uses = NULL;
    }
    return ok;
}
