// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/signals.h"
#include "app/commands/training.h"
#include "app/commands/command.h"
#include "app/commands/label_counts.h"
#include "app/system/model_files.h"
#include "app/system/path_name.h"

#include "core/kernels/cpu.h"
#include "core/base/log.h"
#include "core/onnx/onnx.h"
#include "core/run/metrics.h"
#include "core/run/model_info.h"
#include "core/train/dataset_join.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Folds are dealt by a hash of each picture's group: copies fall into the same one.
#define FOLD_SEED 2

struct job {
    struct training_options training;
    const char *scores_path, *against;
    bool leave_out;
    int folds;
    char *const *paths;
    struct dataset dataset;
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
    printf("%-24s %6d %7.2f +-%.2f %7.2f %6.1f %6.1f %8s %7.4f\n", name, m->n, 100 * m->accuracy,
           100 * m->half_interval, 100 * m->accuracy_found, 100 * m->hits, 100 * m->false_alarms,
           auc, m->ece);
    fflush(stdout);
}

// Keeps the scores of what is held out and prints how good they are. False (logged) without memory.
static bool measure(struct job *job, const char *name, const struct graph *graph,
                    const struct held_out *held, float *scores) {
    int n = dataset_held_out(&job->dataset, held, job->items);
    struct metrics m;
    if (n == 0) {
        return true;
    }
    struct confusion others = {0}, *confusion = scores ? &job->confusion : &others;
    if (!training_measure(graph, &job->dataset, job->items, n, scores, &m, confusion)) {
        return false;
    }
    print_metrics(name, &m);
    return true;
}

static enum exit_code learn(struct trainer *trainer, int epochs, const char *name) {
    while (trainer_epochs_done(trainer) < epochs) {
        double loss = trainer_run_epoch(trainer, on_step, NULL);
        LOG(DEBUG, "%s, epoch %d: loss %.4f", name, trainer_epochs_done(trainer), loss);
        if (stop_signal_raised()) {
            return EXIT_CODE_INTERRUPTED;
        }
        if (!isfinite(loss)) {
            LOG(ERROR, "%s diverged (the loss is not a number); try a smaller --learning-rate",
                name);
            return EXIT_CODE_USAGE;
        }
    }
    return EXIT_CODE_OK;
}

// Learns what is not held out, and measures what is.
static enum exit_code run_fold(struct job *job, const char *name, const struct held_out *held) {
    const struct dataset *dataset = &job->dataset;
    struct graph *graph = training_graph(&job->training, dataset);
    int n = dataset_to_learn(dataset, held, job->items);
    struct trainer *trainer =
        graph && n >= 0 ? label_trainer_create(graph, dataset, job->items, n, &job->training.config,
                                               cpu_kernels(), job->threads)
                        : NULL;
    enum exit_code code =
        trainer ? learn(trainer, job->training.config.train.epochs, name) : EXIT_CODE_USAGE;
    if (code == EXIT_CODE_OK && !measure(job, name, trainer_network(trainer), held, job->scores)) {
        code = EXIT_CODE_USAGE;
    }
    trainer_destroy(trainer);
    graph_destroy(graph);
    return code;
}

