// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/box_measure.h"

#include "core/base/log.h"
#include "core/base/min_max.h"
#include "core/base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_OVERLAP 0.4
#define MIN_FACE 40.0f // at a longer side of 640
#define FULL_SIDE 640.0f
#define MAX_FOUND 64

const char *box_condition_name(enum box_condition condition) {
    static const char *const names[] = {"as they are", "in a sixteenth of the light",
                                        "turned by 30 degrees"};
    return names[condition];
}

// ---- conditions ----

static bool darken(const struct image *grey, uint64_t seed, struct image *worse) {
    struct rng rng;
    rng_init(&rng, seed, 5);
    if (!image_init(worse, grey->width, grey->height, PIXEL_GREY8)) {
        return false;
    }
    for (int y = 0; y < grey->height; y++) {
        for (int x = 0; x < grey->width; x++) {
            double light = grey->data[y * grey->stride + x] / 16.0;
            double seen = light + rng_normal(&rng) * sqrt(0.49 + 0.1 * light);
            worse->data[y * worse->stride + x] = (uint8_t)fmin(fmax(seen + 0.5, 0), 255);
        }
    }
    return true;
}

// Turned about its middle, on a square that holds it whatever the angle.
static bool turn(const struct image *grey, double radians, struct image *worse, struct box *boxes,
                 int n) {
    int side = (int)ceil(hypot(grey->width, grey->height));
    int left = (side - grey->width) / 2, top = (side - grey->height) / 2;
    struct image square = {0};
    bool ok =
        image_init(&square, side, side, PIXEL_GREY8) && image_init(worse, side, side, PIXEL_GREY8);
    if (ok) {
        struct image inside = image_view(&square, left, top, grey->width, grey->height);
        image_copy(&inside, grey);
        ok = picture_turn(&square, (float)radians, worse);
    }
    image_finish(&square);
    double c = cos(radians), s = sin(radians), middle = 0.5 * side;
    for (int i = 0; i < n; i++) {
        struct point p = box_centre(&boxes[i]);
        double x = (double)p.x + left - middle, y = (double)p.y + top - middle;
        double w = (double)boxes[i].w, h = (double)boxes[i].h;
        struct point centre = {(float)(middle + c * x + s * y), (float)(middle + c * y - s * x)};
        boxes[i] = box_around(centre, (float)hypot(c * w, s * h), (float)hypot(s * w, c * h));
    }
    return ok;
}

bool box_condition_apply(const struct image *grey, enum box_condition condition, uint64_t seed,
                         struct image *worse, struct box *boxes, int n) {
    *worse = (struct image){0};
    switch (condition) {
    case BOXES_DARK:
        return darken(grey, seed, worse);
    case BOXES_TURNED:
        return turn(grey, (seed % 2 ? 1 : -1) * M_PI / 6, worse, boxes, n);
    default:
        break;
    }
    if (!image_init(worse, grey->width, grey->height, PIXEL_GREY8)) {
        return false;
    }
    image_copy(worse, grey);
    return true;
}

// ---- matching ----

// The list doubles whenever its length is a power of two.
static bool add(struct measured_box **items, int *n, struct measured_box item) {
    bool full = (*n & (*n - 1)) == 0;
    struct measured_box *more =
        full ? realloc(*items, 2 * (size_t)max_int(*n, 1) * sizeof *more) : *items;
    if (!more) {
        return log_no_memory("measuring faces");
    }
    *items = more;
    more[(*n)++] = item;
    return true;
}

// One image under measurement.
struct view {
    int image, n;
    const struct labelled_box *labelled;
    struct box *boxes; // as seen
    float unit;        // sizes at a longer side of 640 by those of the image
    bool *counts;      // faces that are to be found
    float *scores;     // NaN: not found
};

static float size_of(const struct view *view, const struct box *box) {
    return view->unit * sqrtf(fmaxf(box->w * box->h, 0));
}

// Whether a find is neither right nor false: too small, or one of the faces that do not count.
static bool is_ignored(const struct view *view, const struct box *box) {
    if (size_of(view, box) < MIN_FACE) {
        return true;
    }
    for (int i = 0; i < view->n; i++) {
        const struct box *other = &view->boxes[i];
        if (!view->counts[i] && (box_iou(box, other) >= 0.3 || box_share(box, other) >= 0.5)) {
            return true;
        }
    }
    return false;
}

