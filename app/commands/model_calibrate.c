// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/model_calibrate.h"

#include "app/system/exit_codes.h"
#include "app/reports/score_file.h"

#include "core/base/log.h"
#include "core/run/metrics.h"
#include "core/run/model_info.h"
#include "core/onnx/onnx.h"
#include "core/run/calibration.h"

#include <stdio.h>
#include <stdlib.h>

struct held_out {
    int n;
    float *scores;
    int *truth;
};

static bool take(struct held_out *held, const char *path) {
    struct score_list list;
    if (!score_list_read(&list, path)) {
        return false;
    }
    held->n = list.n;
    held->scores = malloc((size_t)list.n * sizeof *held->scores);
    held->truth = malloc((size_t)list.n * sizeof *held->truth);
    bool good = held->scores && held->truth;
    for (int i = 0; good && i < list.n; i++) {
        held->scores[i] = list.lines[i].score;
        held->truth[i] = list.lines[i].truth;
    }
    score_list_finish(&list);
    if (!good) {
        log_no_memory("the scores of %s", path);
    }
    return good;
}

static void calibrate(struct held_out *held, struct platt platt) {
    for (int i = 0; i < held->n; i++) {
        held->scores[i] = (float)platt_apply(platt, (double)held->scores[i]);
    }
}

static enum exit_code write(const char *model, struct held_out *held, const char *output) {
    struct metadata metadata = {0};
    struct model_info info;
    struct graph *graph = onnx_read(model, &metadata);
    enum exit_code code = EXIT_CODE_INPUT;
    struct platt platt = platt_fit(held->scores, held->truth, held->n);
    if (!graph || !model_info_read(model, graph, &metadata, &info)) {
        goto done;
    }
    if (info.smile_label < 0 || !platt_into_graph(platt, graph, info.smile_label)) {
        LOG(ERROR,
            "%s: only networks that end in two outputs, one of them a smile's, and softmax can be "
            "calibrated",
            model);
        goto done;
    }
    struct metrics before = metrics_of(held->scores, held->truth, held->n, 0.5f);
    calibrate(held, platt);
    struct metrics after = metrics_of(held->scores, held->truth, held->n, 0.5f);
    if (before.n == 0 || after.n == 0 ||
        !false_alarms_write(held->scores, held->truth, held->n, &metadata)) {
        code = EXIT_CODE_USAGE;
        goto done;
    }
    metadata_format(&metadata, "smilecam.calibration",
                    "log-odds times %.4f plus %.4f, from %d held-out scores", platt.slope,
                    platt.shift, held->n);
    code = onnx_write(graph, &metadata, output) ? EXIT_CODE_OK : EXIT_CODE_OUTPUT;
    if (code == EXIT_CODE_OK) {
        printf("%s: log-odds times %.4f plus %.4f; calibration error of the held-out scores %.4f, "
               "before %.4f; written to %s\n",
               model, platt.slope, platt.shift, after.ece, before.ece, output);
    }
done:
    graph_destroy(graph);
    return code;
}

enum exit_code model_calibrate(const char *model, const char *scores, const char *output) {
    struct held_out held = {0};
    enum exit_code code = take(&held, scores) ? write(model, &held, output) : EXIT_CODE_INPUT;
    free(held.scores);
    free(held.truth);
    return code;
}
