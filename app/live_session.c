// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "live_session.h"

#include "../core/log.h"
#include "analyser.h"
#include "exit_codes.h"
#include "model_path.h"
#include "pipeline.h"
#include "same_file.h"
#include "save_path.h"
#include "sinks/events.h"
#include "sinks/record.h"
#include "sinks/window.h"
#include "sources/camera_list.h"
#include "stop_signal.h"

#include <SDL.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)
#define WINDOW_WAIT_NS (NS_PER_S / 20) // between two looks at the keyboard when no picture comes
#define HEADLESS_WAIT_NS (NS_PER_S / 5)
#define MESSAGE_NS (3 * NS_PER_S)
#define DEMO_RECORDING "smilecam-demo.mkv" // what a machine without a display gets to see
#define DEMO_RECORDING_S 20

struct session {
    struct live_options options;
    struct source_place place;
    struct source_info info;
    struct analyser_options analyser;
    bool live;     // frames come when they come: a camera or a network address
    bool realtime; // at the pace of the medium
    bool newest;   // frames that cannot be dealt with in time are dropped

    struct pipeline *pipeline;
    struct window *window; // NULL: headless
    struct sink *events, *recording;
    char recording_path[PATH_MAX];
    int64_t recording_since_ns; // media time; -1: nothing recorded yet

    struct pipeline_item shown; // in the window
    char message[256];
    int64_t message_until_ns;
    int n_smiles;
    int64_t media_ns; // of the last frame
    int64_t n_frames;
    int64_t give_up_ns; // CLOCK_MONOTONIC; for a live source that gives no frames any more
    bool paused, over;
    int code;
};

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void finish(struct session *s, int code) {
    s->over = true;
    s->code = code;
}

__attribute__((format(printf, 2, 3))) static void say(struct session *s, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(s->message, sizeof s->message, format, arguments);
    va_end(arguments);
    s->message_until_ns = now_ns() + MESSAGE_NS;
}

// ---- recording ----

// sound_from: a file whose sound is copied along, or NULL
static bool start_recording(struct session *s, const char *path, const char *sound_from, int width,
                            int height) {
    snprintf(s->recording_path, sizeof s->recording_path, "%s", path);
    s->recording_since_ns = -1;
    s->recording = record_create(s->recording_path, &(struct record_options){
                                                        .width = width,
                                                        .height = height,
                                                        .rate_hz = s->info.rate_hz,
                                                        .time_base_num = s->info.time_base_num,
                                                        .time_base_den = s->info.time_base_den,
                                                        .aspect_num = s->info.aspect_num,
                                                        .aspect_den = s->info.aspect_den,
                                                        .copy_from = sound_from,
                                                        .live = s->newest,
                                                        .overlay = true,
                                                    });
    return s->recording != NULL;
}

static double recorded_s(const struct session *s) {
    return s->recording_since_ns < 0 ? 0 : (double)(s->media_ns - s->recording_since_ns) * 1e-9;
}

// False (logged) when the file could not be completed.
static bool stop_recording(struct session *s) {
    if (!s->recording) {
        return true;
    }
    bool good = sink_close(s->recording);
    s->recording = NULL;
    if (good) {
        LOG(INFO, "recorded %.1f s: %s", recorded_s(s), s->recording_path);
        say(s, "saved %s", s->recording_path);
    } else {
        say(s, "the recording is not complete");
    }
    return good;
}

static void record_frame(struct session *s, const struct pipeline_item *item) {
    if (!s->recording) {
        return;
    }
    if (s->recording_since_ns < 0) {
        s->recording_since_ns = item->frame->media_ns;
    }
    if (!sink_write(s->recording, item->frame, item->analysis)) {
        stop_recording(s);
        s->code = EXIT_CODE_OUTPUT; // what the window shows goes on
        s->over = s->over || !s->window;
    }
}

static void toggle_recording(struct session *s) {
    if (s->recording) {
        stop_recording(s);
        return;
    }
    char path[PATH_MAX];
    save_path(SAVE_VIDEO, path, sizeof path);
    const struct frame *frame = s->shown.frame;
    if (frame && start_recording(s, path, NULL, frame->picture.width, frame->picture.height)) {
        say(s, "recording %s", path);
    } else {
        say(s, "cannot record");
    }
}

