// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/annotate_batch.h"
#include "app/sessions/annotate.h"
#include "app/commands/shared_options.h"
#include "app/commands/command.h"

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

// The words before the first operand are the options, which getopt has put there; -o and --events
// come again behind them, for each video its own.
static enum exit_code annotate_many(const struct annotate_options *job,
                                    const struct operands *operands, char **argv, int n_jobs) {
    if (job->outputs.frame_times || has_pipe(job, operands)) {
        LOG(ERROR, "%s for one video at a time; for several, -o, --events and --csv take a folder",
            job->outputs.frame_times ? "--frametimes is" : "- is");
        return EXIT_CODE_USAGE;
    }
    int n_options = (int)(operands->items - argv) - 1;
    n_options -= n_options > 0 && strcmp(argv[n_options], "--") == 0;
    return annotate_batch_run(&(struct annotate_batch){
        .inputs = operands->items,
        .n_inputs = operands->n,
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
        "For several videos, -o, --events and --csv name folders; those already in the output "
        "folder are skipped.",
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
    bool many = operands.n > 1 || is_folder(job->outputs.record);
    if (!recording_options_read(&values.recording, many ? NULL : job->outputs.record,
                                &job->outputs.recording)) {
        return EXIT_CODE_USAGE;
    }
    job->in = operands.items[0];
    job->analyser.all_landmarks = job->outputs.csv && job->outputs.csv_landmarks;
    return many ? annotate_many(job, &operands, argv, values.n_jobs) : annotate_run(job);
}

const struct command command_annotate = {"annotate", "draw faces and smiles over video files",
                                         &table, run};
