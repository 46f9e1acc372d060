// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/command.h"
#include "app/commands/epochs.h"
#include "app/commands/initial_weights.h"
#include "app/commands/shared_options.h"
#include "app/photos/scene_reader.h"
#include "app/reports/box_measure.h"
#include "app/system/model_files.h"
#include "app/system/signals.h"

#include "core/base/log.h"
#include "core/kernels/cpu.h"
#include "core/network/arch.h"
#include "core/onnx/onnx.h"
#include "core/train/object_trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHIPPED_HEIGHT 192 // of the model that is written: 320x192
#define SHIPPED_WIDTH 320
#define MEASURED_SIDE 320
#define PRECISION 0.95
#define MAX_FALSE 0.02 // of the images without a face

struct job {
    const char *output, *architecture, *init;
    int epochs, batch, seed, threads;
    struct object_config config;
    char checkpoint[4096];
    struct metadata sources; // what the initial weights learnt from
    struct box_set boxes;
    struct scene_set all, scenes; // all images; those to learn from, whose pictures are all's
    enum image_use *uses;
    struct graph *graph;
    struct thread_pool *pool;
    struct trainer *trainer;
    int n_unreadable;
};

static bool take_learning(struct job *job) {
    job->scenes.pictures = calloc((size_t)job->all.n, sizeof *job->scenes.pictures);
    for (int i = 0; job->scenes.pictures && i < job->all.n; i++) {
        if (job->uses[i] == USE_LEARNING && job->all.pictures[i].n_levels > 0) {
            job->scenes.pictures[job->scenes.n++] = job->all.pictures[i];
        }
    }
    return job->scenes.pictures || log_no_memory("%d images", job->all.n);
}

static enum exit_code after_epoch(void *arg, double loss, double speed, char *note, size_t room) {
    (void)arg;
    (void)loss;
    snprintf(note, room, "  %.0f windows/s", speed);
    return EXIT_CODE_OK;
}

static void describe(const struct job *job, struct metadata *metadata) {
    metadata_set(metadata, "smilecam.version", SMILECAM_VERSION);
    metadata_set(metadata, "smilecam.labels", "face");
    metadata_format(metadata, "smilecam.training",
                    "%d images, %d epochs of %d windows, batch %d, AdamW, rate %g, seed %d, %s "
                    "kernels",
                    job->scenes.n, job->epochs, job->config.samples, job->batch,
                    job->config.train.learning_rate, job->seed, cpu_kernels()->name);
}

// ---- measured at the end ----

// Of the images that show more than one face, or none.
static bool measure(struct job *job, struct face_detector *detector, enum image_use use,
                    struct box_measure *scenes) {
    bool *belongs = calloc((size_t)job->boxes.n, sizeof *belongs);
    struct box_measure all = {0};
    bool ok = belongs || log_no_memory("measuring faces");
    for (int i = 0; ok && i < job->boxes.n; i++) {
        belongs[i] = !scene_picture_is_cutout(&job->all.pictures[i]);
    }
    *scenes = (struct box_measure){0};
    ok = ok &&
         box_measure_run(&all, &job->boxes, &job->all, job->uses, (int)use, detector, BOXES_AS_IS,
                         MEASURED_SIDE) &&
         box_measure_part(&all, belongs, scenes);
    box_measure_finish(&all);
    free(belongs);
    return ok;
}

// The least threshold with the precision, and finds in at most that share of the images without a
// face.
static float choose_threshold(const struct box_measure *m) {
    float threshold;
    box_measure_recall(m, PRECISION, &threshold);
    while (threshold < 0.99f && box_measure_false_images(m, threshold) > MAX_FALSE * m->n_empty) {
        threshold += 0.005f;
    }
    return threshold < 0.99f ? threshold : 0.5f;
}