// ---- what the user asks for ----

static void take_snapshot(struct session *s) {
    struct image screen = {0};
    char path[PATH_MAX];
    save_path(SAVE_PICTURE, path, sizeof path);
    if (window_snapshot(s->window, &screen) && picture_write(path, &screen)) {
        say(s, "saved %s", path);
    } else {
        say(s, "cannot save the picture");
    }
    image_finish(&screen);
}

static void toggle_pause(struct session *s) {
    s->paused = !s->paused;
    pipeline_pause(s->pipeline, s->paused);
}

// The camera after the present one, in the order of "smilecam devices". False when there is no
// other.
static bool find_next_camera(const struct session *s, struct source_place *place) {
    struct camera_entry cameras[MAX_CAMERAS];
    int n = camera_list(cameras, MAX_CAMERAS), present = -1;
    for (int i = 0; i < n; i++) {
        if (strcmp(s->place.argument, cameras[i].path) == 0 ||
            strcmp(s->place.argument, cameras[i].stable) == 0) {
            present = i;
        }
    }
    return n > (present >= 0) && source_find(cameras[(present + 1) % n].path, place);
}

static void next_camera(struct session *s) {
    struct source_place place;
    struct source *source = NULL;
    if (!s->newest || !find_next_camera(s, &place)) {
        say(s, "there is no other camera");
        return;
    }
    source = source_open_place(&place, &s->options.wanted);
    if (!source) {
        say(s, "the next camera does not open");
        return;
    }
    s->info = source->info;
    s->place = place;
    say(s, "%s", s->info.description);
    pipeline_switch(s->pipeline, source, &place);
}

static void handle_input(struct session *s) {
    struct window_requests requests;
    window_poll(s->window, &requests);
    if (requests.quit) {
        finish(s, s->code);
    }
    if (requests.snapshot) {
        take_snapshot(s);
    }
    if (requests.toggle_record) {
        toggle_recording(s);
    }
    if (requests.toggle_pause) {
        toggle_pause(s);
    }
    if (requests.next_camera) {
        next_camera(s);
    }
}

// ---- what the pipeline gives ----

static void tell_smiles(const struct analysis *analysis) {
    for (int i = 0; i < analysis->n_events; i++) {
        const struct smile_event *event = &analysis->events[i];
        if (event->kind == EVENT_SMILE_START) {
            LOG(INFO, "%7.2f s  face %d smiles", event->t, event->face);
        } else if (event->kind == EVENT_SMILE_END) {
            LOG(INFO, "%7.2f s  face %d has smiled for %.1f s", event->t, event->face,
                event->duration_s);
        }
    }
}

static void write_events(struct session *s, const struct pipeline_item *item) {
    if (s->events && !sink_write(s->events, item->frame, item->analysis)) {
        finish(s, EXIT_CODE_OUTPUT);
    } else if (!s->events && !s->window) {
        tell_smiles(item->analysis);
    }
}

static bool is_past_the_end(const struct session *s, const struct frame *frame) {
    return s->options.duration_s > 0 && (double)frame->media_ns * 1e-9 >= s->options.duration_s;
}

static void show_instead(struct session *s, struct pipeline_item *item) {
    struct pipeline_item old = s->shown;
    s->shown = *item;
    *item = old;
}

static void handle_frame(struct session *s, struct pipeline_item *item) {
    if (is_past_the_end(s, item->frame)) {
        finish(s, s->code);
        return;
    }
    s->n_frames++;
    s->media_ns = item->frame->media_ns;
    s->n_smiles = item->analysis->n_smiles;
    write_events(s, item);
    record_frame(s, item);
    if (s->window && !s->paused) {
        show_instead(s, item);
    }
}

static void show_preview(struct session *s) {
    struct pipeline_item item;
    if (s->window && pipeline_preview(s->pipeline, &item)) {
        show_instead(s, &item);
        pipeline_release(s->pipeline, &item);
    }
}

