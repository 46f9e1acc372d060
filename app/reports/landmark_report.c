// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/landmark_report.h"

#include "core/base/log.h"
#include "core/base/rng.h"
#include "core/run/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_ROWS 16
#define N_POSES 5
#define DEGREES 0.017453293

// How boxes lie that a detector gives: deviation of the shift in sides and of the scale as a power
// of e; and heads, which are rolled by up to so many degrees.
static const struct trial {
    const char *name;
    double shift, scale, roll;
} trials[] = {
    {"labelled boxes", 0, 0, 0},
    {"boxes shifted by 4 %, scaled by 8 %, heads rolled by up to 15 degrees", 0.04, 0.08, 15},
    {"the same, heads rolled by up to 40 degrees", 0.04, 0.08, 40},
};
#define N_TRIALS ((int)(sizeof trials / sizeof *trials))

struct row {
    char name[32];
    int n;
    double sum, sum_68;
};

struct table {
    int n;
    struct row rows[MAX_ROWS];
};

static void add_error(struct table *table, const char *name, double error, double error_68) {
    int i = 0;
    while (i < table->n && strcmp(table->rows[i].name, name) != 0) {
        i++;
    }
    if (i == MAX_ROWS) {
        return;
    }
    struct row *row = &table->rows[i];
    table->n += i == table->n;
    snprintf(row->name, sizeof row->name, "%s", name);
    row->n++;
    row->sum += error;
    row->sum_68 += error_68;
}