// Adds threshold and figures to the metadata of the model that was written. False (logged) on
// failure.
static bool calibrate(struct job *job, struct metadata *metadata) {
    struct face_detector *detector =
        face_detector_create(&(struct face_detector_options){.model = job->output});
    struct box_measure calibration = {0}, test = {0};
    bool ok = detector && measure(job, detector, USE_CALIBRATION, &calibration) &&
              measure(job, detector, USE_TEST, &test);
    if (ok && calibration.n_faces > 0 && test.n_faces > 0) {
        float threshold = choose_threshold(&calibration), strict;
        double recall = box_measure_recall_at(&test, threshold);
        double precision = box_measure_precision_at(&test, threshold);
        double at_95 = box_measure_recall(&test, PRECISION, &strict);
        metadata_format(metadata, "smilecam.threshold", "%.3f", (double)threshold);
        metadata_format(metadata, "smilecam.tested",
                        "recall %.4f, precision %.4f of %d faces in held-out images at %d px; "
                        "recall %.4f at precision 0.95; a find in %d of %d images without a face",
                        recall, precision, test.n_faces, MEASURED_SIDE, at_95,
                        box_measure_false_images(&test, threshold), test.n_empty);
        LOG(INFO, "threshold %.3f; %s", (double)threshold,
            metadata_get(metadata, "smilecam.tested"));
    } else if (ok) {
        LOG(WARNING, "too few images are held out to choose a threshold: it stays 0.5");
    }
    box_measure_finish(&calibration);
    box_measure_finish(&test);
    face_detector_destroy(detector);
    return ok;
}

static enum exit_code finish(struct job *job) {
    struct metadata metadata = job->sources;
    describe(job, &metadata);
    struct graph *graph =
        graph_resized(trainer_network(job->trainer), SHIPPED_HEIGHT, SHIPPED_WIDTH);
    bool ok = graph && onnx_write(graph, &metadata, job->output) && calibrate(job, &metadata) &&
              onnx_write(graph, &metadata, job->output);
    graph_destroy(graph);
    if (!ok) {
        return EXIT_CODE_OUTPUT;
    }
    unlink(job->checkpoint);
    LOG(INFO, "wrote %s", job->output);
    return job->n_unreadable > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
}

static bool read_images(struct job *job, const char *path) {
    if (!box_set_open(&job->boxes, path) ||
        !scene_reader_read(&job->boxes, job->pool, &job->all, &job->uses, &job->n_unreadable)) {
        return false;
    }
    return take_learning(job) && scene_set_sort(&job->scenes);
}

static enum exit_code train(struct job *job, const char *path) {
    char shipped[MODEL_PATH_LEN];
    const char *architecture = model_file_architecture(job->architecture, shipped);
    job->graph = arch_read(architecture);
    job->pool = job->graph && onnx_can_write(job->graph, architecture)
                    ? thread_pool_create(job->threads)
                    : NULL;
    if (!job->pool) {
        return EXIT_CODE_USAGE;
    }
    if (!read_images(job, path)) {
        return EXIT_CODE_INPUT;
    }
    job->config.train.epochs = job->epochs;
    job->config.train.batch = job->batch;
    job->config.train.seed = (uint64_t)job->seed;
    job->config.train.keep_values = true;
    object_trainer_init(job->graph, job->config.train.seed);
    if (job->init &&
        !initial_weights(job->graph, job->init, job->config.train.seed, &job->sources)) {
        return EXIT_CODE_USAGE;
    }
    job->trainer =
        object_trainer_create(job->graph, &job->scenes, &job->config, cpu_kernels(), job->pool);
    if (!job->trainer) {
        return EXIT_CODE_USAGE;
    }
    const struct epochs epochs = {.trainer = job->trainer,
                                  .n = job->epochs,
                                  .checkpoint = job->checkpoint,
                                  .batch = job->batch,
                                  .after = after_epoch};
    if (!epochs_resume(&epochs)) {
        return EXIT_CODE_INPUT;
    }
    LOG(INFO,
        "%s: %d images to learn from, with %d faces in them and %d cut out, %d without; %zu "
        "parameters, %s kernels, %d threads%s",
        path, job->scenes.n, job->scenes.n_faces, job->scenes.n_cutouts, job->scenes.n_empty,
        graph_n_trained(job->graph), cpu_kernels()->name, thread_pool_size(job->pool),
        trainer_epochs_done(job->trainer) ? "; resuming from the checkpoint" : "");
    enum exit_code code = epochs_run(&epochs);
    return code == EXIT_CODE_OK ? finish(job) : code;
}

