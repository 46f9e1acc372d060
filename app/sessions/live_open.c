// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_session_private.h"

#include "core/base/log.h"
#include "app/system/i18n.h"
#include "app/system/model_files.h"
#include "app/system/path_name.h"
#include "app/system/same_file.h"
#include "app/system/save_path.h"
#include "app/sinks/virtual_camera.h"
#include "app/sources/camera_list.h"

#include <SDL.h>
#include <string.h>

#define DEMO_RECORDING "smilecam-demo.mkv" // what a machine without a display gets to see
#define DEMO_RECORDING_S 20

static bool is_file(const struct session *s) {
    return s->place.driver == &source_file || s->place.driver == &source_folder;
}

static struct window_options window_options(struct session *s) {
    bool selfie = s->place.driver == &source_camera;
    snprintf(s->title, sizeof s->title, "%s%ssmilecam",
             is_file(s) ? path_base(s->place.argument) : "", is_file(s) ? " - " : "");
    return (struct window_options){
        .title = s->title,
        .width = s->info.width,
        .height = s->info.height,
        .display = s->options.display,
        .rotation = s->options.rotation,
        .fullscreen = s->options.fullscreen || s->options.kiosk,
        .exit_word = s->options.kiosk ? s->options.exit_word : NULL,
        .look = s->options.look,
        .mirrored = s->options.mirror == LIVE_YES || (s->options.mirror == LIVE_AUTO && selfie),
    };
}

bool live_adapt_window(struct session *s) {
    struct window_options options = window_options(s);
    return !s->window || window_adapt(s->window, &options);
}

static bool open_window(struct session *s) {
    struct window_options options = window_options(s);
    if (!live_adapt_window(s)) {
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
    struct camera_entry cameras[MAX_CAMERAS];
    if (s->info.warning[0]) {
        live_message_set(&s->message, "%s", s->info.warning);
    } else if (s->place.automatic && s->place.driver == &source_demo) {
        int n = camera_list(cameras, MAX_CAMERAS);
        camera_rank(cameras, n);
        if (n > 0 && cameras[0].problem[0]) {
            live_message_set(&s->message, "%s: %s", cameras[0].path, log_words(cameras[0].problem));
        } else {
            live_message_set(&s->message, _("no camera found; this is the demo face"));
        }
    }
}

// Without a display there must still be something to see.
static void do_without_window(struct session *s) {
    struct live_options *options = &s->options;
    options->headless = true;
    if (s->place.driver != &source_demo) {
        LOG(INFO, "no display: going on without a window%s",
            options->outputs.record ? "" : "; --record FILE keeps the pictures");
        return;
    }
    struct output_options *outputs = &options->outputs;
    outputs->record = outputs->record ? outputs->record : DEMO_RECORDING;
    options->duration_s = options->duration_s > 0 ? options->duration_s : DEMO_RECORDING_S;
    LOG(INFO, "no display: recording %g s of the demo face to %s instead", options->duration_s,
        outputs->record);
}

static void choose_pace(struct session *s) {
    s->live = s->info.live && s->place.driver != &source_demo;
    s->realtime = s->live || s->options.realtime == LIVE_YES ||
                  (s->options.realtime == LIVE_AUTO && !s->options.headless);
    s->newest = s->realtime && s->info.live;
    s->paced = s->realtime && !s->live;
}

struct record_options live_record_options(const struct session *s) {
    struct record_options options = outputs_record_options(&s->options.outputs, &s->info);
    options.video.live = s->newest;
    options.mirrored = s->options.mirror_recording;
    return options;
}

static bool start_recording(struct session *s) {
    struct record_options options = live_record_options(s);
    options.video.end_ns = s->info.live ? 0 : s->info.duration_ns;
    options.video.copy_from =
        s->place.driver == &source_file && !s->info.live ? s->place.argument : NULL;
    const char *path = s->options.outputs.record;
    return !path || live_recording_start(&s->recording, path, &options);
}

// Everything but the source.
static enum exit_code open_outputs(struct session *s) {
    enum exit_code code = live_kiosk_open(&s->kiosk, &s->options);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    if (!outputs_open(&s->outputs, &s->options.outputs, s->live) ||
        (s->options.pictures && !save_folder_ready(s->options.pictures)) || !start_recording(s)) {
        return EXIT_CODE_OUTPUT;
    }
    if (s->options.output &&
        !(s->virtual_camera = virtual_camera_create(s->options.output, s->info.width,
                                                    s->info.height, s->info.rate_hz))) {
        return EXIT_CODE_OUTPUT;
    }
    if (s->options.headless) {
        window_destroy(s->window);
        s->window = NULL;
    } else if (!open_window(s)) {
        return EXIT_CODE_USAGE;
    }
    report_trouble(s);
    return EXIT_CODE_OK;
}

static bool open_pipeline(struct session *s, struct source *source) {
    s->analyser = (struct analyser_options){
        .model = s->options.model,
        .landmarks = s->options.landmarks,
        .point = s->options.point,
        .min_face_px = s->options.min_face_px,
        .detector = s->options.detector,
        .all_landmarks = s->options.outputs.csv && s->options.outputs.csv_landmarks,
        .maps = &s->maps,
    };
    s->pipeline = pipeline_create(&(struct pipeline_options){
        .source = source,
        .place = s->live ? s->place : (struct source_place){0},
        .wanted = s->options.wanted,
        .driver = &analysis_faces,
        .driver_options = &s->analyser,
        .paced = s->paced,
        .newest = s->newest,
        .wait = s->options.wait,
        .resting = s->kiosk.closed,
    });
    return s->pipeline != NULL;
}

// A kiosk that is started before its camera waits for one.
static bool find_source(struct session *s) {
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
    };
}

