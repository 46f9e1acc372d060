// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "../exit_codes.h"
#include "../options.h"
#include "../photo.h"
#include "../picture_set.h"
#include "../progress.h"
#include "../stop_signal.h"
#include "command.h"

#include "../../core/dataset.h"
#include "../../core/log.h"
#include "../../core/team.h"

#include <stdlib.h>
#include <string.h>

// The chip that is stored is a margin larger than the network's 64x64 input at the same scale, so that
// training can shift, turn and scale without leaving it. 64 of 80 pixels at this padding is a face with a
// padding of 0.25.
#define CHIP_SIZE 80
#define CHIP_PADDING 0.4375f
#define MAX_WORKERS 64
#define BATCH 32 // pictures between two looks at the clock
#define MAX_FACES 32

struct result {
    bool readable, found;
    struct crop crop;
    struct image chip;
};

struct job {
    struct picture_set set;
    struct dataset dataset;
    struct team *team;
    struct face_finder *finders[MAX_WORKERS];
    struct image grey[MAX_WORKERS];
    struct result results[BATCH];
    int first; // picture of results[0]
    int n_unreadable, n_found;
};

// FNV-1a: copies of a file get the same group.
static uint32_t hash_bytes(const void *bytes, size_t len) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    }
    return (uint32_t)(hash ^ (hash >> 32));
}

static void cut_face(struct job *job, struct result *result, const struct image *photo, int worker) {
    struct face faces[MAX_FACES];
    int n = photo_find_faces(job->finders[worker], photo, &job->grey[worker], faces, MAX_FACES);
    if (n < 1) {
        return;
    }
    const struct face *face = &faces[photo_main_face(faces, n)];
    result->crop.face_size = face->box.w;
    result->found = image_init(&result->chip, CHIP_SIZE, CHIP_SIZE, PIXEL_GREY8) &&
                    face_chip(&job->grey[worker], face->landmarks, CHIP_PADDING, &result->chip);
}

static void prepare_picture(void *arg, int task, int worker) {
    struct job *job = arg;
    const struct picture *picture = &job->set.pictures[job->first + task];
    struct result *result = &job->results[task];
    struct image photo = {0};
    size_t len;
    const void *bytes = picture_bytes(picture, &len);
    *result = (struct result){0};
    memcpy(result->crop.pose, picture->pose, sizeof result->crop.pose);
    size_t name = strlen(picture->name), most = CROP_NAME_LEN - 1;
    memcpy(result->crop.name, picture->name + (name > most ? name - most : 0), name > most ? most : name);
    if (bytes && picture_decode(picture->name, bytes, len, &photo)) {
        result->readable = true;
        result->crop.group = hash_bytes(bytes, len);
        cut_face(job, result, &photo, worker);
        image_finish(&photo);
    }
    if (bytes) {
        picture_release(picture, bytes);
    }
}

static bool keep_results(struct job *job, int n) {
    bool ok = true;
    for (int i = 0; i < n; i++) {
        struct result *r = &job->results[i];
        const struct picture *picture = &job->set.pictures[job->first + i];
        r->crop.label = dataset_label(&job->dataset, picture->label);
        if (!r->readable) {
            job->n_unreadable++;
        } else if (!r->found) {
            printf("no face: %s\n", picture->name);
        }
        job->n_found += r->found;
        ok = ok && r->crop.label >= 0 &&
             (!r->readable || dataset_add(&job->dataset, &r->crop, r->found ? &r->chip : NULL));
        image_finish(&r->chip);
    }
    return ok;
}

