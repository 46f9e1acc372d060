// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/clock.h"
#include "app/commands/shared_options.h"
#include "app/photos/photo_batch.h"
#include "app/system/signals.h"
#include "app/commands/command.h"
#include "app/commands/label_counts.h"

#include "core/train/dataset.h"
#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

// The chip that is stored is a margin larger than the network's 64x64 input at the same scale, so
// that training can shift, turn and scale without leaving it. 64 of 80 pixels at this padding is a
// face with a padding of 0.1: tight, since the mouth is small (0.25 measured a point worse).
#define CHIP_SIZE 80
#define CHIP_PADDING 0.25f

struct job {
    struct picture_set set;
    struct dataset dataset;
    struct image *chips; // by picture; empty where no face was found
    int n_unreadable, n_found, n_by_step[N_PHOTO_STEPS + 1];
    int n_searched[N_PHOTO_STEPS]; // pictures that a step was taken with
    double searched_s[N_PHOTO_STEPS];
};

static void cut_face(void *arg, int worker, int index, const struct image *grey,
                     const struct face *face) {
    (void)worker;
    struct image *chip = &((struct job *)arg)->chips[index];
    if (image_init(chip, CHIP_SIZE, CHIP_SIZE, PIXEL_GREY8) &&
        !face_chip(grey, face->points, CHIP_PADDING, chip)) {
        image_finish(chip);
    }
}

// The end of a long name says more than its beginning.
static const char *short_name(const char *name) {
    size_t len = strlen(name);
    return name + (len < CROP_NAME_LEN ? 0 : len - (CROP_NAME_LEN - 1));
}

static bool keep_crop(void *arg, int index, const struct photo_result *result) {
    struct job *job = arg;
    struct image *chip = &job->chips[index];
    if (!result->readable || (result->n_faces > 0 && !chip->data)) { // or no memory for the face
        job->n_unreadable++;
        return true;
    }
    struct crop crop = {.label = dataset_label(&job->dataset, result->picture->label),
                        .group = result->hash,
                        .face_size = result->face.box.w};
    snprintf(crop.name, sizeof crop.name, "%s", short_name(result->picture->name));
    memcpy(crop.pose, result->picture->pose, sizeof crop.pose);
    job->n_found += chip->data != NULL;
    job->n_by_step[chip->data ? result->search.step : PHOTO_NO_FACE]++;
    for (int step = 0; step < N_PHOTO_STEPS; step++) {
        job->n_searched[step] += result->search.took_ns[step] > 0;
        job->searched_s[step] += (double)result->search.took_ns[step] / NS_PER_S;
    }
    if (!chip->data) {
        printf("no face: %s\n", result->picture->name);
    }
    bool ok = crop.label >= 0 && dataset_add(&job->dataset, &crop, chip->data ? chip : NULL);
    image_finish(chip);
    return ok;
}

static enum exit_code prepare_all(struct job *job, struct thread_pool *threads) {
    switch (photo_batch_run(&job->set, threads, "preparing", cut_face, keep_crop, job)) {
    case PHOTOS_DONE:
        return EXIT_CODE_OK;
    case PHOTOS_INTERRUPTED:
        LOG(ERROR, "interrupted; nothing was written");
        return EXIT_CODE_INTERRUPTED;
    case PHOTOS_STOPPED: // a label that cannot be used
        return EXIT_CODE_INPUT;
    default:
        return EXIT_CODE_USAGE;
    }
}

static const char *file_name(const char *path) {
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') {
        n--;
    }
    const char *from = path + n;
    while (from > path && from[-1] != '/') {
        from--;
    }
    return from;
}

// Milliseconds that a step takes of one processor, for each picture that it is taken with.
static double cost_ms(const struct job *job, enum photo_step step) {
    return job->n_searched[step] > 0 ? 1000 * job->searched_s[step] / job->n_searched[step] : 0;
}

