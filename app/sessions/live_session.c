// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/log_limiter.h"
#include "app/sessions/live_session_private.h"

#include "core/base/log.h"
#include "app/system/exit_codes.h"
#include "app/system/i18n.h"
#include "app/system/service_manager.h"
#include "app/system/signals.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_NS (NS_PER_S / 20) // between two looks at keys and signals when no picture comes
#define MOST_AT_ONCE 4          // results, between two pictures shown
#define MESSAGE_NS (3 * NS_PER_S)

void live_finish(struct session *s, int code) {
    s->over = true;
    s->code = code;
}

void live_message(struct session *s, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(s->message, sizeof s->message, format, arguments);
    va_end(arguments);
    s->message_until_ns = clock_now_ns() + MESSAGE_NS;
}

// ---- what the user asks for ----

static void toggle_pause(struct session *s) {
    s->paused = !s->paused;
    pipeline_pause(s->pipeline, s->paused);
}

static void handle_input(struct session *s) {
    struct window_requests requests;
    window_poll(s->window, &requests);
    if (requests.quit) {
        live_finish(s, s->code);
    }
    if (requests.snapshot) {
        live_snapshot(s);
    }
    if (requests.toggle_record) {
        live_recording_toggle(s);
    }
    if (requests.toggle_pause) {
        toggle_pause(s);
    }
    if (requests.toggle_maps) {
        s->maps = !s->maps;
    }
    if (requests.next_camera) {
        live_next_camera_begin(s);
    }
    live_next_camera_take(s);
}

// ---- what the pipeline gives ----

static void report_smiles(const struct analysis *analysis) {
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
        live_finish(s, EXIT_CODE_OUTPUT);
    } else if (!s->events && !s->window) {
        report_smiles(item->analysis);
    }
}

static void write_table(struct session *s, const struct pipeline_item *item) {
    if (s->table && !sink_write(s->table, item->frame, item->analysis)) {
        live_finish(s, EXIT_CODE_OUTPUT);
    }
}

// What happens now is counted from the first picture that was seen, whatever getting ready took.
static bool is_past_the_end(struct session *s, const struct frame *frame) {
    if (s->newest && s->n_frames == 0) {
        s->since_ns = frame->media_ns;
    }
    double passed_s = (double)(frame->media_ns - s->since_ns) * 1e-9;
    return s->options.duration_s > 0 && passed_s >= s->options.duration_s;
}

static void show_instead(struct session *s, struct pipeline_item *item) {
    struct pipeline_item old = s->shown;
    s->shown = *item;
    *item = old;
}

