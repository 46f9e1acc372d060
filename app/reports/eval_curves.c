// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/eval_report_private.h"

#include "app/reports/svg_plot.h"

#include "core/base/log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_BINS 10
#define MAX_CONDITIONS 6

int eval_label_shares(const struct eval_report *report,
                      struct label_share shares[EVAL_MAX_LABELS]) {
    int n = 0;
    for (int i = 0; i < report->n; i++) {
        const struct eval_item *item = &report->items[i];
        int k = 0;
        while (k < n && strcmp(shares[k].label, item->label) != 0) {
            k++;
        }
        if (isnan(item->score) || k == EVAL_MAX_LABELS) {
            continue;
        }
        if (k == n) {
            shares[n++] = (struct label_share){.label = item->label};
        }
        shares[k].n++;
        shares[k].n_smiles += item->score >= report->threshold;
    }
    return n;
}

// ---- curves ----

static int by_score_falling(const void *a, const void *b) {
    const struct eval_item *x = *(struct eval_item const *const *)a;
    const struct eval_item *y = *(struct eval_item const *const *)b;
    return (x->score < y->score) - (x->score > y->score);
}

// The items with a face, the highest score first; NULL (logged) without memory.
static struct eval_item const **ranked(const struct eval_report *report, int *n) {
    struct eval_item const **items = malloc(((size_t)report->n + 1) * sizeof *items);
    *n = 0;
    if (!items) {
        log_no_memory("a report of %d pictures", report->n);
        return NULL;
    }
    for (int i = 0; i < report->n; i++) {
        if (!isnan(report->items[i].score)) {
            items[(*n)++] = &report->items[i];
        }
    }
    qsort(items, (size_t)*n, sizeof *items, by_score_falling);
    return items;
}

static bool draw_roc(FILE *out, const struct eval_report *report,
                     struct eval_item const *const *items, int n) {
    static const double diagonal[] = {0, 1};
    double *x = calloc((size_t)n + 1, sizeof *x), *y = calloc((size_t)n + 1, sizeof *y);
    bool good = x && y;
    double total[2] = {0}, seen[2] = {0}, at[2] = {0};
    struct plot plot;
    for (int i = 0; i < n; i++) {
        total[items[i]->truth]++;
    }
    for (int i = 0; good && i < n; i++) {
        seen[items[i]->truth]++;
        x[i + 1] = seen[0] / fmax(total[0], 1);
        y[i + 1] = seen[1] / fmax(total[1], 1);
        if (items[i]->score >= report->threshold) {
            at[0] = x[i + 1];
            at[1] = y[i + 1];
        }
    }
    plot_begin(&plot, out, "ROC curve", &(struct plot_axis){"false alarms", 0, 1, 5, 1},
               &(struct plot_axis){"smiles recognised", 0, 1, 5, 1});
    plot_line(&plot, "dashed", diagonal, diagonal, 2);
    if (good) {
        plot_line(&plot, "main", x, y, n + 1);
    } else {
        log_no_memory("a curve of %d pictures", n);
    }
    plot_dot(&plot, at[0], at[1], "the working threshold");
    plot_end(&plot);
    free(x);
    free(y);
    return good;
}

static void draw_reliability(FILE *out, const struct eval_report *report) {
    static const double diagonal[] = {0, 1};
    double sum[N_BINS] = {0}, smiles[N_BINS] = {0}, x[N_BINS], y[N_BINS];
    int n[N_BINS] = {0}, n_points = 0;
    struct plot plot;
    for (int i = 0; i < report->n; i++) {
        const struct eval_item *item = &report->items[i];
        if (!isnan(item->score)) {
            int bin = (int)fmin((double)item->score * N_BINS, N_BINS - 1);
            sum[bin] += (double)item->score;
            smiles[bin] += item->truth;
            n[bin]++;
        }
    }
    plot_begin(&plot, out, "Reliability", &(struct plot_axis){"score", 0, 1, 5, 1},
               &(struct plot_axis){"share labelled a smile", 0, 1, 5, 1});
    plot_line(&plot, "dashed", diagonal, diagonal, 2);
    for (int bin = 0; bin < N_BINS; bin++) {
        if (n[bin] > 0) {
            char note[64];
            x[n_points] = sum[bin] / n[bin];
            y[n_points] = smiles[bin] / n[bin];
            snprintf(note, sizeof note, "%d faces", n[bin]);
            plot_dot(&plot, x[n_points], y[n_points], note);
            n_points++;
        }
    }
    plot_line(&plot, "main", x, y, n_points);
    plot_end(&plot);
}

