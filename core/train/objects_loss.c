// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/objects_loss.h"

#include <math.h>
#include <string.h>

#define BOX_WEIGHT 2.0
#define BETA 2 // of the quality focal loss
#define MAX_LOG_SIZE 8

struct corners {
    double x0, y0, x1, y1;
};

static struct corners corners_of(const struct box *b) {
    return (struct corners){(double)b->x, (double)b->y, (double)b->x + (double)b->w,
                            (double)b->y + (double)b->h};
}

int object_places(const struct object_maps *maps) {
    int places = 0;
    for (int m = 0; m < maps->n; m++) {
        places += maps->grids[m].rows * maps->grids[m].columns;
    }
    return places;
}

// One place of one map, and where its values lie.
struct place {
    const struct object_grid *grid;
    ptrdiff_t area, at;
    double x, y; // its centre, input pixels
};

static struct place place_at(const struct object_grid *grid, int at) {
    return (struct place){grid, (ptrdiff_t)grid->rows * grid->columns, at,
                          (at % grid->columns + 0.5) * grid->stride,
                          (at / grid->columns + 0.5) * grid->stride};
}

static double log_size(real x) {
    return (double)x > MAX_LOG_SIZE    ? MAX_LOG_SIZE
           : (double)x < -MAX_LOG_SIZE ? -MAX_LOG_SIZE
                                       : (double)x;
}

static struct corners predicted(const struct place *p, int n_labels, const real *map) {
    const real *d = map + n_labels * p->area + p->at;
    double s = p->grid->stride;
    double w = s * exp(log_size(d[OBJECT_DW * p->area])),
           h = s * exp(log_size(d[OBJECT_DH * p->area]));
    double x = p->x + s * (double)d[OBJECT_DX * p->area],
           y = p->y + s * (double)d[OBJECT_DY * p->area];
    return (struct corners){x - w / 2, y - h / 2, x + w / 2, y + h / 2};
}

// Generalised intersection over union of p with a truth t, its plain overlap, and, where wanted,
// the gradient of the former by p's corners. With I, U and C the areas of intersection, union and
// enclosing box: GIoU = I / U - 1 + U / C.
static double generalised_overlap(const struct corners *p, const struct corners *t, double *overlap,
                                  struct corners *gradient) {
    double pw = fmax(p->x1 - p->x0, 1e-9), ph = fmax(p->y1 - p->y0, 1e-9);
    double iw = fmin(p->x1, t->x1) - fmax(p->x0, t->x0);
    double ih = fmin(p->y1, t->y1) - fmax(p->y0, t->y0);
    double cw = fmax(p->x1, t->x1) - fmin(p->x0, t->x0);
    double ch = fmax(p->y1, t->y1) - fmin(p->y0, t->y0);
    bool meet = iw > 0 && ih > 0;
    double i = meet ? iw * ih : 0, c = cw * ch;
    double u = pw * ph + (t->x1 - t->x0) * (t->y1 - t->y0) - i;
    *overlap = i / u;
    if (gradient) {
        double by_i = 1 / u, by_u = 1 / c - i / (u * u), by_c = -u / (c * c);
        double x0_i = meet && p->x0 > t->x0 ? -ih : 0, x1_i = meet && p->x1 < t->x1 ? ih : 0;
        double y0_i = meet && p->y0 > t->y0 ? -iw : 0, y1_i = meet && p->y1 < t->y1 ? iw : 0;
        double x0_c = p->x0 < t->x0 ? -ch : 0, x1_c = p->x1 > t->x1 ? ch : 0;
        double y0_c = p->y0 < t->y0 ? -cw : 0, y1_c = p->y1 > t->y1 ? cw : 0;
        gradient->x0 = by_i * x0_i + by_u * (-ph - x0_i) + by_c * x0_c;
        gradient->x1 = by_i * x1_i + by_u * (ph - x1_i) + by_c * x1_c;
        gradient->y0 = by_i * y0_i + by_u * (-pw - y0_i) + by_c * y0_c;
        gradient->y1 = by_i * y1_i + by_u * (pw - y1_i) + by_c * y1_c;
    }
    return i / u - 1 + u / c;
}

static double sigmoid(double x) {
    return 1 / (1 + exp(-x));
}