static void report_steps(const struct job *job) {
    const int *by_step = job->n_by_step;
    LOG(INFO,
        "faces found in %.2f %%: %d at normal size, %d enlarged, %d only as the best match; none "
        "in %d",
        100.0 * job->n_found / job->dataset.n, by_step[PHOTO_AS_IS], by_step[PHOTO_ENLARGED],
        by_step[PHOTO_BEST_MATCH], by_step[PHOTO_NO_FACE]);
    LOG(INFO,
        "processor time per picture: %.0f ms at normal size, %.0f ms enlarged, %.0f ms for the "
        "best "
        "match",
        cost_ms(job, PHOTO_AS_IS), cost_ms(job, PHOTO_ENLARGED), cost_ms(job, PHOTO_BEST_MATCH));
}

static enum exit_code finish(struct job *job, const char *input, const char *output) {
    int n = job->dataset.n;
    if (n == 0) {
        LOG(ERROR, "%s: none of its %d pictures can be read", input, job->set.n);
        return EXIT_CODE_INPUT;
    }
    snprintf(job->dataset.provenance, sizeof job->dataset.provenance,
             "smilecam " SMILECAM_VERSION " prepare %s (%s): %d pictures, %d faces",
             file_name(input), job->set.layout, n, job->n_found);
    if (!dataset_write(&job->dataset, output)) {
        return EXIT_CODE_OUTPUT;
    }
    LOG(INFO, "%s: %s, %d pictures read, %d unreadable; wrote %s", input, job->set.layout, n,
        job->n_unreadable, output);
    report_steps(job);
    label_counts_report("pictures", &job->dataset, NULL, 0, "add more pictures of it");
    label_counts_warn_of_doubles(&job->dataset);
    return job->n_unreadable + job->set.n_missing > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
}

static enum exit_code prepare(const char *input, const char *only, const char *output,
                              int n_threads) {
    struct job job = {0};
    struct thread_pool *threads = NULL;
    enum exit_code code = EXIT_CODE_INPUT;
    dataset_init(&job.dataset, CHIP_SIZE, CHIP_PADDING);
    stop_signal_install();
    if (picture_set_open(&job.set, input) && picture_set_keep(&job.set, only, input)) {
        if (strcmp(job.set.layout, "GENKI-4K") == 0) { // the order of the network's outputs
            dataset_label(&job.dataset, "neutral");
            dataset_label(&job.dataset, "smile");
        }
        threads = thread_pool_create(n_threads);
        job.chips = calloc((size_t)job.set.n, sizeof *job.chips);
        if (!job.chips) {
            log_no_memory("the faces of %d pictures", job.set.n);
        }
        code = threads && job.chips ? prepare_all(&job, threads) : EXIT_CODE_USAGE;
        code = code == EXIT_CODE_OK ? finish(&job, input, output) : code;
    }
    // Of pictures that an interruption left behind.
    for (int i = 0; job.chips && i < job.set.n; i++) {
        image_finish(&job.chips[i]);
    }
    free(job.chips);
    thread_pool_destroy(threads);
    dataset_finish(&job.dataset);
    picture_set_close(&job.set);
    return code;
}

struct values {
    const char *output, *only;
    int threads;
    struct landmark_file landmarks;
};

static const struct option_spec specs[] = {
    OPTION("output", 'o', TEXT, struct values, output, .argument = "CROPS",
           .help = N_("crops file to write")),
    ONLY_OPTION(struct values, only),
    THREADS_OPTION(struct values, threads),
    OPTION_GROUP(landmark_options, struct values, landmarks),
};

static const struct option_table table = {
    .command = "prepare",
    .operands = "DATASET",
    .summary = N_(
        "Finds, aligns and cuts out the face in each labelled picture of GENKI-4K (folder or tar), "
        "a folder per label, or a CSV: path,label, or a first line that names more columns. "
        "Pictures without a face are listed."),
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
    .min_operands = 1,
    .max_operands = 1,
};

static enum exit_code run(int argc, char **argv) {
    struct values values = {0};
    struct operands operands;
    enum exit_code code;
    if (!command_parse(&table, argc, argv, &values, &operands, &code)) {
        return code;
    }
    if (!values.output) {
        LOG(ERROR, "prepare needs -o CROPS, the file to write; see 'smilecam prepare --help'");
        return EXIT_CODE_USAGE;
    }
    return landmark_file_usable(&values.landmarks)
               ? prepare(operands.items[0], values.only, values.output, values.threads)
               : EXIT_CODE_USAGE;
}

const struct command command_prepare = {
    "prepare", N_("cut the faces out of labelled photographs, for training"), &table, run};