static void handle_frame(struct session *s, struct pipeline_item *item) {
    if (is_past_the_end(s, item->frame)) {
        live_finish(s, s->code);
        return;
    }
    s->n_frames++;
    s->media_ns = item->frame->media_ns;
    s->n_smiles = item->analysis->n_smiles;
    live_watch_picture(s, item->frame);
    write_events(s, item);
    write_table(s, item);
    live_kiosk_count(s, item);
    live_recording_write(s, item);
    live_shutter_update(s, item);
    if (s->window && !s->paused) {
        show_instead(s, item);
        s->is_new = true;
    } else if (s->times) {
        frame_times_add(s->times, item->frame, item->analysis);
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
    if (!s->live || s->options.duration_s <= 0 || !pipeline_get_figures(s->pipeline).ready) {
        return;
    }
    int64_t now = clock_now_ns();
    if (s->give_up_ns == 0) {
        s->give_up_ns = now + (int64_t)((s->options.duration_s + 2) * 1e9);
    }
    if (now > s->give_up_ns) {
        live_finish(s, s->code);
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
        live_recording_note(s, item);
        pipeline_release(s->pipeline, &s->shown);
        break;
    case PIPELINE_TIMEOUT:
        show_preview(s);
        check_time(s);
        break;
    case PIPELINE_END:
        live_finish(s, s->code);
        break;
    case PIPELINE_LOST:
        live_finish(s, s->live           ? EXIT_CODE_CAMERA
                       : s->n_frames > 0 ? EXIT_CODE_PARTIAL
                                         : EXIT_CODE_INPUT);
        break;
    case PIPELINE_DAMAGED:
        live_finish(s, s->n_frames > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_INPUT);
        break;
    case PIPELINE_BROKEN:
        live_finish(s, EXIT_CODE_USAGE);
        break;
    }
    pipeline_release(s->pipeline, item);
}

// ---- the window ----

static const char *present_message(const struct session *s,
                                   const struct pipeline_figures *figures) {
    if (s->next_camera.running) {
        return _("opening the next camera");
    }
    if (clock_now_ns() < s->message_until_ns) {
        return s->message;
    }
    if (figures->lost) {
        return _("the camera is gone - waiting for it to come back");
    }
    return figures->ready ? NULL : _("getting ready");
}

static void show(struct session *s) {
    static const struct analysis nothing;
    struct pipeline_figures figures = pipeline_get_figures(s->pipeline);
    const struct frame *frame = s->shown.frame;
    const struct analysis *analysis = frame ? s->shown.analysis : &nothing;
    if (s->maps && figures.model && figures.model->map_width == 0) {
        s->maps = false;
        live_message(s, _("this model cannot show where it looks"));
    }
    struct overlay_status status = {
        .recording = s->recording != NULL,
        .paused = s->paused,
        .maps = s->maps,
        .recording_s = s->recording ? live_recorded_s(s) : 0,
        .n_smiles = s->n_smiles,
        .capture_hz = figures.capture_hz,
        .analysis_hz = figures.analysis_hz,
        .grey_ms = (double)analysis->grey_ns * 1e-6,
        .find_ms = (double)analysis->find_ns * 1e-6,
        .classify_ms = (double)analysis->classify_ns * 1e-6,
        .age_ms = frame ? (double)(clock_now_ns() - frame->captured_ns) * 1e-6 : 0,
        .dropped = figures.n_dropped,
        .source = s->info.description,
        .model = figures.model ? figures.model->description : NULL,
        .message = present_message(s, &figures),
    };
    live_shutter_show(s, &status);
    live_kiosk_show(s, &status);
    window_show(s->window, frame, analysis, &status);
    if (s->is_new && frame && s->times) {
        frame_times_add(s->times, frame, analysis);
    }
    s->is_new = false;
}

// ---- the whole ----

// The settings have changed: shows that it takes a while, and ends this session for another.
static void begin_anew(struct session *s) {
    static const struct analysis nothing;
    if (!s->reload(s->reread_arg, &s->next)) {
        LOG(WARNING, "the settings stay as they were");
        return;
    }
    service_manager_send("RELOADING=1");
    if (s->window) {
        pipeline_release(s->pipeline, &s->shown);
        window_show(s->window, NULL, &nothing,
                    &(struct overlay_status){.message = _("getting ready")});
    }
    s->again = true;
    live_finish(s, s->code);
}

// Waits for the next result, and takes what has come behind it, so that a display slower than the
// camera shows the newest picture.
static void take_results(struct session *s) {
    enum pipeline_status status = PIPELINE_FRAME;
    int most = s->newest && s->window ? MOST_AT_ONCE : 1;
    for (int i = 0; i < most && status == PIPELINE_FRAME && !s->over; i++) {
        struct pipeline_item item;
        status = pipeline_take(s->pipeline, i == 0 ? WAIT_NS : 0, &item);
        handle_item(s, status, &item);
    }
}

static void run(struct session *s) {
    while (!s->over) {
        take_results(s);
        if (stop_signal_raised()) {
            live_finish(s, EXIT_CODE_INTERRUPTED);
        }
        if (s->window && !s->over) {
            show(s);
            handle_input(s);
        }
        live_service_tell(s);
        log_limiter_tick_logging();
        if (!s->over && hangup_raised()) {
            begin_anew(s);
        }
    }
}

// From opening to closing. False when it did not open.
static bool run_once(struct session *s) {
    bool good = live_open(s);
    if (good) {
        run(s);
    } else if (stop_signal_raised()) {
        s->code = EXIT_CODE_INTERRUPTED;
    }
    live_close(s);
    return good || stop_signal_raised();
}

static void renew(struct session *s, const struct live_options *options) {
    *s = (struct session){
        .options = *options,
        .reload = s->reload,
        .reread_arg = s->reread_arg,
        .window = s->window,
    };
}

enum exit_code live_session_run(const struct live_options *options, live_reread *reload,
                                void *arg) {
    struct session *s = calloc(1, sizeof *s);
    if (!s) {
        LOG(ERROR, "not enough memory to start");
        return EXIT_CODE_USAGE;
    }
    s->options = *options;
    s->reload = reload;
    s->reread_arg = arg;
    log_limiter_begin_logging();
    stop_signal_install();
    if (options->kiosk) {
        hangup_install();
    }
    run_once(s);
    while (s->again) {
        struct live_options former = s->options, next = s->next;
        renew(s, &next);
        if (!run_once(s)) {
            LOG(WARNING, "the new settings do not work; going on with the former ones");
            renew(s, &former);
            run_once(s);
        }
    }
    log_limiter_end_logging();
    enum exit_code code = s->code;
    if (!pipeline_abandoned()) { // else the thread that was left behind may look at it
        free(s);
    }
    return code;
}
