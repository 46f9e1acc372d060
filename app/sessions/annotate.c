// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/annotate.h"

#include "core/base/log.h"
#include "app/video/media_input.h"
#include "app/system/model_files.h"
#include "app/pipeline/pipeline.h"
#include "app/cli/progress.h"
#include "app/sinks/exports.h"
#include "app/sinks/highlights.h"
#include "app/sessions/batch_share.h"
#include "app/sinks/segments.h"
#include "app/system/signals.h"
#include "app/system/path_name.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAIT_NS INT64_C(200000000)

struct annotate {
    struct annotate_options options;
    bool to_stdout;
    struct shared_place *place_in_batch; // NULL: not in a batch
    struct source_place place;
    struct source_info info;
    struct pipeline *pipeline;
    struct sink *recording;
    struct outputs outputs;
    struct progress progress;
    long long n_frames;
    int n_files;
    double media_s;
    enum exit_code code; // of the work so far
};

// ---- before the work ----

// A file, a folder or an address; a camera's name would record for ever.
static bool find_input(struct annotate *job) {
    bool named = strcmp(job->options.in, "-") != 0 && !strstr(job->options.in, "://");
    job->place.driver = named ? source_of_path(job->options.in) : &source_file;
    if (!job->place.driver) {
        LOG(ERROR, "%s: %s", job->options.in, strerror(errno));
    }
    return job->place.driver;
}

static bool may_write_video(const struct annotate_options *options) {
    const struct segment_limits *limits = &options->outputs.recording.limits;
    char first[PATH_MAX];
    struct stat status;
    if (options->overwrite || !options->outputs.record ||
        !segments_name(options->outputs.record, segment_limits_split(limits), first,
                       sizeof first) ||
        stat(first, &status) != 0 || !S_ISREG(status.st_mode)) {
        return true;
    }
    LOG(ERROR, "%s: is there already; name another file, or replace it with --overwrite", first);
    return false;
}

// Where the sound is copied from: what can be read a second time.
static const char *find_sound(const struct annotate *job) {
    if (job->place.driver != &source_file) {
        return NULL;
    }
    if (media_input_is_pipe(job->options.in)) {
        if (job->info.sound) {
            LOG(WARNING, "%s: the sound of a pipe is not kept; name a file to keep it",
                strcmp(job->options.in, "-") == 0 ? "standard input" : job->options.in);
        }
        return NULL;
    }
    return job->options.in;
}

static struct sink *open_recording(const struct annotate *job) {
    struct record_options options = outputs_record_options(&job->options.outputs, &job->info);
    options.video.copy_from = find_sound(job);
    options.video.parts = true;
    options.video.end_ns = job->info.duration_ns;
    return record_create(job->options.outputs.record, &options);
}

static enum exit_code open_outputs(struct annotate *job) {
    if (!model_file_readable(job->options.analyser.model)) {
        return EXIT_CODE_USAGE;
    }
    bool video = job->options.outputs.record != NULL;
    job->recording = video ? open_recording(job) : NULL;
    return (!video || job->recording) && outputs_open(&job->outputs, &job->options.outputs, false)
               ? EXIT_CODE_OK
               : EXIT_CODE_OUTPUT;
}

static enum exit_code open_all(struct annotate *job) {
    struct source *source =
        find_input(job)
            ? job->place.driver->create(
                  job->options.in,
                  &(struct source_options){.planes = true, .rate_hz = job->options.rate_hz})
            : NULL;
    if (!source) {
        return EXIT_CODE_INPUT;
    }
    job->info = source->info;
    enum exit_code code = open_outputs(job);
    if (code != EXIT_CODE_OK) {
        source_close(source);
        return code;
    }
    job->pipeline = pipeline_create(&(struct pipeline_options){
        .source = source, .driver = &analysis_faces, .driver_options = &job->options.analyser});
    return job->pipeline ? EXIT_CODE_OK : EXIT_CODE_USAGE;
}

// ---- the work ----

static void show_progress(struct annotate *job) {
    char note[96], at[32] = "";
    double elapsed_s = progress_elapsed_s(&job->progress);
    if (job->info.duration_ns == 0) {
        progress_format_time(job->media_s, at);
    }
    snprintf(note, sizeof note, "%s%s%.1f frames/s, %.1f times real time", at, *at ? ", " : "",
             elapsed_s > 0 ? (double)job->n_frames / elapsed_s : 0.0,
             elapsed_s > 0 ? job->media_s / elapsed_s : 0.0);
    progress_show(&job->progress, job->media_s, note);
    double duration_s = (double)job->info.duration_ns * 1e-9;
    batch_share_tell(
        job->place_in_batch,
        &(struct batch_place){.share = duration_s > 0 ? fmin(job->media_s / duration_s, 1) : 0,
                              .media_s = job->media_s,
                              .n_frames = job->n_frames});
}

static bool write_item(struct annotate *job, const struct pipeline_item *item) {
    if (!job->outputs.described &&
        !outputs_describe(&job->outputs, item->frame, job->options.in, job->options.analyser.model,
                          pipeline_get_stats(job->pipeline).model, &job->info)) {
        job->code = EXIT_CODE_OUTPUT;
        return false;
    }
    if ((job->recording && !sink_write(job->recording, item->frame, item->analysis)) ||
        !outputs_note_recording(&job->outputs, job->recording, item->frame) ||
        !outputs_write(&job->outputs, item)) {
        job->code = EXIT_CODE_OUTPUT;
        return false;
    }
    if (job->outputs.times) {
        frame_times_add(job->outputs.times, item->frame, item->analysis);
    }
    job->n_frames++;
    job->media_s = (double)item->frame->media_ns * 1e-9;
    show_progress(job);
    return true;
}

