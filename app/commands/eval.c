// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/file_digest.h"
#include "app/commands/eval_boxes.h"
#include "app/system/standard_streams.h"
#include "app/reports/eval_report.h"
#include "app/analysis/smile_classifier.h"
#include "app/reports/held_out.h"
#include "app/system/json.h"
#include "app/commands/shared_options.h"
#include "app/system/model_files.h"
#include "app/photos/photo_batch.h"
#include "app/system/signals.h"
#include "app/commands/command.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/run/metrics.h"
#include "core/run/model_info.h"
#include "core/onnx/onnx.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORKERS 64

struct job {
    struct eval_boxes boxes;
    const char *list, *only, *model, *scores_path, *report_path, *held_out_path, *against_path;
    struct landmark_file landmarks;
    struct operating_point point;
    bool json, degraded;
    int threads;
    struct picture_set set;
    struct smile_classifier *classifiers[MAX_WORKERS];
    struct eval_item *items; // by picture
    int n_unreadable;
    atomic_bool incomplete; // no memory for a face (logged)
    char shipped[MODEL_PATH_LEN];
    char sha256[FILE_DIGEST_LEN];
};

static int top_label(const struct model_info *info, const float *probabilities) {
    int best = isnan(probabilities[0]) ? -1 : 0;
    for (int k = 1; best >= 0 && k < info->n_labels; k++) {
        best = probabilities[k] > probabilities[best] ? k : best;
    }
    return best;
}

// The score after each way to make the chip worse. False (logged) without memory.
static bool read_degraded(struct smile_classifier *classifier, struct eval_item *item,
                          uint64_t seed) {
    struct image worse = {0};
    int input_size = smile_classifier_info(classifier)->input_size, size = item->chip.width;
    bool good = image_resize_storage(&worse, size, size, PIXEL_GREY8);
    for (int k = 0; good && k < N_DEGRADATIONS; k++) {
        good = degrade_chip(&item->chip, (enum degradation)k, input_size, seed, &worse);
        if (good) {
            item->degraded[k] = smile_classifier_score(classifier, &worse);
        }
    }
    image_finish(&worse);
    return good;
}

static void read_face(void *arg, int worker, int index, const struct image *grey,
                      const struct face *face) {
    struct job *job = arg;
    struct smile_classifier *classifier = job->classifiers[worker];
    struct eval_item *item = &job->items[index];
    struct sighting sighting = {.face = *face};
    smile_classifier_read(classifier, grey, &sighting, 1);
    item->score = sighting.smile;
    item->top1 = top_label(smile_classifier_info(classifier), sighting.probabilities);
    item->face_px = face->box.w;
    const struct image *chip = sighting.chip;
    if ((!job->report_path && !job->degraded) || isnan(item->score)) {
        return;
    }
    bool good = image_init(&item->chip, chip->width, chip->height, PIXEL_GREY8);
    if (good) {
        image_copy(&item->chip, chip);
        eval_item_describe(item);
        good = read_degraded(classifier, item, (uint64_t)index);
    }
    if (!good) {
        job->incomplete = true;
    }
}

static bool count_unreadable(void *arg, int index, const struct photo_result *result) {
    (void)index;
    ((struct job *)arg)->n_unreadable += !result->readable;
    return true;
}

static struct eval_item item_of(const struct picture *picture) {
    struct eval_item item = {.name = picture->name,
                             .attributes = picture->attributes,
                             .label = picture->label,
                             .truth = model_label_is_smile(picture->label),
                             .score = NAN,
                             .top1 = -1};
    memcpy(item.pose, picture->pose, sizeof item.pose);
    for (int k = 0; k < N_DEGRADATIONS; k++) {
        item.degraded[k] = NAN;
    }
    return item;
}