static void clean_up(struct job *job) {
    trainer_destroy(job->trainer);
    thread_pool_destroy(job->pool);
    graph_destroy(job->graph);
    job->scenes.n = 0;
    scene_set_finish(&job->scenes);
    scene_set_finish(&job->all);
    box_set_close(&job->boxes);
    free(job->uses);
}

static const struct option_spec specs[] = {
    OPTION("output", 'o', TEXT, struct job, output, .argument = "MODEL.onnx",
           .help = N_("model to write; MODEL.onnx.checkpoint keeps the state after each epoch")),
    OPTION("arch", 0, TEXT, struct job, architecture, .argument = "FILE.net",
           .help = N_("architecture, or the name of a shipped one"), .fallback = "faces"),
    OPTION("init", 0, TEXT, struct job, init, .argument = "MODEL.onnx",
           .help = N_("start from the weights of this model")),
    OPTION("epochs", 0, INT, struct job, epochs, .argument = "N", .help = N_("number of epochs"),
           .fallback = "60", .minimum = 1, .maximum = 100000),
    OPTION("windows", 0, INT, struct job, config.samples, .argument = "N",
           .help = N_("windows cut from the images in each epoch"), .fallback = "32768",
           .minimum = 1, .maximum = 100000000),
    OPTION("batch", 0, INT, struct job, batch, .argument = "N", .help = N_("windows per step"),
           .fallback = "32", .minimum = 1, .maximum = 4096),
    OPTION("learning-rate", 0, REAL, struct job, config.train.learning_rate, .argument = "X",
           .help = N_("peak learning rate"), .fallback = "0.003", .minimum = 1e-9, .maximum = 10),
    OPTION("weight-decay", 0, REAL, struct job, config.train.weight_decay, .argument = "X",
           .help = N_("decoupled weight decay, times the learning rate"), .fallback = "0.02",
           .minimum = 0, .maximum = 10),
    OPTION("seed", 0, INT, struct job, seed, .argument = "N",
           .help = N_("equal seeds give equal weights"), .fallback = "1", .minimum = 0,
           .maximum = 2147483647),
    THREADS_OPTION(struct job, threads),
};

static const struct option_table table = {
    .command = "detector",
    .operands = "BOXES",
    .summary = N_(
        "Trains a network to find faces, on a CSV \"path,x,y,w,h,flags\" with a row for each "
        "face, or a folder or archive that holds boxes.csv. A tenth of the images is held "
        "out for measuring, a twentieth for choosing the threshold. The same command resumes after "
        "an interruption."),
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
    .min_operands = 1,
    .max_operands = 1,
};

static enum exit_code run(int argc, char **argv) {
    struct job job = {.config.train = TRAIN_CONFIG_DEFAULT};
    struct operands operands;
    enum exit_code code;
    job.config.train.mean_decay = 0.999;
    if (!command_parse(&table, argc, argv, &job, &operands, &code)) {
        return code;
    }
    if (!job.output) {
        LOG(ERROR, "detector needs -o MODEL.onnx, the model to write; see 'smilecam detector "
                   "--help'");
        return EXIT_CODE_USAGE;
    }
    snprintf(job.checkpoint, sizeof job.checkpoint, "%s.checkpoint", job.output);
    stop_signal_install();
    code = train(&job, operands.items[0]);
    clean_up(&job);
    return code;
}

const struct command command_detector = {"detector", N_("train a network to find faces"), &table,
                                         run};
