// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_session_private.h"

#include "core/base/log.h"
#include "app/system/exit_codes.h"
#include "app/system/i18n.h"
#include "app/system/model_files.h"
#include "app/system/same_file.h"
#include "app/system/save_path.h"
#include "app/sinks/csv.h"
#include "app/sinks/events.h"
#include "app/sources/camera_list.h"

#include <SDL.h>
#include <string.h>

#define DEMO_RECORDING "smilecam-demo.mkv" // what a machine without a display gets to see
#define DEMO_RECORDING_S 20

static bool open_window(struct session *s) {
    bool selfie = s->place.driver == &source_camera;
    struct window_options options = {
        .title = "smilecam",
        .width = s->info.width,
        .height = s->info.height,
        .display = s->options.display,
        .rotation = s->options.rotation,
        .fullscreen = s->options.fullscreen || s->options.kiosk,
        .exit_word = s->options.kiosk ? s->options.exit_word : NULL,
        .mirrored = s->options.mirror == LIVE_YES || (s->options.mirror == LIVE_AUTO && selfie),
    };
    if (s->window && !window_adapt(s->window, &options)) {
        window_destroy(s->window);
        s->window = NULL;
    }
    s->window = s->window ? s->window : window_create(&options);
    if (s->window && s->options.kiosk) {
        SDL_ShowCursor(SDL_DISABLE);
    }
    return s->window != NULL;
}

// What went wrong on the way to a picture, for those who see no terminal.
static void report_trouble(struct session *s) {
    struct camera_entry camera;
    if (s->info.remark[0]) {
        live_message(s, "%s", s->info.remark);
    } else if (s->place.automatic && s->place.driver == &source_demo) {
        const char *problem = camera_list(&camera, 1) > 0 ? camera_probe(camera.path) : NULL;
        if (problem) {
            live_message(s, "%s: %s", camera.path, problem);
        } else {
            live_message(s, _("no camera found; this is the demo face"));
        }
    }
}

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
}

// Everything but the source. Sets s->code on failure.
static bool open_outputs(struct session *s) {
    if (!live_kiosk_open(s)) {
        return false;
    }
    s->code = EXIT_CODE_OUTPUT;
    if (s->options.events && !(s->events = events_create(s->options.events, s->live))) {
        return false;
    }
    if (s->options.pictures && !save_folder_ready(s->options.pictures)) {
        return false;
    }
    if (s->options.csv && !(s->table = csv_create(s->options.csv, s->options.csv_landmarks))) {
        return false;
    }
    if (s->options.frame_times && !(s->times = frame_times_create(s->options.frame_times))) {
        return false;
    }
    const char *sound = s->place.driver == &source_file && !s->info.live ? s->place.argument : NULL;
    if (s->options.record &&
        !live_recording_start(s, s->options.record, sound, s->info.width, s->info.height)) {
        return false;
    }
    s->code = EXIT_CODE_USAGE;
    if (s->options.headless) {
        window_destroy(s->window);
        s->window = NULL;
    } else if (!open_window(s)) {
        return false;
    }
    report_trouble(s);
    s->code = EXIT_CODE_OK;
    return true;
}

static bool open_pipeline(struct session *s, struct source *source) {
    s->analyser = (struct analyser_options){
        .model = s->options.model,
        .landmarks = s->options.landmarks,
        .point = s->options.point,
        .min_face_px = s->options.min_face_px,
        .detector = s->options.detector,
        .maps = &s->maps,
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
    const char *outputs[] = {s->options.record, s->options.events, s->options.csv,
                             s->options.frame_times, s->options.counts};
    return outputs_differ(in, outputs, sizeof outputs / sizeof *outputs);
}

// A kiosk that is started before its camera waits for one.
static bool find_source(struct session *s) {
    s->code = EXIT_CODE_INPUT;
    if (s->options.kiosk && source_is_absent_camera(s->options.source)) {
        source_await_camera(s->options.source, &s->place);
        return true;
    }
    return source_find(s->options.source, &s->place);
}

static bool may_wait(const struct session *s) {
    return s->options.kiosk && s->place.driver == &source_camera;
}

static struct source_info info_of_none(const struct source_options *wanted) {
    int width = wanted->width ? wanted->width : 1280,
        height = wanted->height ? wanted->height : 720;
    bool sideways = wanted->rotation % 180 != 0;
    return (struct source_info){
        .width = sideways ? height : width,
        .height = sideways ? width : height,
        .rate_hz = wanted->rate_hz,
        .live = true,
        .time_base_num = 1,
        .time_base_den = 1000000,
        .aspect_num = 1,
        .aspect_den = 1,
    };
}

static struct source *open_source(struct session *s) {
    return may_wait(s) ? source_open_again(&s->place, &s->options.wanted)
                       : source_open_place(&s->place, &s->options.wanted);
}

bool live_open(struct session *s) {
    if (!find_source(s)) {
        return false;
    }
    s->code = EXIT_CODE_USAGE;
    if (!check_paths(s) || !model_file_readable(s->options.model)) {
        return false;
    }
    // Before libraries have threads, which a fork leaves behind with what they hold.
    if (!s->options.headless && !s->options.kiosk && !window_possible()) {
        do_without_window(s);
    }
    s->code = EXIT_CODE_INPUT;
    struct source *source = open_source(s);
    if (!source && !may_wait(s)) {
        return false;
    }
    if (!source) {
        LOG(WARNING, "a kiosk waits for its camera");
    }
    s->info = source ? source->info : info_of_none(&s->options.wanted);
    choose_pace(s);
    if (s->options.wanted.rotation && !s->live && !s->place.automatic) {
        LOG(WARNING, "--camera-rotation turns cameras only; %s stays as it is", s->options.source);
    }
    if (!open_outputs(s)) {
        source_close(source);
        return false;
    }
    return open_pipeline(s, source);
}

void live_close(struct session *s) {
    if (s->pipeline) {
        pipeline_release(s->pipeline, &s->shown);
    }
    if (!s->again) {
        window_destroy(s->window);
        s->window = NULL;
    }
    bool good = live_recording_stop(s);
    good = sink_close(s->events) && good;
    good = sink_close(s->table) && good;
    good = frame_times_close(s->times) && good;
    good = sink_close(s->counts) && good;
    live_next_camera_end(s);
    pipeline_destroy(s->pipeline);
    if (!good && s->code == EXIT_CODE_OK) {
        s->code = EXIT_CODE_OUTPUT;
    }
}
