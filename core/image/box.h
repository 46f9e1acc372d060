// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <math.h>
#include <stdbool.h>

// Pixels, origin at the top left corner of the image.
struct point {
    float x, y;
};

// Half-open: [x, x+w) x [y, y+h).
struct box {
    float x, y, w, h;
};

static inline struct point box_centre(const struct box *box) {
    struct point centre = {box->x + box->w / 2, box->y + box->h / 2};
    return centre;
}

static inline struct box box_around(struct point centre, float w, float h) {
    struct box box = {centre.x - w / 2, centre.y - h / 2, w, h};
    return box;
}

static inline bool box_contains(const struct box *box, struct point p) {
    return p.x >= box->x && p.x < box->x + box->w && p.y >= box->y && p.y < box->y + box->h;
}

// Between the centres.
static inline float box_distance(const struct box *a, const struct box *b) {
    struct point p = box_centre(a), q = box_centre(b);
    return hypotf(p.x - q.x, p.y - q.y);
}

static inline bool box_overlaps(const struct box *a, const struct box *b) {
    return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

// The smallest box that holds both.
static inline struct box box_union(const struct box *a, const struct box *b) {
    float x = fminf(a->x, b->x), y = fminf(a->y, b->y);
    struct box both = {x, y, fmaxf(a->x + a->w, b->x + b->w) - x,
                       fmaxf(a->y + a->h, b->y + b->h) - y};
    return both;
}

// Square pixels that both cover.
static inline double box_common(const struct box *a, const struct box *b) {
    double w = fmin((double)a->x + a->w, (double)b->x + b->w) - fmax((double)a->x, (double)b->x);
    double h = fmin((double)a->y + a->h, (double)b->y + b->h) - fmax((double)a->y, (double)b->y);
    return w > 0 && h > 0 ? w * h : 0;
}

// Intersection over union, in [0,1].
static inline double box_iou(const struct box *a, const struct box *b) {
    double both = box_common(a, b);
    double either = (double)a->w * a->h + (double)b->w * b->h - both;
    return either > 0 ? both / either : 0;
}

// How much of a lies in b, in [0,1].
static inline double box_share(const struct box *a, const struct box *b) {
    double area = (double)a->w * a->h;
    return area > 0 ? box_common(a, b) / area : 0;
}
