// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/scene_set.h"

#include "core/base/log.h"
#include "core/base/min_max.h"

#include <math.h>
#include <stdlib.h>

#define MIN_FACE_PX 3.6f // smaller ones would have to be enlarged too much

bool scene_picture_halve(struct scene_picture *picture) {
    for (picture->n_levels = 1; picture->n_levels < SCENE_LEVELS; picture->n_levels++) {
        const struct image *from = &picture->levels[picture->n_levels - 1];
        struct image *to = &picture->levels[picture->n_levels];
        if (from->width < 32 || from->height < 32) {
            break;
        }
        if (!image_init(to, from->width / 2, from->height / 2, PIXEL_GREY8)) {
            return false;
        }
        for (int y = 0; y < to->height; y++) {
            const uint8_t *a = from->data + 2 * y * from->stride, *b = a + from->stride;
            for (int x = 0; x < to->width; x++) {
                to->data[y * to->stride + x] =
                    (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) / 4);
            }
        }
    }
    return true;
}

void scene_picture_finish(struct scene_picture *picture) {
    for (int i = 0; i < SCENE_LEVELS; i++) {
        image_finish(&picture->levels[i]);
    }
    free(picture->truths);
    *picture = (struct scene_picture){0};
}

static int by_size(const void *a, const void *b) {
    const struct scene_face *p = a, *q = b;
    return p->size != q->size         ? (p->size > q->size) - (p->size < q->size)
           : p->picture != q->picture ? p->picture - q->picture
                                      : p->truth - q->truth;
}

bool scene_picture_is_cutout(const struct scene_picture *picture) {
    const struct image *image = &picture->levels[0];
    const struct box *box = picture->n_truths == 1 ? &picture->truths[0].box : NULL;
    return box && (float)max_int(image->width, image->height) < 2.7f * sqrtf(box->w * box->h);
}

static void sort_face(struct scene_set *set, int picture, int truth) {
    const struct object_truth *t = &set->pictures[picture].truths[truth];
    float size = sqrtf(t->box.w * t->box.h);
    if (t->ignored || size < MIN_FACE_PX) {
        return;
    }
    struct scene_face face = {size, picture, truth};
    if (scene_picture_is_cutout(&set->pictures[picture])) {
        set->cutouts[set->n_cutouts++] = face;
    } else {
        set->faces[set->n_faces++] = face;
    }
}

bool scene_set_sort(struct scene_set *set) {
    size_t n_faces = 1;
    for (int i = 0; i < set->n; i++) {
        n_faces += (size_t)set->pictures[i].n_truths;
    }
    set->faces = calloc(n_faces, sizeof *set->faces);
    set->cutouts = calloc(n_faces, sizeof *set->cutouts);
    set->empty = calloc((size_t)set->n + 1, sizeof *set->empty);
    if (!set->faces || !set->cutouts || !set->empty) {
        return log_no_memory("%d pictures", set->n);
    }
    for (int i = 0; i < set->n; i++) {
        for (int t = 0; t < set->pictures[i].n_truths; t++) {
            sort_face(set, i, t);
        }
        if (set->pictures[i].n_truths == 0) {
            set->empty[set->n_empty++] = i;
        }
    }
    qsort(set->faces, (size_t)set->n_faces, sizeof *set->faces, by_size);
    qsort(set->cutouts, (size_t)set->n_cutouts, sizeof *set->cutouts, by_size);
    return true;
}

void scene_set_finish(struct scene_set *set) {
    for (int i = 0; i < set->n; i++) {
        scene_picture_finish(&set->pictures[i]);
    }
    free(set->pictures);
    free(set->faces);
    free(set->cutouts);
    free(set->empty);
    *set = (struct scene_set){0};
}