// The counted face that a find is; -1: none that is not taken.
static int face_of(const struct view *view, const struct box *box) {
    int best = -1;
    double overlap = MIN_OVERLAP;
    for (int i = 0; i < view->n; i++) {
        double iou = box_iou(box, &view->boxes[i]);
        if (view->counts[i] && isnan(view->scores[i]) && iou >= overlap) {
            best = i;
            overlap = iou;
        }
    }
    return best;
}

static bool match(struct box_measure *m, const struct view *view, const struct face_box *found,
                  int n_found, float *worst) {
    *worst = -INFINITY;
    for (int i = 0; i < n_found; i++) {
        int face = face_of(view, &found[i].box);
        if (face >= 0) {
            view->scores[face] = found[i].score;
        } else if (!is_ignored(view, &found[i].box)) {
            struct measured_box item = {view->image, -1, found[i].box, size_of(view, &found[i].box),
                                        found[i].score};
            *worst = fmaxf(*worst, found[i].score);
            if (!add(&m->falses, &m->n_false, item)) {
                return false;
            }
        }
    }
    return true;
}

static bool take_faces(struct box_measure *m, const struct view *view, int first) {
    for (int i = 0; i < view->n; i++) {
        struct measured_box item = {view->image, first + i, view->boxes[i],
                                    size_of(view, &view->boxes[i]), view->scores[i]};
        if (view->counts[i] && !add(&m->faces, &m->n_faces, item)) {
            return false;
        }
    }
    return true;
}

static bool measure_image(struct box_measure *m, struct view *view, const struct image *grey,
                          struct face_detector *detector, enum box_condition condition, int first,
                          int side) {
    struct image worse;
    struct face_box found[MAX_FOUND];
    float longer = (float)max_int(grey->width, grey->height), worst;
    view->unit = FULL_SIDE / longer;
    bool ok =
        box_condition_apply(grey, condition, (uint64_t)view->image, &worse, view->boxes, view->n);
    for (int i = 0; i < view->n; i++) {
        view->scores[i] = NAN;
        view->counts[i] =
            labelled_box_flag(&view->labelled[i], "invalid") == 0 &&
            view->unit * sqrtf(view->labelled[i].box.w * view->labelled[i].box.h) >= MIN_FACE;
    }
    int n = ok ? face_detector_find(detector, &worse, longer * NETWORK_FACE_PX / (float)side, found,
                                    MAX_FOUND)
               : -1;
    image_finish(&worse);
    ok = n >= 0 && match(m, view, found, n, &worst) && take_faces(m, view, first);
    if (ok && view->n == 0) {
        m->worst_empty[m->n_empty++] = worst;
    }
    m->n_images += ok;
    return ok;
}

bool box_measure_run(struct box_measure *m, const struct box_set *boxes,
                     const struct scene_set *scenes, const enum image_use *uses, int use,
                     struct face_detector *detector, enum box_condition condition, int side) {
    size_t most = 1;
    for (int i = 0; i < boxes->n; i++) {
        most = max_size(most, (size_t)boxes->images[i].n);
    }
    *m = (struct box_measure){.worst_empty = calloc((size_t)boxes->n, sizeof *m->worst_empty)};
    struct view view = {.boxes = calloc(most, sizeof *view.boxes),
                        .counts = calloc(most, sizeof *view.counts),
                        .scores = calloc(most, sizeof *view.scores)};
    bool ok = (view.boxes && view.counts && view.scores && m->worst_empty) ||
              log_no_memory("measuring faces");
    for (int i = 0; ok && i < boxes->n; i++) {
        const struct boxed_image *image = &boxes->images[i];
        if (scenes->pictures[i].n_levels == 0 || (use >= 0 && (int)uses[i] != use)) {
            continue;
        }
        view.image = i;
        view.n = image->n;
        view.labelled = boxes->boxes + image->first;
        for (int k = 0; k < image->n; k++) {
            view.boxes[k] = view.labelled[k].box;
        }
        ok = measure_image(m, &view, &scenes->pictures[i].levels[0], detector, condition,
                           image->first, side);
    }
    free(view.boxes);
    free(view.counts);
    free(view.scores);
    return ok;
}