bool eval_write_curves(FILE *out, const struct eval_report *report) {
    int n;
    struct eval_item const **items = ranked(report, &n);
    fputs("<h2>Curves</h2><div class='plots'>", out);
    bool good = items && draw_roc(out, report, items, n);
    draw_reliability(out, report);
    fputs("</div>\n", out);
    free(items);
    return good;
}

// ---- conditions ----

struct condition {
    const char *title, *unit;
    float (*value)(const struct eval_item *item);
    float edges[MAX_CONDITIONS - 1]; // between the classes, n - 1 of them
    int n;
    const char *words[MAX_CONDITIONS];
};

static float degrees(float radians) {
    return radians * 57.29578f;
}
static float yaw_of(const struct eval_item *item) {
    return degrees(item->pose[0]);
}
static float pitch_of(const struct eval_item *item) {
    return degrees(item->pose[1]);
}
static float roll_of(const struct eval_item *item) {
    return degrees(item->pose[2]);
}
static float size_of(const struct eval_item *item) {
    return item->face_px;
}
static float brightness_of(const struct eval_item *item) {
    return item->brightness;
}
static float sharpness_of(const struct eval_item *item) {
    return item->sharpness;
}

#define TURNS                                                                                      \
    {-20, -7, 7, 20}, 5, {                                                                         \
        "< -20", "-20 to -7", "-7 to 7", "7 to 20", "> 20"                                         \
    }

static const struct condition conditions[] = {
    {"By yaw of the head", "degrees, as labelled", yaw_of, TURNS},
    {"By pitch of the head", "degrees, as labelled", pitch_of, TURNS},
    {"By roll of the head", "degrees, as labelled", roll_of, TURNS},
    {"By size of the face",
     "pixels in the photograph",
     size_of,
     {60, 80, 110, 160},
     5,
     {"< 60", "to 80", "to 110", "to 160", "more"}},
    {"By brightness",
     "mean grey level of the face",
     brightness_of,
     {70, 100, 130, 160},
     5,
     {"< 70", "to 100", "to 130", "to 160", "more"}},
    {"By sharpness",
     "fine detail against contrast",
     sharpness_of,
     {0.15f, 0.25f, 0.35f, 0.5f},
     5,
     {"< 0.15", "to 0.25", "to 0.35", "to 0.5", "more"}},
};
#define N_CONDITIONS (sizeof conditions / sizeof *conditions)

static void draw_condition(FILE *out, const struct eval_report *report,
                           const struct condition *condition) {
    int n[MAX_CONDITIONS] = {0}, right[MAX_CONDITIONS] = {0}, all = 0;
    struct plot plot;
    for (int i = 0; i < report->n; i++) {
        const struct eval_item *item = &report->items[i];
        float value = condition->value(item);
        if (isnan(item->score) || isnan(value)) {
            continue;
        }
        int k = 0;
        while (k < condition->n - 1 && value >= condition->edges[k]) {
            k++;
        }
        n[k]++;
        all++;
        right[k] += (item->score >= report->threshold) == item->truth;
    }
    if (all == 0) {
        return;
    }
    plot_begin(&plot, out, condition->title,
               &(struct plot_axis){condition->unit, 0, condition->n, 0, 0},
               &(struct plot_axis){"right, %", 70, 100, 6, 0});
    for (int k = 0; k < condition->n; k++) {
        if (n[k] > 0) {
            double share = (double)right[k] / n[k], half = wilson_half_interval(share, n[k]);
            // Wilson's interval lies about a centre that is drawn to one half.
            double centre = (share + 1.92073 / n[k]) / (1 + 3.84146 / n[k]);
            plot_bar(&plot, k + 0.5, 0.7, fmax(100 * share, 70), fmax(100 * (centre - half), 70),
                     fmin(100 * (centre + half), 100), condition->words[k]);
        }
    }
    plot_end(&plot);
}

void eval_write_conditions(FILE *out, const struct eval_report *report) {
    fputs("<h2>By condition</h2><p>Of the faces found; the lines are 95 % intervals, wide where "
          "there are few. The axis begins at 70 %.</p><div class='plots'>",
          out);
    for (size_t i = 0; i < N_CONDITIONS; i++) {
        draw_condition(out, report, &conditions[i]);
    }
    fputs("</div>\n", out);
}