static bool start(struct job *job, struct thread_pool **threads) {
    size_t n = (size_t)job->set.n;
    job->items = calloc(n, sizeof *job->items);
    *threads = thread_pool_create(job->threads);
    if (!job->items || !*threads) {
        return log_no_memory("evaluating %zu pictures", n);
    }
    for (size_t i = 0; i < n; i++) {
        job->items[i] = item_of(&job->set.pictures[i]);
    }
    for (int i = 0; i < thread_pool_size(*threads); i++) {
        job->classifiers[i] = smile_classifier_create(job->model, &job->point);
        if (!job->classifiers[i]) {
            return false;
        }
    }
    return file_digest(job->model, job->sha256);
}

// Puts the scores of a file of smilecam cv in the place of the model's own.
static bool take_held_out(struct job *job) {
    int n = held_out_read(job->held_out_path, job->items, job->set.n);
    if (n >= 0) {
        LOG(INFO, "%s: held-out scores of %d of %d pictures", job->held_out_path, n, job->set.n);
    }
    return n > 0;
}

static bool report_json(const struct job *job, const struct metrics *m) {
    return json_write_line(
        json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:s}", "n", m->n, "detected", m->n_found,
                  "accuracy", json_rounded(m->accuracy, 6), "accuracy_detected",
                  json_rounded(m->accuracy_found, 6), "balanced_accuracy",
                  json_rounded(m->balanced_accuracy, 6), "auc", json_rounded(m->auc, 6), "ece",
                  json_rounded(m->ece, 6), "model_sha256", job->sha256),
        stdout);
}

static void report_text(const struct job *job, const struct metrics *m) {
    int n_smiles = 0;
    for (int i = 0; i < m->n; i++) {
        n_smiles += job->items[i].truth;
    }
    printf("pictures            %d, %d of them with smiles\n", m->n, n_smiles);
    printf("face found          %d (%.2f %%)\n", m->n_found, 100.0 * m->n_found / m->n);
    printf("accuracy            %.2f %% +- %.2f (95 %%), every picture counted\n",
           100 * m->accuracy, 100 * m->half_interval);
    if (m->n_found == 0) {
        return;
    }
    printf("accuracy, found     %.2f %%\n", 100 * m->accuracy_found);
    printf("balanced accuracy   %.2f %%\n", 100 * m->balanced_accuracy);
    printf("area under curve    %.4f\n", m->auc);
    printf("calibration error   %.4f\n", m->ece);
    printf("model               %s\nsha256              %s\n", job->model, job->sha256);
}

// How many of each label are called a smile, where there are more than two.
static void print_labels(const struct eval_report *report) {
    struct label_share shares[EVAL_MAX_LABELS];
    int n = eval_label_shares(report, shares);
    for (int i = 0; n > 2 && i < n; i++) {
        double share = (double)shares[i].n_smiles / shares[i].n;
        printf("%-20s%.2f %% +- %.2f of %d faces called a smile\n", shares[i].label, 100 * share,
               100 * wilson_half_interval(share, shares[i].n), shares[i].n);
    }
}

static bool print_degraded(const struct eval_report *report, const struct metrics *clean) {
    for (int k = 0; k < N_DEGRADATIONS; k++) {
        struct metrics m = eval_report_metrics(report, (enum degradation)k);
        if (m.n == 0) {
            return false;
        }
        printf("%-27s %6.2f %% of the faces found, %5.2f points lost, auc %.4f\n",
               degradation_name((enum degradation)k), 100 * m.accuracy_found,
               100 * (clean->accuracy_found - m.accuracy_found), m.auc);
    }
    return true;
}

static bool is_right(const struct eval_item *item, float threshold) {
    return !isnan(item->score) && (item->score >= threshold) == item->truth;
}

