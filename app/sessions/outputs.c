// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/outputs.h"

#include "app/sinks/csv.h"
#include "app/sinks/events.h"
#include "app/system/file_digest.h"
#include "app/system/model_files.h"
#include "app/system/same_file.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const export_options[N_EXPORTS] = {
    [EXPORT_SUMMARY] = "--summary", [EXPORT_INTERVALS] = "--intervals",
    [EXPORT_VTT] = "--vtt",         [EXPORT_SRT] = "--srt",
    [EXPORT_EAF] = "--eaf",         [EXPORT_TEXTGRID] = "--textgrid",
};

bool outputs_check(const struct output_options *options, const char *in, const char *counts,
                   const char *health) {
    const char *paths[6 + N_EXPORTS] = {options->record,      options->events, options->csv,
                                        options->frame_times, counts,          health};
    for (int i = 0; i < N_EXPORTS; i++) {
        paths[6 + i] = options->exports[i];
    }
    return outputs_differ(in, paths, 6 + N_EXPORTS);
}

static bool is_stream(const char *path) {
    struct stat status;
    return strcmp(path, "-") == 0 && fstat(STDOUT_FILENO, &status) == 0 && !S_ISREG(status.st_mode);
}

const char *outputs_name_personal(const struct output_options *options) {
    for (int i = 0; i < N_EXPORTS; i++) {
        if (options->exports[i]) {
            return export_options[i];
        }
    }
    return options->report                                  ? "--report"
           : options->csv                                   ? "--csv"
           : options->events && !is_stream(options->events) ? "--events"
                                                            : NULL;
}

struct record_options outputs_record_options(const struct output_options *options,
                                             const struct source_info *info) {
    return (struct record_options){
        .video = {.width = info->width,
                  .height = info->height,
                  .rate_hz = info->rate_hz,
                  .time_base_num = info->time_base_num,
                  .time_base_den = info->time_base_den,
                  .choice = options->recording.choice},
        .limits = options->recording.limits,
        .overlay = true,
    };
}

static bool open_exports(struct outputs *outputs, const struct output_options *options) {
    bool good = true;
    for (int i = 0; good && i < N_EXPORTS; i++) {
        const char *path = options->exports[i];
        good = !path || export_open(&outputs->exports[i], (enum export_kind)i, path);
        outputs->keeps_timeline = outputs->keeps_timeline || path;
    }
    outputs->keeps_timeline = outputs->keeps_timeline || options->report;
    return good && (!options->report || (outputs->page = video_page_create(options->report)));
}

bool outputs_open(struct outputs *outputs, const struct output_options *options, bool live) {
    outputs->timeline = TIMELINE_EMPTY;
    return (!options->events || (outputs->events = events_create(options->events, live))) &&
           (!options->csv || (outputs->table = csv_create(options->csv, options->csv_landmarks))) &&
           (!options->frame_times || (outputs->times = frame_times_create(options->frame_times))) &&
           open_exports(outputs, options);
}

bool outputs_any(const struct outputs *outputs) {
    return outputs->events || outputs->table || outputs->times || outputs->keeps_timeline;
}

bool outputs_describe(struct outputs *outputs, const struct frame *frame, const char *source,
                      const char *model, const struct model_info *model_info,
                      const struct source_info *source_info) {
    char path[MODEL_PATH_LEN];
    struct provenance *of = &outputs->provenance;
    outputs->described = true;
    *of = (struct provenance){.source = source,
                              .threshold = model_info ? (double)model_info->threshold : NAN,
                              .rate_hz = source_info->rate_hz};
    snprintf(of->model, sizeof of->model, "%s", model_file_find(model, path));
    file_digest(of->model, of->model_sha256);
    outputs->failed = outputs->events && !events_begin(outputs->events, frame, of);
    return !outputs->failed;
}

static bool put(struct outputs *outputs, struct sink *sink, const struct frame *frame,
                const struct analysis *analysis) {
    bool good = !sink || sink_write(sink, frame, analysis);
    outputs->failed = outputs->failed || !good;
    return good;
}

// What frames and notices have in common.
static bool follow(struct outputs *outputs, const struct pipeline_item *item, bool is_frame) {
    const struct frame *frame = item->frame;
    double t = (double)frame->media_ns * 1e-9;
    outputs->last = (struct frame){.number = frame->number,
                                   .media_ns = frame->media_ns,
                                   .captured_ns = frame->captured_ns,
                                   .stand_in = frame->stand_in};
    presence_follow(&outputs->presence, t, item->analysis);
    if (outputs->keeps_timeline) {
        timeline_follow(&outputs->timeline, t, is_frame, item->analysis);
    }
    return put(outputs, outputs->events, frame, item->analysis);
}

bool outputs_note(struct outputs *outputs, const struct pipeline_item *item) {
    return follow(outputs, item, false);
}

bool outputs_write(struct outputs *outputs, const struct pipeline_item *item) {
    return follow(outputs, item, true) &&
           put(outputs, outputs->table, item->frame, item->analysis) &&
           (!outputs->page || video_page_add(outputs->page, item->frame, item->analysis));
}

// Without a frame there is nothing to say, not even of what.
static bool write_exports(struct outputs *outputs) {
    bool good = true;
    for (int i = 0; i < N_EXPORTS; i++) {
        struct text_output *out = &outputs->exports[i];
        bool written = outputs->described ? export_close(out, (enum export_kind)i,
                                                         &outputs->timeline, &outputs->provenance)
                                          : text_output_close(out);
        good = written && good;
    }
    if (outputs->page && outputs->described) {
        good = video_page_write(outputs->page, &outputs->timeline, &outputs->provenance) && good;
    }
    video_page_destroy(outputs->page);
    outputs->page = NULL;
    return good;
}

bool outputs_end(struct outputs *outputs) {
    bool good = true;
    if (presence_cut(&outputs->presence, &outputs->ends)) {
        double t = (double)outputs->last.media_ns * 1e-9;
        timeline_follow(&outputs->timeline, t, false, &outputs->ends);
        good = outputs->failed || put(outputs, outputs->events, &outputs->last, &outputs->ends);
    }
    return write_exports(outputs) && good;
}

bool outputs_note_recording(struct outputs *outputs, struct sink *recording,
                            const struct frame *frame) {
    struct record_start start;
    return !recording || !outputs->events || !record_take_start(recording, &start) ||
           events_write_recording(outputs->events, frame, (double)start.media_ns * 1e-9,
                                  start.file);
}

bool outputs_close(struct outputs *outputs) {
    bool good = write_exports(outputs);
    good = sink_close(outputs->events) && good;
    good = sink_close(outputs->table) && good;
    good = frame_times_close(outputs->times) && good;
    timeline_finish(&outputs->timeline);
    *outputs = (struct outputs){0};
    return good;
}
