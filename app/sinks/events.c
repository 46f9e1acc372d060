// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/events.h"

#include "core/base/log.h"
#include "app/system/json.h"
#include "app/sinks/text_output.h"

#include <stdlib.h>
#include <string.h>

struct events_sink {
    struct sink base;
    struct text_output lines;
    bool live;
};

const char *events_name(enum smile_event_kind kind) {
    switch (kind) {
    case EVENT_SMILE_START:
        return "smile_start";
    case EVENT_SMILE_END:
        return "smile_end";
    case EVENT_FACE_ENTER:
        return "face_enter";
    case EVENT_FACE_LEAVE:
        return "face_leave";
    case EVENT_CAMERA_LOST:
        return "camera_lost";
    case EVENT_CAMERA_BACK:
        return "camera_back";
    case EVENT_CLOSED:
        return "closed";
    case EVENT_OPENED:
        return "opened";
    }
    return "";
}

static json_t *begin_line(const char *event, double t) {
    return json_pack("{s:i, s:o, s:s}", "v", 1, "t", json_rounded(t, 3), "event", event);
}

// Takes the line. False (logged) when it cannot be written.
static bool end_line(struct events_sink *sink, const struct frame *frame, double t, json_t *line) {
    if (frame->stand_in) {
        json_object_set_new(line, "demo", json_true());
    }
    if (sink->live) {
        char wall[WALL_TIME_LEN];
        wall_text_at(frame, t, wall);
        json_object_set_new(line, "wall", json_string(wall));
    }
    return json_write_line(line, sink->lines.file) || text_output_fail(&sink->lines);
}

static json_t *describe(const struct smile_event *event) {
    json_t *line = begin_line(events_name(event->kind), event->t);
    if (event->face > 0) {
        json_object_set_new(line, "face", json_integer(event->face));
        json_object_set_new(line, "score", json_rounded((double)event->score, 3));
        json_object_set_new(line, "box", json_box(&event->box));
    }
    if (event->kind == EVENT_SMILE_END) {
        json_object_set_new(line, "duration", json_rounded(event->duration_s, 3));
        json_object_set_new(line, "peak", json_rounded((double)event->peak, 3));
    }
    if (event->cut) {
        json_object_set_new(line, "cut", json_true());
    }
    return line;
}

bool events_begin(struct sink *base, const struct frame *frame,
                  const struct provenance *provenance) {
    double t = (double)frame->media_ns * 1e-9;
    json_t *line = begin_line("session", t);
    provenance_describe(provenance, line);
    return end_line((struct events_sink *)base, frame, t, line);
}

static bool events_write(struct sink *base, const struct frame *frame,
                         const struct analysis *analysis) {
    bool good = true;
    for (int i = 0; good && i < analysis->n_events; i++) {
        const struct smile_event *event = &analysis->events[i];
        good = end_line((struct events_sink *)base, frame, event->t, describe(event));
    }
    return good;
}

bool events_write_recording(struct sink *base, const struct frame *frame, double t,
                            const char *file) {
    json_t *line = begin_line("recording_start", t);
    json_object_set_new(line, "file", json_text(file));
    return end_line((struct events_sink *)base, frame, t, line);
}

static bool events_close(struct sink *base) {
    struct events_sink *sink = (struct events_sink *)base;
    bool good = text_output_close(&sink->lines);
    free(sink);
    return good;
}

static const struct sink_driver events_driver = {
    .name = "events",
    .write = events_write,
    .close = events_close,
};

struct sink *events_create(const char *path, bool live) {
    struct events_sink *sink = calloc(1, sizeof *sink);
    if (!sink) {
        log_no_memory("writing events");
        return NULL;
    }
    sink->base.driver = &events_driver;
    sink->live = live;
    if (!text_output_open(&sink->lines, path, "events")) {
        free(sink);
        return NULL;
    }
    return &sink->base;
}