// Whether these scores or those of a file are right more often, picture by picture.
static bool print_against(const struct job *job, float threshold) {
    size_t size = (size_t)job->set.n * sizeof *job->items;
    struct eval_item *others = malloc(size);
    if (!others) {
        return log_no_memory("comparing %d pictures", job->set.n);
    }
    memcpy(others, job->items, size);
    bool good = held_out_read(job->against_path, others, job->set.n) > 0;
    int only_here = 0, only_there = 0;
    for (int i = 0; good && i < job->set.n; i++) {
        bool here = is_right(&job->items[i], threshold), there = is_right(&others[i], threshold);
        only_here += here && !there;
        only_there += there && !here;
    }
    free(others);
    if (good) {
        printf("against %s: right only here %d, right only there %d; McNemar p = %.4f\n",
               job->against_path, only_here, only_there, mcnemar_p(only_here, only_there));
    }
    return good;
}

static bool write_scores(const struct job *job) {
    FILE *out = fopen(job->scores_path, "w");
    bool ok = out && fputs("path,label,score\n", out) >= 0;
    for (int i = 0; ok && i < job->set.n; i++) {
        const struct eval_item *item = &job->items[i];
        ok = fprintf(out, isnan(item->score) ? "%s,%s,\n" : "%s,%s,%.6f\n", item->name, item->label,
                     (double)item->score) > 0;
    }
    ok = (out && fclose(out) == 0) && ok;
    if (!ok) {
        LOG(ERROR, "%s: cannot be written: %s", job->scores_path, strerror(errno));
    }
    return ok;
}

static enum exit_code report(const struct job *job) {
    const struct eval_report found = {.list = job->list,
                                      .model = job->model,
                                      .sha256 = job->sha256,
                                      .scores = job->held_out_path,
                                      .info = smile_classifier_info(job->classifiers[0]),
                                      .threshold =
                                          smile_classifier_info(job->classifiers[0])->threshold,
                                      .n = job->set.n,
                                      .items = job->items};
    struct metrics m = eval_report_metrics(&found, N_DEGRADATIONS);
    if (job->n_unreadable == job->set.n) {
        LOG(ERROR, "%s: none of its %d pictures can be read", job->list, job->set.n);
        return EXIT_CODE_INPUT;
    }
    if (m.n == 0) {
        return EXIT_CODE_USAGE;
    }
    if (!job->json) {
        report_text(job, &m);
        print_labels(&found);
        eval_print_confusion(&found);
        eval_print_groups(&found);
        if (job->degraded && !print_degraded(&found, &m)) {
            return EXIT_CODE_USAGE;
        }
        if (job->against_path && !print_against(job, found.threshold)) {
            return EXIT_CODE_INPUT;
        }
    } else if (!report_json(job, &m)) {
        standard_output_fail();
        return EXIT_CODE_OUTPUT;
    }
    if ((job->scores_path && !write_scores(job)) ||
        (job->report_path && !eval_report_write(&found, job->report_path))) {
        return EXIT_CODE_OUTPUT;
    }
    return job->n_unreadable + job->set.n_missing ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
}

static enum exit_code evaluate(struct job *job) {
    struct thread_pool *threads = NULL;
    enum exit_code code = EXIT_CODE_INPUT;
    stop_signal_install();
    if (picture_set_open(&job->set, job->list) &&
        picture_set_keep(&job->set, job->only, job->list)) {
        code = EXIT_CODE_USAGE;
        enum photo_outcome outcome = start(job, &threads)
                                         ? photo_batch_run(&job->set, threads, "evaluating",
                                                           read_face, count_unreadable, job)
                                         : PHOTOS_NOT_STARTED;
        if (outcome == PHOTOS_DONE && job->held_out_path && !take_held_out(job)) {
            code = EXIT_CODE_INPUT;
        } else if (outcome == PHOTOS_DONE) {
            code = job->incomplete ? EXIT_CODE_USAGE : report(job);
        } else if (outcome == PHOTOS_INTERRUPTED) {
            LOG(ERROR, "interrupted; nothing was measured");
            code = EXIT_CODE_INTERRUPTED;
        }
    }
    for (int i = 0; i < MAX_WORKERS; i++) {
        smile_classifier_destroy(job->classifiers[i]);
    }
    thread_pool_destroy(threads);
    for (int i = 0; job->items && i < job->set.n; i++) {
        image_finish(&job->items[i].chip);
    }
    free(job->items);
    picture_set_close(&job->set);
    return code;
}

