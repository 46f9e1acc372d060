// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/eval_report.h"

#include "app/reports/eval_report_private.h"
#include "app/analysis/face_quality.h"
#include "app/reports/html_page.h"
#include "app/system/markup_text.h"

#include "core/base/log.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GALLERY 120 // pictures at most

// ---- figures ----

void eval_item_describe(struct eval_item *item) {
    const struct image *chip = &item->chip;
    double sum = 0;
    for (int y = 0; y < chip->height; y++) {
        for (int x = 0; x < chip->width; x++) {
            sum += chip->data[y * chip->stride + x];
        }
    }
    item->brightness = (float)(sum / chip->width / chip->height);
    item->sharpness = chip_sharpness(chip);
}

static float score_of(const struct eval_item *item, enum degradation degradation) {
    return degradation == N_DEGRADATIONS ? item->score : item->degraded[degradation];
}

struct metrics eval_report_metrics(const struct eval_report *report, enum degradation degradation) {
    struct metrics m = {0};
    float *scores = malloc((size_t)report->n * sizeof *scores);
    int *truth = malloc((size_t)report->n * sizeof *truth);
    if (scores && truth) {
        for (int i = 0; i < report->n; i++) {
            scores[i] = score_of(&report->items[i], degradation);
            truth[i] = report->items[i].truth;
        }
        m = metrics_of(scores, truth, report->n, report->threshold);
    } else {
        log_no_memory("measuring %d pictures", report->n);
    }
    free(scores);
    free(truth);
    return m;
}

// ---- tables ----

static void write_head(FILE *out, const struct eval_report *report, const struct metrics *m) {
    page_begin(out, "smilecam: accuracy");
    fprintf(out,
            "<h1>%.2f %% right</h1>"
            "<p>&plusmn;&nbsp;%.2f (95 %% interval) of %d pictures, from the photograph to the "
            "verdict; a face that is not found counts as an error.</p><p class='quiet'>Pictures: ",
            100 * m->accuracy, 100 * m->half_interval, m->n);
    markup_text(out, report->list);
    fputs("<br>Model: ", out);
    markup_text(out, report->model);
    fprintf(out, ", SHA-256 %s", report->sha256);
    if (report->scores) {
        fputs("<br>Scores, held out: ", out);
        markup_text(out, report->scores);
    }
    fputs("</p>\n", out);
}

static void write_figures(FILE *out, const struct metrics *m) {
    double found = m->n_found ? wilson_half_interval(m->accuracy_found, m->n_found) : 0;
    fprintf(out,
            "<table><tr><td>faces found<td>%d of %d (%.2f %%)"
            "<tr><td>right, of the faces found<td>%.2f %% &plusmn; %.2f"
            "<tr><td>balanced accuracy<td>%.2f %%<tr><td>area under the ROC curve<td>%.4f"
            "<tr><td>expected calibration error<td>%.4f</table>\n",
            m->n_found, m->n, 100.0 * m->n_found / m->n, 100 * m->accuracy_found, 100 * found,
            100 * m->balanced_accuracy, m->auc, m->ece);
}

static void write_confusion(FILE *out, const struct eval_report *report) {
    static const char *const rows[] = {"labelled otherwise", "labelled a smile"};
    int counts[2][3] = {{0}};
    for (int i = 0; i < report->n; i++) {
        const struct eval_item *item = &report->items[i];
        int column = isnan(item->score) ? 2 : item->score >= report->threshold ? 0 : 1;
        counts[item->truth][column]++;
    }
    fprintf(out, "<h2>Confusion</h2><table><tr><th><th>called a smile<th>called no smile<th>no "
                 "face found");
    for (int truth = 1; truth >= 0; truth--) {
        fprintf(out, "<tr><td>%s<td>%d<td>%d<td>%d", rows[truth], counts[truth][0],
                counts[truth][1], counts[truth][2]);
    }
    fputs("</table>\n", out);
}

static void write_labels(FILE *out, const struct eval_report *report) {
    struct label_share shares[EVAL_MAX_LABELS];
    int n = eval_label_shares(report, shares);
    if (n <= 2) {
        return;
    }
    fputs("<h2>By label</h2><table><tr><th>label<th>faces found<th>called a smile<th>95 % "
          "interval",
          out);
    for (int i = 0; i < n; i++) {
        double share = (double)shares[i].n_smiles / shares[i].n;
        fputs("<tr><td>", out);
        markup_text(out, shares[i].label);
        fprintf(out, "<td>%d<td>%.2f %%<td>&plusmn; %.2f", shares[i].n, 100 * share,
                100 * wilson_half_interval(share, shares[i].n));
    }
    fputs("</table>\n", out);
}