static void check_time(struct session *s) {
    if (s->give_up_ns > 0 && now_ns() > s->give_up_ns) {
        finish(s, s->code);
    }
}

static void handle_item(struct session *s, enum pipeline_status status,
                        struct pipeline_item *item) {
    switch (status) {
    case PIPELINE_FRAME:
        handle_frame(s, item);
        break;
    case PIPELINE_NOTICE:
        write_events(s, item);
        pipeline_release(s->pipeline, &s->shown);
        break;
    case PIPELINE_TIMEOUT:
        show_preview(s);
        check_time(s);
        break;
    case PIPELINE_END:
        finish(s, s->code);
        break;
    case PIPELINE_LOST:
        finish(s, s->live           ? EXIT_CODE_CAMERA
                  : s->n_frames > 0 ? EXIT_CODE_PARTIAL
                                    : EXIT_CODE_INPUT);
        break;
    case PIPELINE_DAMAGED:
        finish(s, s->n_frames > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_INPUT);
        break;
    case PIPELINE_BROKEN:
        finish(s, EXIT_CODE_USAGE);
        break;
    }
    pipeline_release(s->pipeline, item);
}

// ---- the window ----

static const char *present_message(const struct session *s,
                                   const struct pipeline_figures *figures) {
    if (now_ns() < s->message_until_ns) {
        return s->message;
    }
    if (figures->lost) {
        return "the camera is gone - waiting for it to come back";
    }
    return figures->ready ? NULL : "getting ready";
}

static void show(struct session *s) {
    static const struct analysis nothing;
    struct pipeline_figures figures = pipeline_get_figures(s->pipeline);
    const struct frame *frame = s->shown.frame;
    const struct analysis *analysis = frame ? s->shown.analysis : &nothing;
    struct overlay_status status = {
        .recording = s->recording != NULL,
        .paused = s->paused,
        .recording_s = s->recording ? recorded_s(s) : 0,
        .n_smiles = s->n_smiles,
        .capture_hz = figures.capture_hz,
        .analysis_hz = figures.analysis_hz,
        .find_ms = (double)analysis->find_ns * 1e-6,
        .classify_ms = (double)analysis->classify_ns * 1e-6,
        .age_ms = frame ? (double)(now_ns() - frame->captured_ns) * 1e-6 : 0,
        .dropped = figures.n_dropped,
        .source = s->info.description,
        .model = figures.analyser,
        .message = present_message(s, &figures),
    };
    window_show(s->window, frame, analysis, &status);
}

static bool open_window(struct session *s) {
    bool selfie = s->place.driver == &source_camera;
    s->window = window_create(&(struct window_options){
        .title = "smilecam",
        .width = s->info.width,
        .height = s->info.height,
        .fullscreen = s->options.fullscreen || s->options.kiosk,
        .mirrored = s->options.mirror == LIVE_YES || (s->options.mirror == LIVE_AUTO && selfie),
    });
    if (s->window && s->options.kiosk) {
        SDL_ShowCursor(SDL_DISABLE);
    }
    return s->window != NULL;
}

// ---- beginning and end ----

// Without a display there must still be something to see.
static void do_without_window(struct session *s) {
    struct live_options *options = &s->options;
    options->headless = true;
    if (s->place.driver != &source_demo) {
        LOG(INFO, "no display: going on without a window%s",
            options->record ? "" : "; --record FILE keeps the pictures");
        return;
    }
    options->record = options->record ? options->record : DEMO_RECORDING;
    options->duration_s = options->duration_s > 0 ? options->duration_s : DEMO_RECORDING_S;
    LOG(INFO, "no display: recording %g s of the demo face to %s instead", options->duration_s,
        options->record);
}

static void choose_pace(struct session *s) {
    s->live = s->info.live && s->place.driver != &source_demo;
    s->realtime = s->live || s->options.realtime == LIVE_YES ||
                  (s->options.realtime == LIVE_AUTO && !s->options.headless);
    s->newest = s->realtime && s->info.live;
    if (s->live && s->options.duration_s > 0) {
        s->give_up_ns = now_ns() + (int64_t)((s->options.duration_s + 2) * 1e9);
    }
}

