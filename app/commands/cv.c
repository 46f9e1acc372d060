// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/signals.h"
#include "app/commands/training.h"
#include "app/commands/command.h"
#include "app/commands/label_counts.h"

#include "core/kernels/cpu.h"
#include "core/base/log.h"
#include "core/run/metrics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Folds are dealt by a hash of each picture's group: copies fall into the same one.
#define FOLD_SEED 2

struct job {
    struct training_options training;
    const char *scores_path;
    int folds;
    struct dataset dataset;
    int n_own; // crops of the first file; auxiliary ones follow
    struct thread_pool *threads;
    int *items;    // scratch: (n)
    float *scores; // by crop, held out
    int *truth;
    struct confusion confusion; // of the pictures held out so far
};

static bool on_step(void *arg, int step, double loss) {
    (void)arg;
    (void)step;
    (void)loss;
    return !stop_signal_raised();
}

static void print_metrics(const char *name, const struct metrics *m) {
    char auc[16];
    training_format(m->auc, 4, auc);
    printf("%-8s %6d %8.2f +-%.2f %8.2f %10s %8.4f\n", name, m->n, 100 * m->accuracy,
           100 * m->half_interval, 100 * m->accuracy_found, auc, m->ece);
    fflush(stdout);
}

// Keeps the scores of the n items held out and prints how good they are. False (logged) without
// memory.
static bool measure_fold(struct job *job, int fold, const struct graph *graph, int n) {
    struct metrics m;
    char name[16];
    if (!training_measure(graph, &job->dataset, job->items, n, job->scores, &m, &job->confusion)) {
        return false;
    }
    snprintf(name, sizeof name, "fold %d", fold + 1);
    print_metrics(name, &m);
    return true;
}