bool box_measure_part(const struct box_measure *all, const bool *belongs,
                      struct box_measure *part) {
    *part = (struct box_measure){.n_empty = all->n_empty,
                                 .worst_empty = calloc((size_t)all->n_empty + 1, sizeof(float))};
    bool ok = part->worst_empty || log_no_memory("measuring faces");
    if (ok) {
        memcpy(part->worst_empty, all->worst_empty, (size_t)all->n_empty * sizeof(float));
    }
    for (int i = 0; ok && i < all->n_faces; i++) {
        if (belongs[all->faces[i].image]) {
            ok = add(&part->faces, &part->n_faces, all->faces[i]);
        }
    }
    for (int i = 0; ok && i < all->n_false; i++) {
        if (belongs[all->falses[i].image]) {
            ok = add(&part->falses, &part->n_false, all->falses[i]);
        }
    }
    return ok;
}

void box_measure_finish(struct box_measure *m) {
    free(m->faces);
    free(m->falses);
    free(m->worst_empty);
    *m = (struct box_measure){0};
}

// ---- figures ----

static int count_at(const struct measured_box *items, int n, float threshold) {
    int count = 0;
    for (int i = 0; i < n; i++) {
        count += items[i].score >= threshold;
    }
    return count;
}

int box_measure_false_images(const struct box_measure *m, float threshold) {
    int n = 0;
    for (int i = 0; i < m->n_empty; i++) {
        n += m->worst_empty[i] >= threshold;
    }
    return n;
}

double box_measure_recall_at(const struct box_measure *m, float threshold) {
    return m->n_faces ? (double)count_at(m->faces, m->n_faces, threshold) / m->n_faces : NAN;
}

double box_measure_precision_at(const struct box_measure *m, float threshold) {
    int right = count_at(m->faces, m->n_faces, threshold);
    int wrong = count_at(m->falses, m->n_false, threshold);
    return right + wrong ? (double)right / (right + wrong) : NAN;
}

struct find {
    float score;
    bool right;
};

static int by_score(const void *a, const void *b) {
    const struct find *p = a, *q = b;
    return p->score != q->score ? (p->score < q->score) - (p->score > q->score)
                                : (int)p->right - (int)q->right;
}

// All finds, the surest first. NULL (logged) without memory.
static struct find *sorted(const struct box_measure *m, int *n) {
    struct find *finds = calloc((size_t)(m->n_faces + m->n_false) + 1, sizeof *finds);
    *n = 0;
    for (int i = 0; finds && i < m->n_faces; i++) {
        if (!isnan(m->faces[i].score)) {
            finds[(*n)++] = (struct find){m->faces[i].score, true};
        }
    }
    for (int i = 0; finds && i < m->n_false; i++) {
        finds[(*n)++] = (struct find){m->falses[i].score, false};
    }
    if (finds) {
        qsort(finds, (size_t)*n, sizeof *finds, by_score);
    } else {
        log_no_memory("measuring faces");
    }
    return finds;
}

double box_measure_recall(const struct box_measure *m, double precision, float *threshold) {
    int n, right = 0;
    double recall = 0;
    struct find *finds = sorted(m, &n);
    *threshold = 1;
    for (int i = 0; finds && i < n; i++) {
        right += finds[i].right;
        bool last = i + 1 == n || finds[i + 1].score < finds[i].score;
        if (last && right >= precision * (i + 1)) {
            recall = (double)right / m->n_faces;
            *threshold = finds[i].score;
        }
    }
    free(finds);
    return recall;
}

double box_measure_average_precision(const struct box_measure *m) {
    int n, right = 0;
    double best = 0, area = 0;
    struct find *finds = sorted(m, &n);
    for (int i = 0; finds && i < n; i++) {
        right += finds[i].right;
    }
    for (int i = n - 1; finds && i >= 0; i--) { // the best precision at this recall or a higher one
        best = fmax(best, (double)right / (i + 1));
        area += finds[i].right ? best / m->n_faces : 0;
        right -= finds[i].right;
    }
    free(finds);
    return area;
}