// log(1 + exp(x)), without overflow
static double softplus(double x) {
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

// Whether a truth of that size belongs to map m.
static bool suits(const struct object_maps *maps, int m, double size) {
    double strides = size / maps->grids[m].stride;
    bool first = m == 0, last = m == maps->n - 1;
    return (first || strides >= (last ? 2 : 1.75)) && (last || strides < (first ? 4.5 : 5));
}

static bool is_near(const struct place *p, const struct corners *t, double size) {
    double dx = fabs(p->x - (t->x0 + t->x1) / 2), dy = fabs(p->y - (t->y0 + t->y1) / 2);
    double stride = p->grid->stride;
    return fmax(dx, dy) < fmin(1.5 * stride, fmax(size / 2, 0.51 * stride));
}

static void take_places(const struct object_maps *maps, const struct object_truth *truths, int t,
                        int *assigned) {
    const struct box *box = &truths[t].box;
    struct corners corners = corners_of(box);
    double size = sqrt((double)box->w * (double)box->h);
    for (int m = 0; m < maps->n; m++) {
        const struct object_grid *grid = &maps->grids[m];
        int places = suits(maps, m, size) ? grid->rows * grid->columns : 0;
        for (int at = 0; at < places; at++) {
            struct place p = place_at(grid, at);
            if (is_near(&p, &corners, size)) {
                const struct box *held = assigned[at] >= 0 ? &truths[assigned[at]].box : NULL;
                assigned[at] = held && held->w * held->h < box->w * box->h ? assigned[at] : t;
            }
        }
        assigned += grid->rows * grid->columns;
    }
}

static bool lies_in(const struct place *p, const struct box *b) {
    struct corners t = corners_of(b);
    return p->x >= t.x0 && p->x < t.x1 && p->y >= t.y0 && p->y < t.y1;
}

static void ignore_places(const struct object_maps *maps, const struct object_truth *truth,
                          int *assigned) {
    for (int m = 0; m < maps->n; m++) {
        for (int at = 0; at < maps->grids[m].rows * maps->grids[m].columns; at++, assigned++) {
            struct place p = place_at(&maps->grids[m], at);
            if (*assigned == PLACE_NEGATIVE && lies_in(&p, &truth->box)) {
                *assigned = PLACE_IGNORED;
            }
        }
    }
}

int objects_assign(const struct object_maps *maps, const struct object_truth *truths, int n_truths,
                   int *assigned) {
    int places = object_places(maps), n = 0;
    for (int i = 0; i < places; i++) {
        assigned[i] = PLACE_NEGATIVE;
    }
    for (int t = 0; t < n_truths; t++) {
        if (!truths[t].ignored) {
            take_places(maps, truths, t, assigned);
        }
    }
    for (int t = 0; t < n_truths; t++) {
        if (truths[t].ignored) {
            ignore_places(maps, &truths[t], assigned);
        }
    }
    for (int i = 0; i < places; i++) {
        n += assigned[i] >= 0;
    }
    return n;
}

// |target - p|^2 times the cross-entropy, p = sigmoid(logit), and its derivative by the logit.
static double quality_focal(double logit, double target, double *derivative) {
    double p = sigmoid(logit), off = p - target;
    double entropy = target * softplus(-logit) + (1 - target) * softplus(logit);
    *derivative = BETA * off * p * (1 - p) * entropy + off * off * off;
    return off * off * entropy;
}

static double box_loss(const struct place *p, int n_labels, const real *map,
                       const struct corners *truth, double scale, real *dmap, double *overlap) {
    struct corners box = predicted(p, n_labels, map), g;
    double value = generalised_overlap(&box, truth, overlap, &g);
    double s = p->grid->stride, by = -BOX_WEIGHT * scale;
    real *d = dmap + n_labels * p->area + p->at;
    d[OBJECT_DX * p->area] = (real)(by * s * (g.x0 + g.x1));
    d[OBJECT_DY * p->area] = (real)(by * s * (g.y0 + g.y1));
    d[OBJECT_DW * p->area] = (real)(by * (box.x1 - box.x0) / 2 * (g.x1 - g.x0));
    d[OBJECT_DH * p->area] = (real)(by * (box.y1 - box.y0) / 2 * (g.y1 - g.y0));
    return BOX_WEIGHT * (1 - value);
}

double objects_loss(const struct object_maps *maps, const real *const *x,
                    const struct object_truth *truths, const int *assigned, double scale,
                    real *const *dx) {
    double loss = 0;
    for (int m = 0; m < maps->n; m++) {
        const struct object_grid *grid = &maps->grids[m];
        size_t area = (size_t)(grid->rows * grid->columns);
        memset(dx[m], 0, (size_t)(maps->n_labels + OBJECT_BOX_CHANNELS) * area * sizeof *dx[m]);
        for (int at = 0; at < (int)area; at++, assigned++) {
            if (*assigned == PLACE_IGNORED) {
                continue;
            }
            struct place p = place_at(grid, at);
            double overlap = 0;
            if (*assigned >= 0) {
                struct corners t = corners_of(&truths[*assigned].box);
                loss += box_loss(&p, maps->n_labels, x[m], &t, scale, dx[m], &overlap);
            }
            for (int k = 0; k < maps->n_labels; k++) {
                double target = *assigned >= 0 && truths[*assigned].label == k ? overlap : 0, d;
                loss += quality_focal((double)x[m][k * p.area + at], target, &d);
                dx[m][k * p.area + at] = (real)(scale * d);
            }
        }
    }
    return loss * scale;
}
