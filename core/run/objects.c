// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/objects.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define MAX_LOG_SIZE 8 // e^8 strides are wider than any input

static real limited(real x, real most) {
    return x > most ? most : x > -most ? x : -most; // NaN becomes -most
}

struct box object_box_at(const struct object_grid *grid, int n_labels, const real *map, int place) {
    ptrdiff_t area = (ptrdiff_t)grid->rows * grid->columns;
    const real *d = map + n_labels * area + place;
    float stride = (float)grid->stride;
    float w = stride * expf((float)limited(d[OBJECT_DW * area], MAX_LOG_SIZE));
    float h = stride * expf((float)limited(d[OBJECT_DH * area], MAX_LOG_SIZE));
    float most = (float)(grid->rows + grid->columns);
    float x = (float)(place % grid->columns) + 0.5f + (float)limited(d[OBJECT_DX * area], most);
    float y = (float)(place / grid->columns) + 0.5f + (float)limited(d[OBJECT_DY * area], most);
    return (struct box){x * stride - 0.5f * w, y * stride - 0.5f * h, w, h};
}

static int weakest(const struct object *found, int n) {
    int least = 0;
    for (int i = 1; i < n; i++) {
        least = found[i].score < found[least].score ? i : least;
    }
    return least;
}

int objects_decode(const struct object_grid *grid, int n_labels, const real *map, float threshold,
                   struct object *found, int n, int capacity) {
    int area = grid->rows * grid->columns;
    real least = (real)log((double)threshold / (1 - (double)threshold)); // of the logits
    for (int place = 0; place < area; place++) {
        int label = 0;
        for (int k = 1; k < n_labels; k++) {
            label = map[k * area + place] > map[label * area + place] ? k : label;
        }
        real logit = map[label * area + place];
        if (!(logit >= least)) {
            continue;
        }
        float score = 1 / (1 + expf(-(float)logit));
        int at = n < capacity ? n++ : weakest(found, n);
        if (at < n - 1 && found[at].score >= score) {
            continue;
        }
        found[at] = (struct object){object_box_at(grid, n_labels, map, place), label, score};
    }
    return n;
}

static int by_falling_score(const void *a, const void *b) {
    const struct object *p = a, *q = b;
    if (p->score != q->score) {
        return p->score < q->score ? 1 : -1;
    }
    return p->box.y != q->box.y ? (p->box.y > q->box.y) - (p->box.y < q->box.y)
                                : (p->box.x > q->box.x) - (p->box.x < q->box.x);
}

int objects_suppress(struct object *objects, int n, float max_overlap) {
    int kept = 0;
    qsort(objects, (size_t)n, sizeof *objects, by_falling_score);
    for (int i = 0; i < n; i++) {
        bool free = true;
        for (int j = 0; free && j < kept; j++) {
            free = objects[j].label != objects[i].label ||
                   box_iou(&objects[j].box, &objects[i].box) <= (double)max_overlap;
        }
        if (free) {
            objects[kept++] = objects[i];
        }
    }
    return kept;
}
