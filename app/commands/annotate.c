// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/annotate_batch.h"
#include "app/sessions/annotate.h"
#include "app/commands/shared_options.h"
#include "app/commands/command.h"

#include "core/base/log.h"
#include "app/system/path_name.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path) {
    struct stat status;
    size_t n = strlen(path);
    return (n > 0 && path[n - 1] == '/') || (stat(path, &status) == 0 && S_ISDIR(status.st_mode));
}

// An output of each video, as the options name it.
struct output {
    char *option;
    const char *extension;
    size_t offset; // of its name in struct output_options
};

static const struct output outputs[] = {
    {"--output", ".mkv", offsetof(struct output_options, record)},
    {"--events", ".jsonl", offsetof(struct output_options, events)},
    {"--csv", ".csv", offsetof(struct output_options, csv)},
    {"--intervals", ".smiles.csv", offsetof(struct output_options, exports[EXPORT_INTERVALS])},
    {"--vtt", ".vtt", offsetof(struct output_options, exports[EXPORT_VTT])},
    {"--srt", ".srt", offsetof(struct output_options, exports[EXPORT_SRT])},
    {"--eaf", ".eaf", offsetof(struct output_options, exports[EXPORT_EAF])},
    {"--textgrid", ".TextGrid", offsetof(struct output_options, exports[EXPORT_TEXTGRID])},
    {"--report", "", offsetof(struct output_options, report)},
    {"--summary", ".summary.csv", offsetof(struct output_options, exports[EXPORT_SUMMARY])},
};
#define N_OUTPUTS ((int)(sizeof outputs / sizeof *outputs))

static const char **name_of(struct output_options *options, int i) {
    return (const char **)(void *)((char *)options + outputs[i].offset);
}

// What goes nowhere is not made. Whether anything is left.
static bool drop_unwanted(struct output_options *options) {
    bool any = options->frame_times != NULL;
    for (int i = 0; i < N_OUTPUTS; i++) {
        const char **name = name_of(options, i);
        *name = *name && strcmp(*name, BATCH_NOWHERE) == 0 ? NULL : *name;
        any = any || *name;
    }
    return any;
}

// Whether files have to go into a folder; a report always is one.
static bool names_folder(struct output_options *options) {
    bool any = false;
    for (int i = 0; i < N_OUTPUTS; i++) {
        const char *name = *name_of(options, i);
        any = any || (*outputs[i].extension && name && is_folder(name));
    }
    return any;
}

static bool has_pipe(struct output_options *options, const struct operands *operands) {
    bool pipe = false;
    for (int i = 0; i < N_OUTPUTS; i++) {
        const char *name = *name_of(options, i);
        pipe = pipe || (name && strcmp(name, "-") == 0);
    }
    for (int i = 0; i < operands->n; i++) {
        pipe = pipe || strcmp(operands->items[i], "-") == 0;
    }
    return pipe;
}

// A folder that is to be made has no extension, lest w.mkv, meant as a file, becomes one.
static bool may_be_folder(const struct output *output, const char *name) {
    static const char *const files[] = {".mkv", ".mp4", ".mov", ".webm", ".csv", ".json", ".jsonl"};
    for (size_t i = 0; i < sizeof files / sizeof *files && !is_folder(name); i++) {
        if (strcasecmp(path_extension(name), files[i]) == 0) {
            LOG(ERROR, "%s: several videos go into a folder; give %s one (%.*s/ makes it)", name,
                output->option, (int)(path_extension(name) - name), name);
            return false;
        }
    }
    return true;
}

static bool list_outputs(struct output_options *options, struct annotate_batch *batch) {
    const struct segment_limits *limits = &options->recording.limits;
    bool good = true, segmented = limits->segment_ns > 0 || limits->segment_bytes > 0;
    for (int i = 0; i < N_OUTPUTS && good; i++) {
        const char *name = *name_of(options, i);
        if (name && name == options->exports[EXPORT_SUMMARY] && !is_folder(name)) {
            batch->summary = name;
        } else if (name) {
            good = may_be_folder(&outputs[i], name);
            batch->outputs[batch->n_outputs++] =
                (struct batch_output){.option = outputs[i].option,
                                      .folder = name,
                                      .extension = outputs[i].extension,
                                      .own_parts = i == 0 || !*outputs[i].extension,
                                      .segmented = i == 0 && segmented,
                                      .proof = *outputs[i].extension ? "" : "/index.html"};
        }
    }
    return good;
}

// The words before the first operand are the options, which getopt has put there; the outputs come
// again behind them, for each video its own.
static enum exit_code annotate_many(struct annotate_options *job, const struct operands *operands,
                                    char **argv, int n_jobs) {
    if (job->outputs.frame_times || has_pipe(&job->outputs, operands)) {
        LOG(ERROR, "%s for one video at a time; for several, -o, --events and --csv take a folder",
            job->outputs.frame_times ? "--frametimes is" : "- is");
        return EXIT_CODE_USAGE;
    }
    int n_options = (int)(operands->items - argv) - 1;
    n_options -= n_options > 0 && strcmp(argv[n_options], "--") == 0;
    struct annotate_batch batch = {
        .inputs = operands->items,
        .n_inputs = operands->n,
        .overwrite = job->overwrite,
        .n_jobs = n_jobs > 0 ? n_jobs : (int)sysconf(_SC_NPROCESSORS_ONLN),
        .options = argv + 1,
        .n_options = n_options,
    };
    return list_outputs(&job->outputs, &batch) ? annotate_batch_run(&batch) : EXIT_CODE_USAGE;
}

struct values {
    struct annotate_options job;
    struct recording_options recording;
    int n_jobs;
};

static const struct option_spec specs[] = {
    OPTION_HEADING("Output"),
    OPTION("output", 'o', TEXT, struct values, job.outputs.record, .argument = "FILE",
           .help = "video to write (.mkv, .mp4, .mov, .webm), a folder, or -: standard output; "
                   "without it, only the data is written"),
    OPTION("overwrite", 0, FLAG, struct values, job.overwrite,
           .help = "replace what is there already"),
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
        "For several videos, -o, --events and --csv name folders; what is there already is "
        "skipped.",
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
    if (!drop_unwanted(&job->outputs)) {
        LOG(ERROR, "annotate needs an output: -o FILE for a video, --events FILE or --csv FILE for "
                   "data alone; see 'smilecam annotate --help'");
        return EXIT_CODE_USAGE;
    }
    bool many = operands.n > 1 || names_folder(&job->outputs);
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
