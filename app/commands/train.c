// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/signals.h"
#include "app/commands/training.h"
#include "app/commands/command.h"
#include "app/commands/epochs.h"
#include "app/commands/label_counts.h"

#include "core/kernels/cpu.h"
#include "core/base/log.h"
#include "core/run/autoencoder.h"
#include "core/run/metrics.h"
#include "core/run/model_info.h"
#include "core/train/dataset_join.h"
#include "core/train/picture_trainer.h"
#include "core/onnx/onnx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The same crops are held out whatever the seed of the training, so that runs can be compared.
#define SPLIT_SEED 1

struct job {
    struct training_options training;
    char *const *inputs;
    int n_inputs;
    const char *output, *log_path;
    double validation, test; // shares held out
    char checkpoint[4096];
    struct dataset dataset;
    struct graph *graph;
    bool draws; // it is an autoencoder, which needs no labels
    struct thread_pool *threads;
    struct trainer *trainer;
    FILE *log;
    int *train_items, *validation_items, *test_items;
    int n_train, n_validation, n_test;
    struct metrics tested;
    struct confusion confusion; // of the same pictures
    double tested_loss;         // of an autoencoder
};

static bool split(struct job *job) {
    size_t n = (size_t)job->dataset.n + 1;
    job->train_items = malloc(n * sizeof *job->train_items);
    job->validation_items = malloc(n * sizeof *job->validation_items);
    job->test_items = malloc(n * sizeof *job->test_items);
    if (!job->train_items || !job->validation_items || !job->test_items) {
        return log_no_memory("splitting %d crops", job->dataset.n);
    }
    double held = job->test + job->validation;
    struct held_out test = {.to = job->test, .seed = SPLIT_SEED},
                    validation = {.from = job->test, .to = held, .seed = SPLIT_SEED},
                    both = {.to = held, .seed = SPLIT_SEED};
    job->n_test = dataset_held_out(&job->dataset, &test, job->test_items);
    job->n_validation = dataset_held_out(&job->dataset, &validation, job->validation_items);
    job->n_train = dataset_to_learn(&job->dataset, &both, job->train_items);
    return job->n_train >= 0;
}

static bool has_many_labels(const struct job *job) {
    return job->dataset.n_labels > 2;
}

static void report_labels(const struct job *job) {
    static const char more[] = "prepare more pictures of it", share[] = "hold a larger share out";
    const struct dataset *dataset = &job->dataset;
    label_counts_warn_of_doubles(dataset);
    label_counts_report("to learn from", dataset, job->train_items, job->n_train, more);
    if (job->n_validation > 0) {
        label_counts_report("validation", dataset, job->validation_items, job->n_validation, share);
    }
    if (job->n_test > 0) {
        label_counts_report("final test", dataset, job->test_items, job->n_test, share);
    }
}

static bool log_is_good(const struct job *job) {
    if (job->log && ferror(job->log)) {
        LOG(ERROR, "%s: cannot be written; is the disk full?", job->log_path);
        return false;
    }
    return true;
}

static bool measure(struct job *job, const int *items, int n, struct metrics *metrics,
                    struct confusion *confusion) {
    return n == 0 || training_measure(trainer_network(job->trainer), &job->dataset, items, n, NULL,
                                      metrics, confusion);
}

// The mean loss of an autoencoder on held-out faces; NaN without any, or (logged) without memory.
static double measure_pictures(struct job *job, const int *items, int n) {
    struct image *chips = calloc((size_t)n + 1, sizeof *chips);
    int n_found = 0;
    for (int i = 0; chips && i < n; i++) {
        if (job->dataset.crops[items[i]].found) {
            chips[n_found++] = dataset_chip(&job->dataset, items[i]);
        }
    }
    double loss = n_found > 0 ? autoencoder_measure(trainer_network(job->trainer), chips, n_found,
                                                    cpu_kernels())
                              : NAN;
    free(chips);
    return loss;
}

static double share_right(const struct confusion *confusion) {
    return (double)confusion->n_right / confusion->n;
}

// A cell of a table; empty where the value is not defined.
static void print_cell(FILE *out, double value, const char *end) {
    if (isfinite(value)) {
        fprintf(out, "%.6f", value);
    }
    fputs(end, out);
}

static enum exit_code after_pictures(void *arg, double loss, double speed, char *note,
                                     size_t room) {
    (void)speed;
    struct job *job = arg;
    double held_out = measure_pictures(job, job->validation_items, job->n_validation);
    if (isfinite(held_out)) {
        snprintf(note, room, "  validation loss %.4f", held_out);
    }
    if (job->log) {
        fprintf(job->log, "%d,", trainer_epochs_done(job->trainer));
        print_cell(job->log, loss, ",");
        print_cell(job->log, held_out, "\n");
        fflush(job->log);
    }
    return log_is_good(job) ? EXIT_CODE_OK : EXIT_CODE_OUTPUT;
}