static struct source *open_source(struct session *s) {
    if (s->kiosk.closed && may_wait(s)) {
        return NULL;
    }
    return may_wait(s) ? source_open_again(&s->place, &s->options.wanted)
                       : source_open_place(&s->place, &s->options.wanted);
}

enum exit_code live_open(struct session *s) {
    s->options.wanted.stays = !s->options.headless || s->options.duration_s > 0;
    if (!find_source(s)) {
        return EXIT_CODE_INPUT;
    }
    const char *in = s->place.driver == &source_file ? s->place.argument : NULL;
    if (s->place.driver == &source_camera && same_node(s->place.argument, s->options.output)) {
        LOG(ERROR, "%s: this is the camera, too; choose another --source or --output",
            s->options.output);
        return EXIT_CODE_USAGE;
    }
    if (!outputs_check(&s->options.outputs, in, s->options.counts, s->options.health) ||
        !model_file_readable(s->options.model)) {
        return EXIT_CODE_USAGE;
    }
    // Before libraries have threads, which a fork leaves behind with what they hold.
    if (!s->options.headless && !s->options.kiosk && !window_possible()) {
        do_without_window(s);
    }
    live_kiosk_look_at_clock(&s->kiosk, &s->options);
    struct source *source = open_source(s);
    if (!source && !may_wait(s)) {
        return EXIT_CODE_INPUT;
    }
    if (!source && !s->kiosk.closed) {
        LOG(WARNING, "a kiosk waits for its camera");
    }
    s->info = source ? source->info : info_of_none(&s->options.wanted);
    choose_pace(s);
    if (s->options.wanted.rotation && !s->live && !s->place.automatic) {
        LOG(WARNING, "--camera-rotation turns cameras only; %s stays as it is", s->options.source);
    }
    enum exit_code code = open_outputs(s);
    if (code != EXIT_CODE_OK) {
        source_close(source);
        return code;
    }
    return open_pipeline(s, source) ? EXIT_CODE_OK : EXIT_CODE_USAGE;
}

bool live_close(struct session *s) {
    if (s->pipeline) {
        pipeline_release(s->pipeline, &s->shown);
    }
    if (!s->restart) {
        window_destroy(s->window);
        s->window = NULL;
    }
    bool good = live_recording_stop(&s->recording, &s->message);
    good = sink_close(s->virtual_camera) && good;
    s->virtual_camera = NULL;
    good = outputs_close(&s->outputs) && good;
    good = live_kiosk_close(&s->kiosk) && good;
    live_next_camera_end(&s->next_camera);
    pipeline_destroy(s->pipeline);
    return good;
}
