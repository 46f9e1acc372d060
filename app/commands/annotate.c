// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/annotate_batch.h"
#include "app/sessions/annotate.h"
#include "app/commands/shared_options.h"
#include "app/commands/command.h"
#include "app/system/file_row.h"

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

// Adds the videos of a folder that has some in place of it. False (logged) on failure.
static bool add_videos(struct folder_list *inputs, const char *operand, bool *expanded) {
    struct folder_list videos = {0}, pictures = {0};
    if (!is_folder(operand)) {
        return folder_list_add(inputs, operand);
    }
    bool good = file_row_videos(&videos, operand);
    if (good && videos.n == 0) {
        return folder_list_add(inputs, operand);
    }
    if (good && folder_list_init(&pictures, operand) && pictures.n > 0) {
        LOG(WARNING,
            "%s: its videos are annotated, its pictures (%d) are not; --rate makes a film of them",
            operand, pictures.n);
    }
    for (int i = 0; good && i < videos.n; i++) {
        good = folder_list_add(inputs, videos.paths[i]);
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
        good = job->rate_hz > 0 ? folder_list_add(inputs, operands->items[i])
                                : add_videos(inputs, operands->items[i], expanded);
    }
    return good;
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
    bool good = true, segmented = segment_limits_split(&options->recording.limits);
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
                                    const struct folder_list *inputs, char **argv, int n_jobs) {
    if (job->outputs.frame_times || has_pipe(&job->outputs, operands)) {
        LOG(ERROR, "%s for one video at a time; for several, -o, --events and --csv take a folder",
            job->outputs.frame_times ? "--frametimes is" : "- is");
        return EXIT_CODE_USAGE;
    }
    int n_options = (int)(operands->items - argv) - 1;
    n_options -= n_options > 0 && strcmp(argv[n_options], "--") == 0;
    struct annotate_batch batch = {
        .inputs = inputs->paths,
        .n_inputs = inputs->n,
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
    OPTION_HEADING(N_("Output")),
    OPTION("output", 'o', TEXT, struct values, job.outputs.record, .argument = "FILE",
           .help = N_("video to write (.mkv, .mp4, .mov, .webm), a folder, or -: standard output; "
                      "without it, only the data is written")),
    OPTION("overwrite", 0, FLAG, struct values, job.overwrite,
           .help = N_("replace what is there already")),
    OPTION_GROUP(recording_options, struct values, recording),
    OPTION_GROUP(output_options, struct values, job.outputs),
    OPTION("jobs", 'j', INT, struct values, n_jobs, .argument = "N",
           .help = N_("videos to work on at a time; 0: one per processor"), .fallback = "0",
           .maximum = 64),

    OPTION_HEADING(N_("Pictures")),
    OPTION("rate", 0, REAL, struct values, job.rate_hz, .argument = "HZ",
           .help =
               N_("the pictures of a folder, or numbered ones (f_%04d.png), are a film of so many "
                  "a second (default: 25 if numbered, else each is shown for 2 s)"),
           .minimum = 0.01, .maximum = 1000),

    OPTION_HEADING(N_("Faces and smiles")),
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
        N_("Draws faces and smiles over every frame of videos and keeps their sound and timing. "
           "For several videos, or a folder of them, -o, --events and --csv name folders; what is "
           "there already is skipped."),
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
    struct folder_list inputs = {0};
    bool expanded = false;
    if (!list_inputs(job, &operands, &inputs, &expanded)) {
        folder_list_finish(&inputs);
        return EXIT_CODE_INPUT;
    }
    bool many = operands.n > 1 || expanded || names_folder(&job->outputs);
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

const struct command command_annotate = {"annotate", N_("draw faces and smiles over video files"),
                                         &table, run};
