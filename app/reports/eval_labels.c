// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/eval_report_private.h"
#include "app/system/markup_text.h"

#include "core/run/metrics.h"
#include "core/run/model_info.h"

#include <string.h>

static int model_label(const struct model_info *info, const char *label) {
    for (int i = 0; i < info->n_labels; i++) {
        if (model_label_same(info->labels[i], label)) {
            return i;
        }
    }
    return -1;
}

bool eval_confusion(const struct eval_report *report, struct confusion *confusion) {
    memset(confusion, 0, sizeof *confusion);
    for (int i = 0; i < report->n; i++) {
        const struct eval_item *item = &report->items[i];
        int truth = model_label(report->info, item->label);
        if (truth >= 0) {
            confusion_add(confusion, truth, item->top1);
        }
    }
    return report->info->n_labels > 2 && confusion->n_found > 0;
}

void eval_print_confusion(const struct eval_report *report) {
    struct confusion c;
    const struct model_info *info = report->info;
    if (!eval_confusion(report, &c)) {
        return;
    }
    double right = (double)c.n_right / c.n;
    printf("\ntop-1 accuracy over %d labels %.2f %% +- %.2f (95 %%) of all %d, %.2f %% of the %d "
           "with a "
           "face\n",
           info->n_labels, 100 * right, 100 * wilson_half_interval(right, c.n), c.n,
           100.0 * c.n_right / c.n_found, c.n_found);
    confusion_print(stdout, &c, info->n_labels, info->labels);
}

void eval_write_confusion(FILE *out, const struct eval_report *report) {
    struct confusion c;
    const struct model_info *info = report->info;
    if (!eval_confusion(report, &c)) {
        return;
    }
    double right = (double)c.n_right / c.n;
    fprintf(out,
            "<h2>Which label</h2><p>Top-1 accuracy over %d labels: %.2f %% &plusmn; %.2f of all %d "
            "pictures, "
            "%.2f %% of the %d with a face. A row is what the picture is, a column what it was "
            "called.</p><table><tr><th>",
            info->n_labels, 100 * right, 100 * wilson_half_interval(right, c.n), c.n,
            100.0 * c.n_right / c.n_found, c.n_found);
    for (int k = 0; k < info->n_labels; k++) {
        fputs("<th>", out);
        markup_text(out, info->labels[k]);
    }
    for (int i = 0; i < info->n_labels; i++) {
        fputs("<tr><th>", out);
        markup_text(out, info->labels[i]);
        for (int k = 0; k < info->n_labels; k++) {
            fprintf(out, "<td>%d", c.faces[i][k]);
        }
    }
    fputs("</table>\n", out);
}
