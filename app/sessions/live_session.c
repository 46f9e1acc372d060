// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/log_limiter.h"
#include "app/sessions/live_session_private.h"

#include "core/base/log.h"
#include "app/system/clock.h"
#include "app/system/i18n.h"
#include "app/system/service_manager.h"
#include "app/system/signals.h"

#include <stdlib.h>
#include <time.h>

#define WAIT_NS (NS_PER_S / 20) // between two looks at keys and signals when no picture comes
#define MOST_AT_ONCE 4          // results, between two pictures shown

void live_finish(struct session *s, enum exit_code code) {
    s->over = true;
    s->code = code;
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

// written: whether the outputs took it.
static void report_results(struct session *s, bool written, const struct analysis *analysis) {
    if (!written) {
        live_finish(s, EXIT_CODE_OUTPUT);
    } else if (!s->outputs.events && !s->window) {
        report_smiles(analysis);
    }
}

static void end_results(struct session *s) {
    bool written = outputs_end(&s->outputs);
    report_results(s, written, &s->outputs.ends);
}

static void record_frame(struct session *s, const struct pipeline_item *item) {
    if (!live_recording_write(&s->recording, item, &s->message)) {
        s->code = EXIT_CODE_OUTPUT; // what the window shows goes on
        s->over = s->over || !s->window;
    } else if (!outputs_note_recording(&s->outputs, s->recording.sink, item->frame)) {
        live_finish(s, EXIT_CODE_OUTPUT);
    }
}

static void feed_camera(struct session *s, const struct pipeline_item *item) {
    if (!s->virtual_camera || sink_write(s->virtual_camera, item->frame, item->analysis)) {
        return;
    }
    live_message_set(&s->message, _("the virtual camera takes no more pictures"));
    sink_close(s->virtual_camera);
    s->virtual_camera = NULL;
    s->code = EXIT_CODE_OUTPUT; // what the window shows goes on
    s->over = s->over || !s->window;
}

static void watch_lens(struct session *s, const struct frame *frame) {
    double t = (double)frame->media_ns * 1e-9;
    bool covered = s->live && lens_cover_update(&s->lens, &frame->picture, t);
    if (covered) {
        live_message_set(&s->message, _("the picture is black: is the lens covered?"));
    }
    if (covered && !s->lens_covered) {
        LOG(WARNING, "%s", s->message.text);
    }
    s->lens_covered = covered;
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
    if (!s->outputs.described &&
        !outputs_describe(&s->outputs, item->frame, s->options.source, s->options.model,
                          pipeline_get_stats(s->pipeline).model, &s->info)) {
        live_finish(s, EXIT_CODE_OUTPUT);
        return;
    }
    watch_lens(s, item->frame);
    report_results(s, outputs_write(&s->outputs, item), item->analysis);
    live_kiosk_count(&s->kiosk, item);
    record_frame(s, item);
    feed_camera(s, item);
    live_photos_update(&s->photos, item, &s->message);
    if (s->window && (!s->paused || s->paced)) {
        show_instead(s, item);
        s->is_new = true;
    } else if (s->outputs.times) {
        frame_times_add(s->outputs.times, item->frame, item->analysis);
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
    if (!s->live || s->options.duration_s <= 0 || !pipeline_get_stats(s->pipeline).ready) {
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

// A window stays, with what was there last, and all is written by then.
static void reach_end(struct session *s) {
    s->ended = s->window && s->options.keep_open && !s->options.kiosk;
    if (!s->ended) {
        live_finish(s, s->code);
        return;
    }
    end_results(s);
    if (!live_recording_stop(&s->recording, &s->message)) {
        s->code = EXIT_CODE_OUTPUT;
    }
}

static void handle_item(struct session *s, enum pipeline_status status,
                        struct pipeline_item *item) {
    switch (status) {
    case PIPELINE_FRAME:
        handle_frame(s, item);
        break;
    case PIPELINE_NOTICE:
        report_results(s, outputs_note(&s->outputs, item), item->analysis);
        live_recording_note(&s->recording, item);
        pipeline_release(s->pipeline, &s->shown);
        break;
    case PIPELINE_TIMEOUT:
        show_preview(s);
        check_time(s);
        break;
    case PIPELINE_END:
        reach_end(s);
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

// ---- the whole ----

// Another rotation, say, at once and with the camera running. False when it takes another session.
static bool adapt(struct session *s, const struct live_options *next) {
    if (!live_options_same_session(&s->options, next)) {
        return false;
    }
    s->options = *next;
    s->service = (struct live_service){0}; // ready once more
    return live_adapt_window(s);
}

void live_go_over(struct session *s) {
    if (s->window) {
        live_message_set(&s->message, "%s", _("getting ready"));
        live_show(s);
        window_hold(s->window);
        pipeline_release(s->pipeline, &s->shown);
    }
    s->restart = true;
    live_finish(s, s->code);
}

// The settings have changed.
static void restart(struct session *s, live_reload *reload, void *arg) {
    if (!reload(arg, &s->next)) {
        LOG(WARNING, "the settings stay as they were");
        return;
    }
    service_manager_send("RELOADING=1");
    if (adapt(s, &s->next)) {
        return;
    }
    live_go_over(s);
}

// Waits for the next result, and takes what has come behind it, so that a display slower than the
// camera shows the newest picture.
static void take_results(struct session *s) {
    if (s->ended) {
        nanosleep(&(struct timespec){.tv_nsec = WAIT_NS}, NULL);
        return;
    }
    enum pipeline_status status = PIPELINE_FRAME;
    int most = s->window && (s->newest || s->player.doublings > 0) ? MOST_AT_ONCE : 1;
    for (int i = 0; i < most && status == PIPELINE_FRAME && !s->over; i++) {
        struct pipeline_item item;
        status = pipeline_take(s->pipeline, i == 0 ? WAIT_NS : 0, &item);
        handle_item(s, status, &item);
    }
}

static bool tell_health(struct session *s, bool ended) {
    struct pipeline_stats stats = pipeline_get_stats(s->pipeline);
    bool known = s->info.description[0];
    struct health_report report = {
        .state = ended              ? HEALTH_ENDED
                 : s->kiosk.closed  ? HEALTH_CLOSED
                 : stats.lost       ? HEALTH_WAITING
                 : s->n_frames == 0 ? HEALTH_STARTING
                                    : HEALTH_RUNNING,
        .camera = known ? s->info.description : s->options.source,
        .rate_hz = ended || stats.lost ? 0 : stats.analysis_hz,
        .smiles = s->kiosk.counts ? s->kiosk.smiles_today : s->n_smiles,
    };
    return live_health_tell(&s->health, &report);
}

static void run(struct session *s, live_reload *reload, void *arg) {
    while (!s->over) {
        take_results(s);
        if (live_kiosk_look_at_clock(&s->kiosk, &s->options)) {
            pipeline_rest(s->pipeline, s->kiosk.closed);
        }
        if (stop_signal_raised()) {
            live_finish(s, EXIT_CODE_INTERRUPTED);
        }
        if (s->window && !s->over) {
            live_show(s);
            live_take_requests(s);
        }
        if (!s->over) {
            live_service_ping(&s->service, s->n_frames,
                              s->paused || s->ended || pipeline_get_stats(s->pipeline).lost);
            tell_health(s, false);
        }
        log_limiter_tick_logging();
        if (!s->over && hangup_raised()) {
            restart(s, reload, arg);
        }
    }
    end_results(s);
    if (!s->restart) {
        tell_health(s, true);
    }
}

// From opening to closing. False when it did not open.
static bool run_once(struct session *s, live_reload *reload, void *arg) {
    s->code = live_open(s);
    bool good = s->code == EXIT_CODE_OK;
    if (good && !tell_health(s, false)) {
        s->code = EXIT_CODE_OUTPUT;
    } else if (good) {
        run(s, reload, arg);
    } else if (stop_signal_raised()) {
        s->code = EXIT_CODE_INTERRUPTED;
    }
    bool whole = live_close(s);
    s->code = !whole && s->code == EXIT_CODE_OK ? EXIT_CODE_OUTPUT : s->code;
    return good || stop_signal_raised();
}

static void prepare(struct session *s, const struct live_options *options) {
    *s = (struct session){
        .options = *options,
        .opened = s->opened,
        .window = s->window,
        .health = {.path = options->health, .begun_ns = s->health.begun_ns},
        .photos = {.folder = options->pictures,
                   .format = options->photo_format == PHOTO_JPG ? SAVE_JPEG : SAVE_PNG,
                   .shutter_on = options->smile_shutter},
    };
}

// What should have come instead does not work, of which the log tells more.
static void return_to(struct session *s, const struct live_options *former, bool other_source) {
    prepare(s, former);
    if (other_source) {
        live_message_set(&s->message, _("this cannot be shown"));
    } else {
        LOG(WARNING, "the new settings do not work; going on with the former ones");
    }
}

enum exit_code live_session_run(const struct live_options *options, live_reload *reload,
                                void *arg) {
    struct session *s = calloc(1, sizeof *s);
    if (!s) {
        log_no_memory("the session");
        return EXIT_CODE_USAGE;
    }
    log_limiter_begin_logging();
    stop_signal_install();
    if (options->kiosk) {
        hangup_install();
    }
    s->health.begun_ns = clock_now_ns();
    char opened[2][4096];
    s->opened = opened;
    prepare(s, options);
    run_once(s, reload, arg);
    while (s->restart) {
        struct live_options former = s->options, next = s->next;
        prepare(s, &next);
        if (!run_once(s, reload, arg)) {
            return_to(s, &former, next.source == opened[0] || next.source == opened[1]);
            run_once(s, reload, arg);
        }
    }
    log_limiter_end_logging();
    enum exit_code code = s->code;
    if (!pipeline_abandoned()) { // else the thread that was left behind may look at it
        free(s);
    }
    return code;
}