static enum exit_code run_fold(struct job *job, int fold) {
    double from = (double)fold / job->folds, to = (double)(fold + 1) / job->folds;
    const struct dataset *dataset = &job->dataset;
    struct graph *graph = training_graph(&job->training, dataset);
    int n = training_items(dataset, from, to, false, false, FOLD_SEED, job->items);
    struct trainer *trainer =
        graph ? label_trainer_create(graph, dataset, job->items, n, &job->training.config,
                                     cpu_kernels(), job->threads)
              : NULL;
    enum exit_code code = trainer ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    while (code == EXIT_CODE_OK &&
           trainer_epochs_done(trainer) < job->training.config.train.epochs) {
        double loss = trainer_run_epoch(trainer, on_step, NULL);
        LOG(DEBUG, "fold %d, epoch %d: loss %.4f", fold + 1, trainer_epochs_done(trainer), loss);
        if (stop_signal_raised()) {
            code = EXIT_CODE_INTERRUPTED;
        } else if (!isfinite(loss)) {
            LOG(ERROR, "fold %d diverged (the loss is not a number); try a smaller --learning-rate",
                fold + 1);
            code = EXIT_CODE_USAGE;
        }
    }
    if (code == EXIT_CODE_OK) {
        n = training_items(dataset, from, to, true, true, FOLD_SEED, job->items);
        bool good = n == 0 || measure_fold(job, fold, trainer_network(trainer), n);
        code = good ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    trainer_destroy(trainer);
    graph_destroy(graph);
    return code;
}

static bool write_scores(const struct job *job) {
    FILE *out = fopen(job->scores_path, "w");
    bool ok = out && fputs("file,label,score\n", out) >= 0;
    for (int i = 0; ok && i < job->n_own; i++) {
        const struct crop *crop = &job->dataset.crops[i];
        ok = fprintf(out, isnan(job->scores[i]) ? "%s,%s,\n" : "%s,%s,%.6f\n", crop->name,
                     job->dataset.labels[crop->label], (double)job->scores[i]) > 0;
    }
    ok = out && fclose(out) == 0 && ok;
    if (!ok) {
        LOG(ERROR, "%s: cannot be written: %s", job->scores_path, strerror(errno));
    }
    return ok;
}

static void print_labels(const struct job *job) {
    const struct confusion *c = &job->confusion;
    int n_labels = job->dataset.n_labels;
    char balanced[16];
    if (n_labels > 2) {
        double right = (double)c->n_right / c->n;
        printf("top-1 accuracy over %d labels: %.2f +-%.2f\n", n_labels, 100 * right,
               100 * wilson_half_interval(right, c->n));
    }
    training_format(100 * confusion_balanced_accuracy(c, n_labels), 2, balanced);
    printf("balanced accuracy (%%): %s\n", balanced);
    confusion_print(stdout, c, n_labels, job->dataset.labels);
}

static enum exit_code cross_validate(struct job *job, const struct operands *crops) {
    if (!training_read(&job->training, crops->items, crops->n, &job->dataset)) {
        return EXIT_CODE_INPUT;
    }
    size_t n = (size_t)job->dataset.n;
    job->items = malloc(n * sizeof *job->items);
    job->truth = malloc(n * sizeof *job->truth);
    job->scores = malloc(n * sizeof *job->scores);
    job->threads = thread_pool_create(job->training.threads);
    if (!job->items || !job->truth || !job->scores || !job->threads) {
        log_no_memory("cross-validation on %zu pictures", n);
        return EXIT_CODE_USAGE;
    }
    label_counts_warn_of_doubles(&job->dataset);
    label_counts_report("pictures", &job->dataset, NULL, 0, "prepare more pictures of it");
    int label = training_label(&job->dataset);
    for (int i = 0; i < job->dataset.n; i++) {
        job->truth[i] = job->dataset.crops[i].label == label;
        job->scores[i] = NAN;
        job->n_own += !job->dataset.crops[i].auxiliary;
    }
    printf("%-8s %6s %15s %8s %10s %8s\n", "", "n", "accuracy", "found", "auc", "ece");
    enum exit_code code = EXIT_CODE_OK;
    for (int fold = 0; code == EXIT_CODE_OK && fold < job->folds; fold++) {
        code = run_fold(job, fold);
    }
    if (code == EXIT_CODE_OK) {
        struct metrics m = metrics_of(job->scores, job->truth, job->n_own, 0.5f);
        if (m.n == 0) {
            return EXIT_CODE_USAGE;
        }
        print_metrics("all", &m);
        print_labels(job);
        code = !job->scores_path || write_scores(job) ? EXIT_CODE_OK : EXIT_CODE_OUTPUT;
    } else if (code == EXIT_CODE_INTERRUPTED) {
        LOG(ERROR, "interrupted; the folds printed so far are valid");
    }
    return code;
}

static const struct option_spec specs[] = {
    OPTION("folds", 0, INT, struct job, folds, .argument = "K", .help = "number of folds",
           .fallback = "4", .minimum = 2, .maximum = 100),
    OPTION("scores", 0, TEXT, struct job, scores_path, .argument = "FILE.csv",
           .help = "write every held-out score: file, label, score (empty: no face)"),
    OPTION_GROUP(training_options, struct job, training),
};

static const struct option_table table = {
    .command = "cv",
    .operands = "CROPS...",
    .summary =
        "Cross-validates: trains on all folds but one and measures that one, for each in turn. "
        "Pictures without a face count as errors; copies of a picture share a fold.",
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
    .min_operands = 1,
    .max_operands = 16,
};

static enum exit_code run(int argc, char **argv) {
    struct job job = {.training = TRAINING_OPTIONS_DEFAULT};
    struct operands operands;
    enum exit_code code;
    if (!command_parse(&table, argc, argv, &job, &operands, &code)) {
        return code;
    }
    stop_signal_install();
    code = cross_validate(&job, &operands);
    thread_pool_destroy(job.threads);
    dataset_finish(&job.dataset);
    free(job.items);
    free(job.truth);
    free(job.scores);
    return code;
}

const struct command command_cv = {"cv", "cross-validate on prepared faces", &table, run};