// Measures the validation pictures after an epoch.
static enum exit_code after_epoch(void *arg, double loss, double speed, char *note, size_t room) {
    (void)speed;
    struct job *job = arg;
    struct metrics m = {.accuracy = NAN, .auc = NAN};
    struct confusion confusion = {0};
    char auc[16];
    if (!measure(job, job->validation_items, job->n_validation, &m, &confusion)) {
        return EXIT_CODE_USAGE;
    }
    double accuracy = has_many_labels(job) ? share_right(&confusion) : m.accuracy;
    if (job->n_validation > 0) {
        training_format(m.auc, 4, auc);
        snprintf(note, room, "  validation %.1f %% of %d, auc %s", 100 * accuracy, m.n, auc);
    }
    if (job->log) {
        fprintf(job->log, "%d,", trainer_epochs_done(job->trainer));
        print_cell(job->log, loss, ",");
        print_cell(job->log, accuracy, ",");
        print_cell(job->log, m.auc, "\n");
        fflush(job->log);
    }
    return log_is_good(job) ? EXIT_CODE_OK : EXIT_CODE_OUTPUT;
}

static void describe(const struct job *job, struct metadata *metadata) {
    const struct train_config *c = &job->training.config.train;
    struct model_info info = {.chip_size = job->dataset.chip_size,
                              .chip_padding = job->dataset.chip_padding,
                              .n_labels = job->draws ? 0 : job->dataset.n_labels,
                              .threshold = 0.5f};
    memcpy(info.labels, job->dataset.labels, sizeof info.labels);
    char labels[32];
    snprintf(labels, sizeof labels, job->draws ? "autoencoder" : "%d labels", info.n_labels);
    snprintf(info.description, sizeof info.description,
             "%s, %zu parameters, %.1f M multiply-adds a face", labels, graph_n_trained(job->graph),
             1e-6 * (double)graph_multiply_adds(job->graph));
    model_info_write(&info, metadata);
    metadata_set(metadata, "smilecam.version", SMILECAM_VERSION);
    metadata_set(metadata, "smilecam.data", job->dataset.provenance);
    for (int i = 0; i < job->training.sources.n; i++) {
        metadata_set(metadata, job->training.sources.entries[i].key,
                     job->training.sources.entries[i].value);
    }
    metadata_format(metadata, "smilecam.training",
                    "%d faces, %d epochs, batch %d, AdamW, rate %g, seed %llu, %s kernels",
                    job->n_train, c->epochs, c->batch, c->learning_rate,
                    (unsigned long long)c->seed, cpu_kernels()->name);
    if (job->draws) {
        metadata_format(metadata, "smilecam.tested", "loss %.4f on %d held-out pictures",
                        job->tested_loss, job->n_test);
    } else if (job->n_test > 0) {
        char auc[16];
        training_format(job->tested.auc, 4, auc);
        metadata_format(
            metadata, "smilecam.tested",
            "accuracy %.4f +- %.4f of %d held-out pictures, %.4f of the %d with a face, auc %s",
            job->tested.accuracy, job->tested.half_interval, job->tested.n,
            job->tested.accuracy_found, job->tested.n_found, auc);
    }
    if (job->n_test > 0 && !job->draws && has_many_labels(job)) {
        metadata_format(metadata, "smilecam.tested_labels", "%.4f of %d held-out pictures",
                        share_right(&job->confusion), job->tested.n);
    }
}

static void report_tested(const struct job *job) {
    const struct metrics *t = &job->tested;
    const struct confusion *confusion = &job->confusion;
    int n_labels = job->dataset.n_labels;
    char auc[16], balanced[16];
    training_format(t->auc, 4, auc);
    training_format(100 * confusion_balanced_accuracy(confusion, n_labels), 2, balanced);
    LOG(INFO,
        "held-out pictures: %.2f %% +- %.2f of all %d, %.2f %% of the %d with a face, balanced "
        "accuracy (%%) %s, auc %s, calibration error %.3f",
        100 * t->accuracy, 100 * t->half_interval, t->n, 100 * t->accuracy_found, t->n_found,
        balanced, auc, t->ece);
    if (has_many_labels(job)) {
        double right = share_right(confusion);
        LOG(INFO, "top-1 accuracy over %d labels: %.2f %% +- %.2f of all %d", n_labels, 100 * right,
            100 * wilson_half_interval(right, t->n), t->n);
    }
    if (log_get_level() >= LOG_INFO) {
        confusion_print(stderr, confusion, n_labels, job->dataset.labels);
    }
}

static enum exit_code finish(struct job *job) {
    struct metadata metadata = {0};
    if (job->draws) {
        job->tested_loss = measure_pictures(job, job->test_items, job->n_test);
    } else if (!measure(job, job->test_items, job->n_test, &job->tested, &job->confusion)) {
        return EXIT_CODE_USAGE;
    }
    describe(job, &metadata);
    if (!onnx_write(trainer_network(job->trainer), &metadata, job->output)) {
        return EXIT_CODE_OUTPUT;
    }
    unlink(job->checkpoint);
    if (job->draws && isfinite(job->tested_loss)) {
        LOG(INFO, "held-out pictures: loss %.4f", job->tested_loss);
    } else if (job->n_test > 0 && !job->draws) {
        report_tested(job);
    }
    LOG(INFO, "wrote %s", job->output);
    return EXIT_CODE_OK;
}