static int compare_rows(const void *a, const void *b) {
    return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

static void print_table(struct table *table, bool with_68) {
    qsort(table->rows, (size_t)table->n, sizeof *table->rows, compare_rows);
    for (int i = 0; i < table->n; i++) {
        const struct row *row = &table->rows[i];
        printf("  %-14s %5d faces  %6.2f %%", row->name, row->n, 100 * row->sum / row->n);
        if (with_68) {
            printf("   68 landmarks %6.2f %%", 100 * row->sum_68 / row->n);
        }
        printf("\n");
    }
}

// ---- dlib's 68 ----

static struct point mean_of(const struct point *points, int n) {
    struct point sum = {0, 0};
    for (int i = 0; i < n; i++) {
        sum.x += points[i].x / (float)n;
        sum.y += points[i].y / (float)n;
    }
    return sum;
}

static bool place_68(const struct landmarks *landmarks, const struct image *grey, struct box box,
                     struct point points[N_FACE_POINTS]) {
    struct point all[N_LANDMARKS];
    if (!landmarks_place(landmarks, grey, box, all)) {
        return false;
    }
    points[POINT_LEFT_EYE] = mean_of(&all[36], 6);
    points[POINT_RIGHT_EYE] = mean_of(&all[42], 6);
    points[POINT_NOSE] = all[30];
    points[POINT_LEFT_MOUTH] = all[48];
    points[POINT_RIGHT_MOUTH] = all[54];
    return true;
}

// ---- one face ----

static double error_of(const struct point points[N_FACE_POINTS],
                       const struct point truth[N_FACE_POINTS]) {
    double sum = 0;
    for (int i = 0; i < N_FACE_POINTS; i++) {
        sum += hypot((double)(points[i].x - truth[i].x), (double)(points[i].y - truth[i].y));
    }
    double eyes = hypot((double)(truth[POINT_LEFT_EYE].x - truth[POINT_RIGHT_EYE].x),
                        (double)(truth[POINT_LEFT_EYE].y - truth[POINT_RIGHT_EYE].y));
    return sum / N_FACE_POINTS / fmax(eyes, 1);
}

// As picture_turn turns the pixels.
static struct point turned(struct point p, const struct image *grey, double radians) {
    double c = cos(radians), s = sin(radians);
    double x = p.x - 0.5 * grey->width, y = p.y - 0.5 * grey->height;
    return (struct point){(float)(0.5 * grey->width + c * x + s * y),
                          (float)(0.5 * grey->height + c * y - s * x)};
}

// The face as a trial shows it; grey has the storage of the picture's size.
static bool make_trial(const struct landmark_face *face, const struct trial *trial, struct rng *rng,
                       struct image *grey, struct box *box, struct point truth[N_FACE_POINTS]) {
    const struct face_example *example = &face->example;
    double roll = trial->roll * rng_range(rng, -1, 1) * DEGREES;
    double scale = exp(trial->scale * rng_normal(rng));
    double x = trial->shift * rng_normal(rng), y = trial->shift * rng_normal(rng);
    struct point middle = {example->box.x + 0.5f * example->box.w,
                           example->box.y + 0.5f * example->box.h};
    middle = turned(middle, &example->grey, roll);
    *box = (struct box){.w = (float)(example->box.w * scale), .h = (float)(example->box.h * scale)};
    box->x = middle.x - 0.5f * box->w + (float)x * example->box.h;
    box->y = middle.y - 0.5f * box->h + (float)y * example->box.h;
    for (int i = 0; i < N_FACE_POINTS; i++) {
        truth[i] = turned(example->points[i], &example->grey, roll);
    }
    if (!image_resize_storage(grey, example->grey.width, example->grey.height, PIXEL_GREY8)) {
        return false;
    }
    if (roll != 0) {
        return picture_turn(&example->grey, (float)roll, grey);
    }
    image_copy(grey, &example->grey);
    return true;
}

// ---- all faces ----

// Of this thread's processor time: what else runs does not count.
static double cpu_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static bool run_trial(const struct landmark_set *set, const struct face_points *model,
                      const struct landmarks *all, const struct trial *trial) {
    struct table table = {0};
    struct image grey = {0};
    struct rng rng;
    double took_ms = 0;
    int n = 0;
    bool ok = true;
    rng_init(&rng, 1, 0);
    for (int i = 0; ok && i < set->n; i++) {
        const struct landmark_face *face = &set->faces[i];
        struct point truth[N_FACE_POINTS], points[N_FACE_POINTS], points_68[N_FACE_POINTS] = {{0}};
        struct box box;
        if (!face->held_out) {
            continue;
        }
        ok = make_trial(face, trial, &rng, &grey, &box, truth);
        double begin_ms = cpu_ms();
        ok = ok && face_points_place(model, &grey, box, points);
        took_ms += cpu_ms() - begin_ms;
        n++;
        ok = ok && (!all || place_68(all, &grey, box, points_68));
        if (ok) {
            double error = error_of(points, truth), error_68 = all ? error_of(points_68, truth) : 0;
            char name[32];
            add_error(&table, face->set, error, error_68);
            snprintf(name, sizeof name, "%s, pose %d", face->set, face->pose);
            add_error(&table, name, error, error_68);
        }
    }
    if (ok) {
        printf("%s: %.3f ms of a processor for a face\n", trial->name, took_ms / (n > 0 ? n : 1));
        print_table(&table, all != NULL);
    }
    image_finish(&grey);
    return ok;
}

// ---- the turn ----

static int compare_floats(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

// How the faces are turned that look straight on (0), to a side (1), or are in profile (2).
struct turns {
    int n[3];
    float *values[3];
};

static const int distance_of_pose[] = {0, 2, 1, 0, 1, 2};

// How likely a face of the second kind shows the greater turn than one of the first.
static double separation(const struct turns *turns, int first, int second) {
    int n = turns->n[first] + turns->n[second];
    float *scores = calloc((size_t)n + 1, sizeof *scores);
    int *truth = calloc((size_t)n + 1, sizeof *truth);
    double auc = NAN;
    if (scores && truth && n > 0) {
        for (int i = 0; i < n; i++) {
            truth[i] = i >= turns->n[first];
            scores[i] = fminf(
                truth[i] ? turns->values[second][i - turns->n[first]] : turns->values[first][i], 1);
        }
        auc = metrics_of(scores, truth, n, 0.5f).auc;
    }
    free(scores);
    free(truth);
    return auc;
}

static void print_turns(struct turns *turns) {
    static const char *const names[] = {"frontal (3)", "turned (2, 4)", "profile (1, 5)"};
    printf("turn of the head (nose along the line of the eyes), aflw:\n");
    for (int i = 0; i < 3; i++) {
        const float *values = turns->values[i];
        int n = turns->n[i];
        qsort(turns->values[i], (size_t)n, sizeof *values, compare_floats);
        if (n > 0) {
            printf("  %-14s %5d faces  tenth %.2f, median %.2f, nine tenths %.2f\n", names[i], n,
                   (double)values[n / 10], (double)values[n / 2], (double)values[9 * n / 10]);
        }
    }
    printf("  area under the curve: frontal against turned %.3f, against profile %.3f; turned "
           "against profile %.3f\n",
           separation(turns, 0, 1), separation(turns, 0, 2), separation(turns, 1, 2));
}

static bool report_turns(const struct landmark_set *set, const struct face_points *model) {
    struct turns turns = {0};
    bool ok = true;
    for (int i = 0; i < 3; i++) {
        turns.values[i] = calloc((size_t)set->n, sizeof *turns.values[i]);
        ok = ok && turns.values[i];
    }
    for (int i = 0; ok && i < set->n; i++) {
        const struct landmark_face *face = &set->faces[i];
        struct point points[N_FACE_POINTS];
        if (face->held_out && strcmp(face->set, "aflw") == 0 && face->pose >= 1 &&
            face->pose <= N_POSES) {
            int kind = distance_of_pose[face->pose];
            ok = face_points_place(model, &face->example.grey, face->example.box, points);
            turns.values[kind][turns.n[kind]++] = fabsf(face_points_turn(points));
        }
    }
    if (ok) {
        print_turns(&turns);
    }
    for (int i = 0; i < 3; i++) {
        free(turns.values[i]);
    }
    return ok;
}

bool landmark_report_print(const struct landmark_set *set, const struct face_points *model,
                           const struct landmarks *all) {
    bool ok = true;
    printf("mean error as a share of the distance between the eyes, held-out faces\n");
    for (int i = 0; ok && i < N_TRIALS; i++) {
        ok = run_trial(set, model, all, &trials[i]);
    }
    return ok && report_turns(set, model);
}