static bool write_robustness(FILE *out, const struct eval_report *report,
                             const struct metrics *clean) {
    fputs("<h2>Under bad conditions</h2><p>The same faces, each made worse on purpose "
          "before the network sees it.</p><table><tr><th>condition<th>right, of the faces "
          "found<th>points lost<th>ROC area",
          out);
    for (int k = 0; k < N_DEGRADATIONS; k++) {
        struct metrics m = eval_report_metrics(report, (enum degradation)k);
        if (m.n == 0) {
            return false;
        }
        fprintf(out, "<tr><td>%s<td>%.2f %% &plusmn; %.2f<td>%.2f<td>%.4f",
                degradation_name((enum degradation)k), 100 * m.accuracy_found,
                100 * wilson_half_interval(m.accuracy_found, m.n_found > 0 ? m.n_found : 1),
                100 * (clean->accuracy_found - m.accuracy_found), m.auc);
    }
    fputs("</table>\n", out);
    return true;
}

// ---- gallery ----

static bool write_gallery(FILE *out, struct eval_item const *const *errors, int n) {
    bool good = true;
    int shown = n < GALLERY ? n : GALLERY;
    fprintf(out,
            "<h2>Errors</h2><p>%d faces were read against their label; %s, the surest "
            "error first. Many are faces on which people disagree as well.</p><div class='faces'>",
            n, shown < n ? "the first of them" : "all of them");
    for (int i = 0; good && i < shown; i++) {
        const struct eval_item *item = errors[i];
        fputs("<figure>", out);
        good = page_picture(out, &item->chip);
        fprintf(out, "<figcaption>score %.2f, labelled ", (double)item->score);
        markup_text(out, item->label);
        fputs("<br><span class='quiet'>", out);
        markup_text(out, item->name);
        fputs("</span></figcaption></figure>\n", out);
    }
    fputs("</div>\n", out);
    return good;
}

// How surely an item is read against its label.
static float contradiction(const struct eval_item *item) {
    return item->truth ? 1 - item->score : item->score;
}

static int by_contradiction(const void *a, const void *b) {
    const struct eval_item *x = *(struct eval_item const *const *)a;
    const struct eval_item *y = *(struct eval_item const *const *)b;
    float p = contradiction(x), q = contradiction(y);
    return p != q ? (p < q) - (p > q) : strcmp(x->name, y->name);
}

static int find_errors(const struct eval_report *report, struct eval_item const **errors) {
    int n = 0;
    for (int i = 0; i < report->n; i++) {
        const struct eval_item *item = &report->items[i];
        if (!isnan(item->score) && (item->score >= report->threshold) != item->truth) {
            errors[n++] = item;
        }
    }
    qsort(errors, (size_t)n, sizeof *errors, by_contradiction);
    return n;
}

static void write_disputed(FILE *out, struct eval_item const *const *errors, int n) {
    fputs("file,label,score\n", out);
    for (int i = 0; i < n; i++) {
        fprintf(out, "%s,%s,%.3f\n", errors[i]->name, errors[i]->label, (double)errors[i]->score);
    }
}

// ---- files ----

static bool write_page(const struct eval_report *report, const char *folder,
                       struct eval_item const *const *errors, int n_errors) {
    char path[PATH_MAX];
    FILE *out = page_open(folder, "index.html", path);
    if (!out) {
        return false;
    }
    struct metrics m = eval_report_metrics(report, N_DEGRADATIONS);
    write_head(out, report, &m);
    write_figures(out, &m);
    write_confusion(out, report);
    write_labels(out, report);
    eval_write_confusion(out, report);
    bool whole = m.n > 0 && eval_write_curves(out, report);
    eval_write_conditions(out, report);
    eval_write_groups(out, report);
    if (!report->scores) { // those are of other networks
        whole = whole && write_robustness(out, report, &m);
    }
    whole = whole && write_gallery(out, errors, n_errors);
    return page_close(out, path, whole);
}

bool eval_report_write(const struct eval_report *report, const char *folder) {
    char path[PATH_MAX];
    if (!page_folder(folder)) {
        return false;
    }
    struct eval_item const **errors = malloc(((size_t)report->n + 1) * sizeof *errors);
    if (!errors) {
        return log_no_memory("a report of %d pictures", report->n);
    }
    int n = find_errors(report, errors);
    bool good = write_page(report, folder, errors, n);
    FILE *out = good ? page_open(folder, "disputed.csv", path) : NULL;
    if (out) {
        write_disputed(out, errors, n);
        good = page_close(out, path, true);
    }
    free(errors);
    return good && out;
}