// Everything but the source. Sets s->code on failure.
static bool open_outputs(struct session *s) {
    s->code = EXIT_CODE_OUTPUT;
    if (s->options.events && !(s->events = events_create(s->options.events, s->live))) {
        return false;
    }
    const char *sound = s->place.driver == &source_file && !s->info.live ? s->place.argument : NULL;
    if (s->options.record &&
        !start_recording(s, s->options.record, sound, s->info.width, s->info.height)) {
        return false;
    }
    s->code = EXIT_CODE_USAGE;
    if (!s->options.headless && !open_window(s)) {
        return false;
    }
    s->code = EXIT_CODE_OK;
    return true;
}

static bool open_pipeline(struct session *s, struct source *source) {
    s->analyser = (struct analyser_options){
        .model = s->options.model,
        .min_face_px = s->options.min_face_px,
        .detector = s->options.detector,
        .deterministic = !s->newest,
    };
    s->pipeline = pipeline_create(&(struct pipeline_options){
        .source = source,
        .place = s->live ? s->place : (struct source_place){0},
        .wanted = s->options.wanted,
        .driver = &analysis_faces,
        .driver_options = &s->analyser,
        .paced = s->realtime && !s->live,
        .newest = s->newest,
        .wait = s->options.wait,
    });
    s->code = s->pipeline ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    return s->pipeline != NULL;
}

// An output must not be the input, nor the other output.
static bool check_paths(const struct session *s) {
    const char *in = s->place.driver == &source_file ? s->place.argument : NULL;
    const char *record = s->options.record, *events = s->options.events;
    if (same_file(in, record) || same_file(in, events)) {
        LOG(ERROR, "%s: this is the input; choose another name for the output", in);
        return false;
    }
    if (record && events && (strcmp(record, events) == 0 || same_file(record, events))) {
        LOG(ERROR, "%s: the recording and the events need two files", record);
        return false;
    }
    return true;
}

static bool open_session(struct session *s) {
    s->code = EXIT_CODE_INPUT;
    if (!source_find(s->options.source, &s->place)) {
        return false;
    }
    s->code = EXIT_CODE_USAGE;
    if (!check_paths(s) || !model_path_readable(s->options.model)) {
        return false;
    }
    s->code = EXIT_CODE_INPUT;
    struct source *source = source_open_place(&s->place, &s->options.wanted);
    if (!source) {
        return false;
    }
    s->info = source->info;
    if (!s->options.headless && !window_possible()) {
        do_without_window(s);
    }
    choose_pace(s);
    if (!open_outputs(s)) {
        source_close(source);
        return false;
    }
    return open_pipeline(s, source);
}

static void run(struct session *s) {
    int64_t wait_ns = s->window ? WINDOW_WAIT_NS : HEADLESS_WAIT_NS;
    while (!s->over) {
        struct pipeline_item item;
        handle_item(s, pipeline_take(s->pipeline, wait_ns, &item), &item);
        if (stop_signal_raised()) {
            finish(s, EXIT_CODE_INTERRUPTED);
        }
        if (s->window && !s->over) {
            show(s);
            handle_input(s);
        }
    }
}

static void close_session(struct session *s) {
    if (s->pipeline) {
        pipeline_release(s->pipeline, &s->shown);
    }
    window_destroy(s->window);
    bool good = stop_recording(s);
    good = sink_close(s->events) && good;
    pipeline_destroy(s->pipeline);
    if (!good && s->code == EXIT_CODE_OK) {
        s->code = EXIT_CODE_OUTPUT;
    }
}

int live_session_run(const struct live_options *options) {
    struct session *s = calloc(1, sizeof *s);
    if (!s) {
        LOG(ERROR, "not enough memory to start");
        return EXIT_CODE_USAGE;
    }
    s->options = *options;
    stop_signal_install();
    if (open_session(s)) {
        run(s);
    } else if (stop_signal_raised()) {
        s->code = EXIT_CODE_INTERRUPTED;
    }
    close_session(s);
    int code = s->code;
    free(s);
    return code;
}
