// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/outputs.h"

#include "app/sinks/csv.h"
#include "app/sinks/events.h"
#include "app/system/same_file.h"

bool outputs_check(const struct output_options *options, const char *in, const char *other) {
    const char *paths[] = {options->record, options->events, options->csv, options->frame_times,
                           other};
    return outputs_differ(in, paths, sizeof paths / sizeof *paths);
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

bool outputs_write(struct outputs *outputs, const struct pipeline_item *item) {
    return (!outputs->events || sink_write(outputs->events, item->frame, item->analysis)) &&
           (!outputs->table || sink_write(outputs->table, item->frame, item->analysis));
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
