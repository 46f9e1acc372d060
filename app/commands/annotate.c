// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/annotate_batch.h"
#include "app/sessions/annotate.h"
#include "app/system/exit_codes.h"
#include "app/commands/landmark_options.h"
#include "app/commands/model_option.h"
#include "app/cli/options.h"
#include "app/commands/recording_options.h"
#include "app/commands/operating_point_options.h"
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
    bool pipe = strcmp(job->out, "-") == 0 || (job->events && strcmp(job->events, "-") == 0) ||
                (job->csv && strcmp(job->csv, "-") == 0);
    for (int i = 0; i < operands->n; i++) {
        pipe = pipe || strcmp(operands->items[i], "-") == 0;
    }
    return pipe;
}

// The words before the first operand are the options, which getopt has put there; -o and --events
// come again behind them, for each video its own.
static int annotate_many(const struct annotate_options *job, const struct operands *operands,
                         char **argv, int n_jobs) {
    if (job->frame_times || has_pipe(job, operands)) {
        LOG(ERROR, "%s for one video at a time; for many, -o, --events and --csv take a folder",
            job->frame_times ? "--frametimes is" : "- is");
        return EXIT_CODE_USAGE;
    }
    int n_options = (int)(operands->items - argv) - 1;
    n_options -= n_options > 0 && strcmp(argv[n_options], "--") == 0;
    return annotate_batch_run(&(struct annotate_batch){
        .inputs = operands->items,
        .n_inputs = operands->n,
        .folder = job->out,
        .events_folder = job->events,
        .csv_folder = job->csv,
        .segmented =
            job->recording.limits.segment_ns > 0 || job->recording.limits.segment_bytes > 0,
        .n_jobs = n_jobs > 0 ? n_jobs : (int)sysconf(_SC_NPROCESSORS_ONLN),
        .options = argv + 1,
        .n_options = n_options,
    });
}

static int run(int argc, char **argv) {
    struct annotate_options job = {.analyser.deterministic = true};
    struct recording_options recording = {0};
    int detector, n_jobs;
    const struct option_spec specs[] = {
        {.name = "output",
         .letter = 'o',
         .kind = OPTION_TEXT,
         .target = &job.out,
         .argument = "FILE",
         .help = "the video (.mkv, .mp4, .mov, .webm), or -"},
        RECORDING_SPECS(&recording),
        {.name = "events",
         .letter = 'e',
         .kind = OPTION_TEXT,
         .target = &job.events,
         .argument = "FILE",
         .help = "events as JSON Lines; -, a file or a folder"},
        {
            .name = "csv",
            .kind = OPTION_TEXT,
            .target = &job.csv,
            .argument = "FILE",
            .help = "every face of every frame as a table",
        },
        {
            .name = "csv-landmarks",
            .kind = OPTION_FLAG,
            .target = &job.csv_landmarks,
            .help = "their 68 points in it too",
        },
        {.name = "jobs",
         .letter = 'j',
         .kind = OPTION_INT,
         .target = &n_jobs,
         .argument = "N",
         .help = "videos at a time; 0: one per processor",
         .fallback = "0",
         .minimum = 0,
         .maximum = 64},
        {.name = "frametimes",
         .kind = OPTION_TEXT,
         .target = &job.frame_times,
         .argument = "FILE",
         .help = "write what each frame cost, as CSV"},
        {.name = "min-face",
         .kind = OPTION_INT,
         .target = &job.analyser.min_face_px,
         .argument = "PX",
         .help = "smallest face (a twelfth of the height)",
         .minimum = 10,
         .maximum = 16384},
        {.name = "detector",
         .kind = OPTION_CHOICE,
         .target = &detector,
         .argument = "follow|every-frame",
         .help = "how to find faces",
         .fallback = "follow"},
        MODEL_SPEC(&job.analyser.model),
        LANDMARK_SPECS(&job.analyser.landmarks),
        OPERATING_POINT_SPECS(&job.analyser.point),
    };
    const struct option_table table = {
        .command = "annotate",
        .operands = "IN...",
        .summary = "Draws faces and smiles over every frame of videos; sound and timing are kept. "
                   "With a folder as output, what is there already is left alone.",
        .specs = specs,
        .n_specs = sizeof specs / sizeof *specs,
        .min_operands = 1,
        .max_operands = -1,
    };
    struct operands operands;
    enum options_outcome outcome = options_parse(&table, argc, argv, &operands);
    if (outcome != OPTIONS_RUN) {
        return outcome == OPTIONS_DONE ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    if (!job.out) {
        LOG(ERROR, "annotate needs -o FILE for its output; see 'smilecam annotate --help'");
        return EXIT_CODE_USAGE;
    }
    job.analyser.detector = (enum detector_way)detector;
    bool many = operands.n > 1 || is_folder(job.out);
    if (!recording_options_read(&recording, many ? NULL : job.out, &job.recording)) {
        return EXIT_CODE_USAGE;
    }
    job.in = operands.items[0];
    return many ? annotate_many(&job, &operands, argv, n_jobs) : annotate_run(&job);
}

const struct command command_annotate = {"annotate",
                                         "a video file with faces and smiles drawn over it", run};