static bool write_scores(const struct job *job) {
    FILE *out = fopen(job->scores_path, "w");
    bool ok = out && fputs("file,label,score\n", out) >= 0;
    for (int i = 0; ok && i < job->dataset.n; i++) {
        const struct crop *crop = &job->dataset.crops[i];
        if (crop->source > 0 && !job->leave_out) {
            break;
        }
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

static bool prepare(struct job *job, const struct operands *crops) {
    job->paths = crops->items;
    if (!training_read(&job->training, crops->items, crops->n, &job->dataset)) {
        return false;
    }
    size_t n = (size_t)job->dataset.n;
    job->items = malloc(n * sizeof *job->items);
    job->truth = malloc(n * sizeof *job->truth);
    job->scores = malloc(n * sizeof *job->scores);
    job->threads = thread_pool_create(job->training.threads);
    if (!job->items || !job->truth || !job->scores || !job->threads) {
        return log_no_memory("cross-validation on %zu pictures", n);
    }
    label_counts_warn_of_doubles(&job->dataset);
    label_counts_report("pictures", &job->dataset, NULL, 0, "prepare more pictures of it");
    int label = training_label(&job->dataset);
    for (int i = 0; i < job->dataset.n; i++) {
        job->truth[i] = job->dataset.crops[i].label == label;
        job->scores[i] = NAN;
    }
    return true;
}

static enum exit_code run_folds(struct job *job) {
    enum exit_code code = EXIT_CODE_OK;
    for (int fold = 0; code == EXIT_CODE_OK && fold < job->folds; fold++) {
        struct held_out held = {.from = (double)fold / job->folds,
                                .to = (double)(fold + 1) / job->folds,
                                .seed = FOLD_SEED};
        char name[16];
        snprintf(name, sizeof name, "fold %d", fold + 1);
        code = run_fold(job, name, &held);
    }
    return code;
}

// Each file in turn, learnt from the others; beside it what another model, which may have learnt
// from it, says.
static enum exit_code run_files(struct job *job, int n, const struct graph *against) {
    enum exit_code code = EXIT_CODE_OK;
    for (int source = 0; code == EXIT_CODE_OK && source < n; source++) {
        struct held_out held = {.source = source, .to = 1, .seed = FOLD_SEED};
        code = run_fold(job, path_base(job->paths[source]), &held);
        if (code == EXIT_CODE_OK && against &&
            !measure(job, "  the other model", against, &held, NULL)) {
            code = EXIT_CODE_USAGE;
        }
    }
    return code;
}

static bool print_all(struct job *job) {
    int n = 0;
    while (n < job->dataset.n && (job->leave_out || job->dataset.crops[n].source == 0)) {
        n++;
    }
    struct metrics m = metrics_of(job->scores, job->truth, n, 0.5f);
    if (m.n == 0) {
        return false;
    }
    print_metrics("all", &m);
    print_labels(job);
    return true;
}

// Whether a model's outputs are the labels of the crops, in their order.
static bool has_their_labels(const char *path, const struct graph *graph,
                             const struct metadata *metadata, const struct dataset *dataset) {
    struct model_info info;
    if (!model_info_read(path, graph, metadata, &info)) {
        return false;
    }
    bool same = info.n_labels == dataset->n_labels;
    for (int i = 0; same && i < info.n_labels; i++) {
        same = model_label_same(info.labels[i], dataset->labels[i]);
    }
    if (!same) {
        LOG(ERROR, "%s: has other labels than the crops; --smile makes them two, neutral and smile",
            path);
    }
    return same;
}

static struct graph *read_against(const struct job *job) {
    char shipped[MODEL_PATH_LEN];
    const char *path = model_file_find(job->against, shipped);
    struct metadata metadata = {0};
    struct graph *graph = onnx_read(path, &metadata);
    if (graph && model_complete(graph) && has_their_labels(path, graph, &metadata, &job->dataset)) {
        return graph;
    }
    graph_destroy(graph);
    return NULL;
}

static enum exit_code cross_validate(struct job *job, const struct operands *crops) {
    if (!prepare(job, crops)) {
        return EXIT_CODE_INPUT;
    }
    struct graph *against = job->against ? read_against(job) : NULL;
    if (job->against && !against) {
        return EXIT_CODE_USAGE;
    }
    printf("%-24s %6s %14s %7s %6s %6s %8s %7s\n", "", "n", "accuracy", "found", "hits", "false",
           "auc", "ece");
    enum exit_code code = job->leave_out ? run_files(job, crops->n, against) : run_folds(job);
    graph_destroy(against);
    if (code == EXIT_CODE_OK) {
        code = !print_all(job)                          ? EXIT_CODE_USAGE
               : !job->scores_path || write_scores(job) ? EXIT_CODE_OK
                                                        : EXIT_CODE_OUTPUT;
    } else if (code == EXIT_CODE_INTERRUPTED) {
        LOG(ERROR, "interrupted; the folds printed so far are valid");
    }
    return code;
}

static const struct option_spec specs[] = {
    OPTION("folds", 0, INT, struct job, folds, .argument = "K", .help = N_("number of folds"),
           .fallback = "4", .minimum = 2, .maximum = 100),
    OPTION("leave-out", 0, FLAG, struct job, leave_out,
           .help = N_("each file in turn, learnt from the others, instead of folds of the first")),
    OPTION("against", 0, TEXT, struct job, against, .argument = "MODEL",
           .help = N_("with --leave-out: measure this model, too, which may have learnt from all")),
    OPTION("scores", 0, TEXT, struct job, scores_path, .argument = "FILE.csv",
           .help = N_("write every held-out score: file, label, score (empty: no face)")),
    OPTION_GROUP(training_options, struct job, training),
};

static const struct option_table table = {
    .command = "cv",
    .operands = "CROPS...",
    .summary =
        N_("Cross-validates: trains on all folds but one and measures that one, for each in turn. "
           "Pictures without a face count as errors; copies of a picture share a fold."),
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
    if (job.against && !job.leave_out) {
        LOG(ERROR, "--against needs --leave-out");
        return EXIT_CODE_USAGE;
    }
    if (job.leave_out && operands.n < 2) {
        LOG(ERROR, "--leave-out needs two crops files or more");
        return EXIT_CODE_USAGE;
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

const struct command command_cv = {"cv", N_("cross-validate on prepared faces"), &table, run};