static const struct option_spec specs[] = {
    OPTION_HEADING(N_("What to measure")),
    OPTION("list", 0, TEXT, struct job, list, .argument = "FILE.csv",
           .help = N_("lines of path,label (1 or smile; 0 or anything else), or any data set that "
                      "prepare reads")),
    ONLY_OPTION(struct job, only),
    MODEL_OPTION(struct job, model),
    OPTION_GROUP(operating_point_options, struct job, point),
    OPTION("held-out", 0, TEXT, struct job, held_out_path, .argument = "FILE.csv",
           .help =
               N_("use scores from smilecam cv instead of the model's; several files, separated by "
                  "commas: their mean")),
    OPTION("against", 0, TEXT, struct job, against_path, .argument = "FILE.csv",
           .help = N_("compare with these scores, picture by picture (McNemar's test)")),
    OPTION("degraded", 0, FLAG, struct job, degraded,
           .help =
               N_("also measure with noise, blur, small faces, JPEG compression and low light")),
    OPTION_GROUP(landmark_options, struct job, landmarks),
    THREADS_OPTION(struct job, threads),

    OPTION_HEADING(N_("Face detection")),
    OPTION("boxes", 0, TEXT, struct job, boxes.path, .argument = "FILE.csv",
           .help = N_("measure face detection instead, and compare with dlib's detector: lines of "
                      "path,x,y,w,h,flags, or a folder or archive with boxes.csv")),
    OPTION("detector-model", 0, TEXT, struct job, boxes.model, .argument = "FILE",
           .help = N_("with --boxes: the network that finds them (default: the shipped one)")),
    OPTION("held-out-boxes", 0, FLAG, struct job, boxes.held_out,
           .help =
               N_("with --boxes: only the tenth of the images that smilecam detector leaves out")),
    OPTION("side", 0, INT, struct job, boxes.side, .argument = "PX",
           .help = N_("with --boxes: longer side of the image that the network sees"),
           .fallback = "320", .minimum = 64, .maximum = 4096),

    OPTION_HEADING(N_("Output")),
    OPTION("json", 0, FLAG, struct job, json, .help = N_("print one JSON object instead of text")),
    OPTION("scores", 0, TEXT, struct job, scores_path, .argument = "FILE.csv",
           .help = N_("write each picture's score (empty: no face)")),
    OPTION("report", 0, TEXT, struct job, report_path, .argument = "DIR",
           .help = N_("write an HTML report with curves, conditions and errors, and disputed.csv")),
};

static const struct option_table table = {
    .command = "eval",
    .operands = "",
    .summary = N_(
        "Measures the whole pipeline, from photograph to verdict, on labelled pictures. A picture "
        "that cannot be read, or in which no face is found, counts as an error."),
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
};

static enum exit_code run(int argc, char **argv) {
    struct job job = {0};
    enum exit_code code;
    if (!command_parse(&table, argc, argv, &job, NULL, &code)) {
        return code;
    }
    if (job.boxes.path) {
        job.boxes.json = job.json;
        job.boxes.report = job.report_path;
        job.boxes.threads = job.threads;
        return eval_boxes_run(&job.boxes);
    }
    if (!job.list) {
        LOG(ERROR,
            "eval needs --list FILE.csv, the pictures to measure; see 'smilecam eval --help'");
        return EXIT_CODE_USAGE;
    }
    job.model = model_file_find(job.model, job.shipped);
    return landmark_file_usable(&job.landmarks) ? evaluate(&job) : EXIT_CODE_USAGE;
}

const struct command command_eval = {
    "eval", N_("measure the accuracy of the whole pipeline on labelled photographs"), &table, run};