static enum exit_code code_of_end(const struct annotate *job, enum pipeline_status status) {
    switch (status) {
    case PIPELINE_END:
        return EXIT_CODE_OK;
    case PIPELINE_BROKEN:
        return EXIT_CODE_USAGE;
    default:
        return job->n_frames > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_INPUT;
    }
}

// False when there is nothing more to do.
static bool step(struct annotate *job) {
    struct pipeline_item item;
    enum pipeline_status status = pipeline_take(job->pipeline, WAIT_NS, &item);
    bool go_on = true;
    if (status == PIPELINE_FRAME) {
        go_on = write_item(job, &item);
    } else if (status != PIPELINE_TIMEOUT && status != PIPELINE_NOTICE) {
        job->code = code_of_end(job, status);
        go_on = false;
    }
    pipeline_release(job->pipeline, &item);
    if (go_on && stop_signal_raised()) {
        job->code = EXIT_CODE_INTERRUPTED;
        go_on = false;
    }
    return go_on;
}

// What is "talk.part.mkv" until it is whole becomes "talk.mkv".
static bool settle_file(const struct annotate *job, const char *out) {
    char part[PATH_MAX];
    struct stat status;
    if (!path_part(out, part, sizeof part) || stat(part, &status) != 0 ||
        !S_ISREG(status.st_mode)) {
        return true;
    }
    if (job->n_frames == 0) {
        unlink(part);
    } else if ((job->code == EXIT_CODE_OK || job->code == EXIT_CODE_PARTIAL) &&
               rename(part, out) != 0) {
        LOG(ERROR, "%s: cannot be renamed to %s: %s", part, out, strerror(errno));
        return false;
    }
    return true;
}

// A file and its highlights.
static bool settle_pair(const struct annotate *job, int number) {
    char out[PATH_MAX], smiles[PATH_MAX];
    return segments_name(job->options.outputs.record, number, out, sizeof out) &&
           highlights_name(out, smiles, sizeof smiles) &&
           (job->options.outputs.recording.limits.clip_ns == 0 || settle_file(job, smiles)) &&
           settle_file(job, out);
}

static bool is_segmented(const struct annotate *job) {
    return segment_limits_split(&job->options.outputs.recording.limits);
}

// Gives the files their names if they are all that can be made of the input; nothing is left of an
// empty one. The first comes last: where it is, all are.
static bool settle(struct annotate *job) {
    bool segmented = is_segmented(job), good = true;
    int first = segmented ? 1 : 0, last = segmented ? job->n_files : 0;
    for (int number = last; good && number >= first; number--) {
        good = job->to_stdout || settle_pair(job, number);
    }
    return good;
}

static void close_all(struct annotate *job) {
    job->n_files = job->recording ? record_get_counts(job->recording).files : 0;
    bool good = outputs_end(&job->outputs);
    progress_end(&job->progress);
    if (job->n_frames > 0) {
        export_log_summary(&job->outputs.timeline);
    }
    good = (!job->recording || sink_close(job->recording)) && good;
    good = outputs_close(&job->outputs) && good;
    pipeline_destroy(job->pipeline);
    if (!good && job->code == EXIT_CODE_OK) {
        job->code = EXIT_CODE_OUTPUT;
    }
    if (job->recording && !settle(job)) {
        job->code = EXIT_CODE_OUTPUT;
    }
}

static void report_result(const struct annotate *job) {
    char elapsed[32], last[PATH_MAX], part[PATH_MAX];
    const char *out = job->to_stdout                ? "standard output"
                      : job->options.outputs.record ? job->options.outputs.record
                                                    : job->options.in;
    const char *done = job->options.outputs.record ? "annotated" : "analysed";
    double elapsed_s = progress_elapsed_s(&job->progress);
    progress_format_time(elapsed_s, elapsed);
    if (job->n_frames == 0) {
        return;
    }
    if (job->code == EXIT_CODE_OK || job->code == EXIT_CODE_PARTIAL) {
        LOG(INFO, "%s: %lld frames %s in %s, %.1f times real time%s", out, job->n_frames, done,
            elapsed, job->media_s / elapsed_s,
            job->code == EXIT_CODE_OK ? "" : "; the input was not whole");
    } else if (!job->recording) {
        LOG(INFO, "%s: %lld frames analysed in %s; the rest is missing", out, job->n_frames,
            elapsed);
    } else {
        bool named = !job->to_stdout &&
                     segments_name(out, is_segmented(job) ? job->n_files : 0, last, sizeof last) &&
                     path_part(last, part, sizeof part);
        LOG(INFO, "%s: %lld frames annotated in %s; it is not complete, but can be played",
            named ? part : out, job->n_frames, elapsed);
    }
}

enum exit_code annotate_run(const struct annotate_options *options) {
    const char *video = options->outputs.record;
    struct annotate job = {.options = *options,
                           .to_stdout = video && strcmp(video, "-") == 0,
                           .outputs.keeps_timeline = true,
                           .place_in_batch = batch_share_borrow()};
    if (!outputs_check(&options->outputs, options->in, NULL, NULL) || !may_write_video(options)) {
        return EXIT_CODE_USAGE;
    }
    stop_signal_install();
    job.code = open_all(&job);
    if (job.code == EXIT_CODE_OK) {
        progress_begin(&job.progress, "annotating", (double)job.info.duration_ns * 1e-9);
        while (step(&job)) {
        }
        progress_end(&job.progress);
    }
    close_all(&job);
    report_result(&job);
    return job.code;
}