static int prepare_all(struct job *job) {
    struct progress progress;
    progress_begin(&progress, "preparing", job->set.n);
    bool ok = true;
    for (job->first = 0; ok && job->first < job->set.n && !stop_signal_raised();) {
        int n = job->set.n - job->first < BATCH ? job->set.n - job->first : BATCH;
        team_run(job->team, n, prepare_picture, job);
        ok = keep_results(job, n);
        job->first += n;
        progress_show(&progress, job->first, "");
    }
    progress_end(&progress);
    if (stop_signal_raised()) {
        LOG(ERROR, "interrupted; nothing was written");
        return EXIT_CODE_INTERRUPTED;
    }
    return ok ? EXIT_CODE_OK : EXIT_CODE_USAGE;
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

static int finish(struct job *job, const char *input, const char *output) {
    int n = job->dataset.n;
    if (n == 0) {
        LOG(ERROR, "%s: none of its %d pictures can be read", input, job->set.n);
        return EXIT_CODE_INPUT;
    }
    snprintf(job->dataset.provenance, sizeof job->dataset.provenance,
             "smilecam " SMILECAM_VERSION " prepare %s (%s): %d pictures, %d faces", file_name(input),
             job->set.layout, n, job->n_found);
    if (!dataset_write(&job->dataset, output)) {
        return EXIT_CODE_OUTPUT;
    }
    LOG(INFO, "%s: %s, %d pictures read, %d could not be; a face found in %d (%.1f %%), none in %d; wrote %s",
        input, job->set.layout, n, job->n_unreadable, job->n_found, 100.0 * job->n_found / n,
        n - job->n_found, output);
    return job->n_unreadable > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
}

static bool start(struct job *job, int n_threads) {
    job->team = team_create(n_threads);
    for (int i = 0; job->team && i < team_size(job->team); i++) {
        job->finders[i] = face_finder_create(NULL);
        if (!job->finders[i]) {
            return false;
        }
    }
    return job->team != NULL;
}

static int prepare(const char *input, const char *output, int n_threads) {
    struct job *job = calloc(1, sizeof *job);
    if (!job) {
        LOG(ERROR, "no memory to prepare pictures");
        return EXIT_CODE_USAGE;
    }
    int code = EXIT_CODE_INPUT;
    dataset_init(&job->dataset, CHIP_SIZE, CHIP_PADDING);
    stop_signal_install();
    if (picture_set_open(&job->set, input)) {
        if (strcmp(job->set.layout, "GENKI-4K") == 0) { // the order of the network's outputs
            dataset_label(&job->dataset, "neutral");
            dataset_label(&job->dataset, "smile");
        }
        code = start(job, n_threads) ? prepare_all(job) : EXIT_CODE_USAGE;
        code = code == EXIT_CODE_OK ? finish(job, input, output) : code;
    }
    for (int i = 0; i < MAX_WORKERS; i++) {
        face_finder_destroy(job->finders[i]);
        image_finish(&job->grey[i]);
    }
    team_destroy(job->team);
    dataset_finish(&job->dataset);
    picture_set_close(&job->set);
    free(job);
    return code;
}

static int run(int argc, char **argv) {
    const char *output = NULL;
    int threads = 0;
    const struct option_spec specs[] = {
        {.name = "output", .letter = 'o', .kind = OPTION_TEXT, .target = &output, .argument = "CROPS",
         .help = "the crops file to write"},
        {.name = "threads", .kind = OPTION_INT, .target = &threads, .argument = "N",
         .help = "threads to use; 0 = one per processor", .fallback = "0", .maximum = MAX_WORKERS},
    };
    const struct option_table table = {
        .command = "prepare",
        .operands = "DATASET",
        .summary = "Finds, aligns and cuts out the face of each labelled picture: GENKI-4K (folder or tar),\n"
                   "a folder for each label, or a CSV of path,label. Pictures without a face are listed.",
        .specs = specs,
        .n_specs = sizeof specs / sizeof *specs,
        .min_operands = 1,
        .max_operands = 1,
    };
    struct operands operands;
    enum options_outcome outcome = options_parse(&table, argc, argv, &operands);
    if (outcome != OPTIONS_RUN) {
        return outcome == OPTIONS_DONE ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    if (!output) {
        LOG(ERROR, "prepare: say where to write the crops: -o CROPS");
        return EXIT_CODE_USAGE;
    }
    return prepare(operands.items[0], output, threads);
}

const struct command command_prepare = {"prepare", "cut the faces out of labelled photographs, for training", run};
