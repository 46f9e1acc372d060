// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The loss of maps of objects: which places learn what, and its gradient against finite
// differences.

#include "core/base/rng.h"
#include "core/train/objects_loss.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define N_LABELS 2
#define CHANNELS (N_LABELS + OBJECT_BOX_CHANNELS)
#define MAX_PLACES 64

static const struct object_maps maps = {2, N_LABELS, {{8, 6, 8}, {16, 3, 4}}};

static const struct object_truth truths[] = {
    {.box = {3, 5, 14, 18}, .label = 0},   {.box = {20, 10, 40, 30}, .label = 1},
    {.box = {26, 14, 10, 12}, .label = 0}, {.box = {48, 30, 14, 14}, .ignored = true},
    {.box = {55, 2, 4, 5}, .label = 1},
};
enum { N_TRUTHS = sizeof truths / sizeof *truths };

static int place(int map, int row, int column) {
    return (map > 0 ? 48 : 0) + row * maps.grids[map].columns + column;
}

static void places_learn_their_truths(void **state) {
    (void)state;
    int assigned[MAX_PLACES];
    assert_int_equal(object_places(&maps), 60);
    int n = objects_assign(&maps, truths, N_TRUTHS, assigned), counted = 0;
    for (int i = 0; i < 60; i++) {
        counted += assigned[i] >= 0;
    }
    assert_int_equal(n, counted);
    assert_int_equal(assigned[place(0, 1, 1)], 0);
    assert_int_equal(assigned[place(0, 2, 3)], 2); // the smaller of two, on the fine map
    assert_int_equal(assigned[place(1, 1, 2)], 1); // the larger, on the coarse one
    assert_int_equal(assigned[place(0, 0, 7)], 4); // smaller than a place, at least the nearest
    assert_int_equal(assigned[place(0, 5, 0)], PLACE_NEGATIVE);
    assert_int_equal(assigned[place(0, 4, 6)], PLACE_IGNORED);
    assert_int_equal(assigned[place(1, 0, 0)], PLACE_NEGATIVE); // too small for that map
}

static void nothing_to_find(void **state) {
    (void)state;
    int assigned[MAX_PLACES];
    assert_int_equal(objects_assign(&maps, NULL, 0, assigned), 0);
    for (int i = 0; i < 60; i++) {
        assert_int_equal(assigned[i], PLACE_NEGATIVE);
    }
}

struct values {
    real x[2][CHANNELS * 48], dx[2][CHANNELS * 48];
};

static double loss_of(struct values *v, const int *assigned) {
    const real *x[] = {v->x[0], v->x[1]};
    real *dx[] = {v->dx[0], v->dx[1]};
    return objects_loss(&maps, x, truths, assigned, 0.25, dx);
}

// The overlap that is a place's target counts as a constant. Where the probability is the target,
// the loss does not change with it, so that finite differences by the box are right too.
static void meet_targets(struct values *v, const int *assigned) {
    for (int m = 0; m < 2; m++) {
        const struct object_grid *grid = &maps.grids[m];
        int area = grid->rows * grid->columns;
        for (int at = 0; at < area; at++, assigned++) {
            if (*assigned >= 0) {
                struct box box = object_box_at(grid, N_LABELS, v->x[m], at);
                double overlap = box_iou(&box, &truths[*assigned].box);
                double p = fmin(fmax(overlap, 1e-3), 1 - 1e-3);
                v->x[m][truths[*assigned].label * area + at] = (real)log(p / (1 - p));
            }
        }
    }
}

static void gradient_is_right(void **state) {
    (void)state;
    int assigned[MAX_PLACES];
    static struct values v, w;
    struct rng rng;
    rng_init(&rng, 3, 0);
    objects_assign(&maps, truths, N_TRUTHS, assigned);
    for (int m = 0; m < 2; m++) {
        for (int i = 0; i < CHANNELS * 48; i++) {
            v.x[m][i] = (real)(0.4 * rng_normal(&rng));
        }
    }
    for (int met = 0; met < 2; met++) {
        if (met) {
            meet_targets(&v, assigned);
        }
        loss_of(&v, assigned);
        for (int m = 0; m < 2; m++) {
            int area = maps.grids[m].rows * maps.grids[m].columns;
            // without the targets met, only the logits
            for (int i = 0; i < (met ? CHANNELS : N_LABELS) * area; i++) {
                w = v;
                real keep = v.x[m][i], step = (real)1e-3;
                w.x[m][i] = keep + step;
                double up = loss_of(&w, assigned), by = (double)w.x[m][i];
                w.x[m][i] = keep - step;
                double numeric = (up - loss_of(&w, assigned)) / (by - (double)w.x[m][i]);
                if (fabs(numeric - (double)v.dx[m][i]) > 2e-4) {
                    fail_msg("map %d, value %d: analytic %g, numeric %g", m, i, (double)v.dx[m][i],
                             numeric);
                }
            }
        }
    }
}

static void a_perfect_answer_costs_nothing(void **state) {
    (void)state;
    int assigned[MAX_PLACES];
    static struct values v;
    objects_assign(&maps, truths, N_TRUTHS, assigned);
    const int *of = assigned;
    for (int m = 0; m < 2; m++) {
        const struct object_grid *grid = &maps.grids[m];
        int area = grid->rows * grid->columns;
        for (int at = 0; at < area; at++, of++) {
            for (int k = 0; k < N_LABELS; k++) {
                v.x[m][k * area + at] = *of >= 0 && truths[*of].label == k ? 30 : -30;
            }
            if (*of < 0) {
                continue;
            }
            struct point c = box_centre(&truths[*of].box);
            real *d = v.x[m] + N_LABELS * area + at;
            float stride = (float)grid->stride;
            d[OBJECT_DX * area] = c.x / stride - (float)(at % grid->columns) - 0.5f;
            d[OBJECT_DY * area] = c.y / stride - (float)(at / grid->columns) - 0.5f;
            d[OBJECT_DW * area] = logf(truths[*of].box.w / stride);
            d[OBJECT_DH * area] = logf(truths[*of].box.h / stride);
        }
    }
    assert_true(loss_of(&v, assigned) < 1e-4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_learn_their_truths),
        cmocka_unit_test(nothing_to_find),
        cmocka_unit_test(gradient_is_right),
        cmocka_unit_test(a_perfect_answer_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
