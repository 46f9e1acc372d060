// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/annotate_batch.h"
#include "app/sessions/annotate.h"
#include "app/commands/shared_options.h"
#include "app/commands/command.h"
#include "app/system/file_row.h"

#include "core/base/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path) {
    struct stat status;
    size_t n = strlen(path);
    return (n > 0 && path[n - 1] == '/') || (stat(path, &status) == 0 && S_ISDIR(status.st_mode));
}

static bool has_pipe(const struct annotate_options *job, const struct operands *operands) {
    bool pipe = strcmp(job->outputs.record, "-") == 0 ||
                (job->outputs.events && strcmp(job->outputs.events, "-") == 0) ||
                (job->outputs.csv && strcmp(job->outputs.csv, "-") == 0);
    for (int i = 0; i < operands->n; i++) {
        pipe = pipe || strcmp(operands->items[i], "-") == 0;
    }
    return pipe;
}

// Adds the videos of a folder that has some in place of it. False (logged) on failure.
static bool add_videos(struct folder_list *inputs, const char *operand, bool *expanded) {
    struct folder_list videos = {0}, pictures = {0};
    if (!is_folder(operand)) {
        return file_row_add(inputs, operand);
    }
    bool good = file_row_videos(&videos, operand);
    if (good && videos.n == 0) {
        return file_row_add(inputs, operand);
    }
    if (good && folder_list_init(&pictures, operand) && pictures.n > 0) {
        LOG(WARNING,
            "%s: its videos are annotated, its pictures (%d) are not; --rate makes a film of them",
            operand, pictures.n);
    }
    for (int i = 0; good && i < videos.n; i++) {
        good = file_row_add(inputs, videos.paths[i]);
    }
    *expanded = true;
    folder_list_finish(&videos);
    folder_list_finish(&pictures);
    return good;
}

// With a rate, folders are films of pictures.
static bool list_inputs(const struct annotate_options *job, const struct operands *operands,
                        struct folder_list *inputs, bool *expanded) {
    bool good = true;
    for (int i = 0; i < operands->n && good; i++) {
        good = job->rate_hz > 0 ? file_row_add(inputs, operands->items[i])
                                : add_videos(inputs, operands->items[i], expanded);
    }
    return good;
}

// The words before the first operand are the options, which getopt has put there; -o and --events
// come again behind them, for each video its own.
static enum exit_code annotate_many(const struct annotate_options *job,
                                    const struct operands *operands,
                                    const struct folder_list *inputs, char **argv, int n_jobs) {
    if (job->outputs.frame_times || has_pipe(job, operands)) {
        LOG(ERROR, "%s for one video at a time; for several, -o, --events and --csv take a folder",
            job->outputs.frame_times ? "--frametimes is" : "- is");
        return EXIT_CODE_USAGE;
    }
    int n_options = (int)(operands->items - argv) - 1;
    n_options -= n_options > 0 && strcmp(argv[n_options], "--") == 0;
    return annotate_batch_run(&(struct annotate_batch){
        .inputs = inputs->paths,
        .n_inputs = inputs->n,
        .folder = job->outputs.record,
        .events_folder = job->outputs.events,
        .csv_folder = job->outputs.csv,
        .segmented = job->outputs.recording.limits.segment_ns > 0 ||
                     job->outputs.recording.limits.segment_bytes > 0,
        .n_jobs = n_jobs > 0 ? n_jobs : (int)sysconf(_SC_NPROCESSORS_ONLN),
        .options = argv + 1,
        .n_options = n_options,
    });
}

struct values {
    struct annotate_options job;
    struct recording_options recording;
    int n_jobs;
};

static const struct option_spec specs[] = {
    OPTION_HEADING("Output"),
    OPTION("output", 'o', TEXT, struct values, job.outputs.record, .argument = "FILE",
           .help = "video to write (.mkv, .mp4, .mov, .webm), a folder, or -: standard output"),
    OPTION_GROUP(recording_options, struct values, recording),
    OPTION_GROUP(output_options, struct values, job.outputs),
    OPTION("jobs", 'j', INT, struct values, n_jobs, .argument = "N",
           .help = "videos to work on at a time; 0: one per processor", .fallback = "0",
           .maximum = 64),

    OPTION_HEADING("Pictures"),
    OPTION("rate", 0, REAL, struct values, job.rate_hz, .argument = "HZ",
           .help = "the pictures of a folder, or numbered ones (f_%04d.png), are a film of so many "
                   "a second (default: 25 if numbered, else each is shown for 2 s)",
           .minimum = 0.01, .maximum = 1000),

    OPTION_HEADING("Faces and smiles"),
    MODEL_OPTION(struct values, job.analyser.model),
    OPTION_GROUP(operating_point_options, struct values, job.analyser.point),
    MIN_FACE_OPTION(struct values, job.analyser.min_face_px),
    DETECTOR_OPTION(struct values, job.analyser.detector.kind),
    OPTION_GROUP(landmark_options, struct values, job.analyser.landmarks),
};

static const struct option_table table = {
    .command = "annotate",
    .operands = "IN...",
    .summary =
        "Draws faces and smiles over every frame of videos and keeps their sound and timing. "
        "For several videos, or a folder of them, -o, --events and --csv name folders; those "
        "already in the output folder are skipped.",
    .specs = specs,
    .n_specs = N_OPTIONS(specs),
    .min_operands = 1,
    .max_operands = -1,
};

static enum exit_code run(int argc, char **argv) {
    struct values values = {0};
    struct annotate_options *job = &values.job;
    struct operands operands;
    enum exit_code code;
    if (!command_parse(&table, argc, argv, &values, &operands, &code)) {
        return code;
    }
    if (!job->outputs.record) {
        LOG(ERROR, "annotate needs -o FILE for its output; see 'smilecam annotate --help'");
        return EXIT_CODE_USAGE;
    }
    struct folder_list inputs = {0};
    bool expanded = false;
    if (!list_inputs(job, &operands, &inputs, &expanded)) {
        folder_list_finish(&inputs);
        return EXIT_CODE_INPUT;
    }
    bool many = operands.n > 1 || expanded || is_folder(job->outputs.record);
    job->in = operands.items[0];
    job->analyser.all_landmarks = job->outputs.csv && job->outputs.csv_landmarks;
    if (!recording_options_read(&values.recording, many ? NULL : job->outputs.record,
                                &job->outputs.recording)) {
        code = EXIT_CODE_USAGE;
    } else {
        code =
            many ? annotate_many(job, &operands, &inputs, argv, values.n_jobs) : annotate_run(job);
    }
    folder_list_finish(&inputs);
    return code;
}

const struct command command_annotate = {"annotate", "draw faces and smiles over video files",
                                         &table, run};
