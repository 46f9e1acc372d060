// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/outputs.h"

#include "app/sinks/csv.h"
#include "app/sinks/events.h"
#include "app/system/same_file.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool outputs_check(const struct output_options *options, const char *in, const char *other) {
    const char *paths[] = {options->record, options->events, options->csv, options->frame_times,
                           other};
    return outputs_differ(in, paths, sizeof paths / sizeof *paths);
}

static bool is_stream(const char *path) {
    struct stat status;
    return strcmp(path, "-") == 0 && fstat(STDOUT_FILENO, &status) == 0 && !S_ISREG(status.st_mode);
}

const char *outputs_name_personal(const struct output_options *options) {
    return options->csv                                     ? "--csv"
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

bool outputs_open(struct outputs *outputs, const struct output_options *options, bool live) {
    return (!options->events || (outputs->events = events_create(options->events, live))) &&
           (!options->csv || (outputs->table = csv_create(options->csv, options->csv_landmarks))) &&
           (!options->frame_times || (outputs->times = frame_times_create(options->frame_times)));
}

static bool put(struct outputs *outputs, struct sink *sink, const struct frame *frame,
                const struct analysis *analysis) {
    bool good = !sink || sink_write(sink, frame, analysis);
    outputs->failed = outputs->failed || !good;
    return good;
}

bool outputs_note(struct outputs *outputs, const struct pipeline_item *item) {
    const struct frame *frame = item->frame;
    outputs->last = (struct frame){
        .number = frame->number, .media_ns = frame->media_ns, .captured_ns = frame->captured_ns};
    presence_follow(&outputs->presence, (double)frame->media_ns * 1e-9, item->analysis);
    return put(outputs, outputs->events, frame, item->analysis);
}

bool outputs_write(struct outputs *outputs, const struct pipeline_item *item) {
    return outputs_note(outputs, item) && put(outputs, outputs->table, item->frame, item->analysis);
}

bool outputs_end(struct outputs *outputs) {
    return !presence_cut(&outputs->presence, &outputs->ends) || outputs->failed ||
           put(outputs, outputs->events, &outputs->last, &outputs->ends);
}

bool outputs_note_recording(struct outputs *outputs, struct sink *recording,
                            const struct frame *frame) {
    struct record_start start;
    return !recording || !outputs->events || !record_take_start(recording, &start) ||
           events_write_recording(outputs->events, frame, (double)start.media_ns * 1e-9,
                                  start.file);
}

bool outputs_close(struct outputs *outputs) {
    bool good = sink_close(outputs->events);
    good = sink_close(outputs->table) && good;
    good = frame_times_close(outputs->times) && good;
    *outputs = (struct outputs){0};
    return good;
}