static bool open_log(struct job *job) {
    if (!job->log_path) {
        return true;
    }
    bool fresh = access(job->checkpoint, F_OK) != 0;
    job->log = fopen(job->log_path, fresh ? "w" : "a");
    if (!job->log) {
        LOG(ERROR, "%s: cannot be written: %m", job->log_path);
        return false;
    }
    if (fresh) {
        fputs(job->draws ? "epoch,loss,validation_loss\n"
                         : "epoch,loss,validation_accuracy,validation_auc\n",
              job->log);
    }
    return true;
}

static enum exit_code train(struct job *job) {
    if (!training_read(&job->training, job->inputs, job->n_inputs, &job->dataset)) {
        return EXIT_CODE_INPUT;
    }
    job->graph = training_graph(&job->training, &job->dataset);
    job->threads = job->graph && split(job) ? thread_pool_create(job->training.threads) : NULL;
    if (!job->threads) {
        return EXIT_CODE_USAGE;
    }
    const struct label_config *config = &job->training.config;
    job->draws = autoencoder_is(job->graph);
    job->trainer = job->draws
                       ? picture_trainer_create(job->graph, &job->dataset, job->train_items,
                                                job->n_train, &config->train, &config->augmentation,
                                                cpu_kernels(), job->threads)
                       : label_trainer_create(job->graph, &job->dataset, job->train_items,
                                              job->n_train, config, cpu_kernels(), job->threads);
    if (!job->trainer) {
        return EXIT_CODE_USAGE;
    }
    const struct epochs epochs = {.trainer = job->trainer,
                                  .n = job->training.config.train.epochs,
                                  .checkpoint = job->checkpoint,
                                  .batch = job->training.config.train.batch,
                                  .after = job->draws ? after_pictures : after_epoch,
                                  .arg = job};
    if (!epochs_resume(&epochs)) {
        return EXIT_CODE_INPUT;
    }
    if (!open_log(job)) {
        return EXIT_CODE_OUTPUT;
    }
    LOG(INFO,
        "%s: %d faces to learn from, %d pictures for validation, %d for the final test; %zu "
        "parameters, %.1f M multiply-adds, %s kernels, %d threads%s",
        job->inputs[0], job->n_train, job->n_validation, job->n_test, graph_n_trained(job->graph),
        1e-6 * (double)graph_multiply_adds(job->graph), cpu_kernels()->name,
        thread_pool_size(job->threads),
        trainer_epochs_done(job->trainer) ? "; resuming from the checkpoint" : "");
    if (!job->draws) {
        report_labels(job);
    }
    enum exit_code code = epochs_run(&epochs);
    return code == EXIT_CODE_OK ? finish(job) : code;
}

static void clean_up(struct job *job) {
    if (job->log) {
        fclose(job->log);
    }
    trainer_destroy(job->trainer);
    thread_pool_destroy(job->threads);
    graph_destroy(job->graph);
    dataset_finish(&job->dataset);
    free(job->train_items);
    free(job->validation_items);
    free(job->test_items);
}

static const struct option_spec specs[] = {
    OPTION("output", 'o', TEXT, struct job, output, .argument = "MODEL.onnx",
           .help = N_("model to write; MODEL.onnx.checkpoint keeps the state after each epoch")),
    OPTION("validation", 0, REAL, struct job, validation, .argument = "SHARE",
           .help = N_("share of the pictures held out and measured after each epoch"),
           .fallback = "0.1", .minimum = 0, .maximum = 0.9),
    OPTION("test", 0, REAL, struct job, test, .argument = "SHARE",
           .help = N_("share held out and measured once, at the end"), .fallback = "0.1",
           .minimum = 0, .maximum = 0.9),
    OPTION("log", 0, TEXT, struct job, log_path, .argument = "FILE.csv",
           .help = N_("write the loss curve: epoch, loss, validation accuracy and AUC")),
    OPTION_GROUP(training_options, struct job, training),
};

static const struct option_table table = {
    .command = "train",
    .operands = "CROPS...",
    .summary = N_(
        "Trains a network on crops files (see prepare); the first is the one that is measured. The "
        "same "
        "command resumes after an interruption. Equal settings give equal weights, whatever the "
        "number of threads."),
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
    if (!job.output || job.validation + job.test > 0.95) {
        LOG(ERROR, "train %s",
            job.output ? "learns from nothing when --validation and --test take it all"
                       : "needs -o MODEL.onnx, the model to write; see 'smilecam train --help'");
        return EXIT_CODE_USAGE;
    }
    job.inputs = operands.items;
    job.n_inputs = operands.n;
    snprintf(job.checkpoint, sizeof job.checkpoint, "%s.checkpoint", job.output);
    stop_signal_install();
    code = train(&job);
    clean_up(&job);
    return code;
}

const struct command command_train = {"train", N_("train a network on prepared faces"), &table,
                                      run};
