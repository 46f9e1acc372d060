// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Private to live_*.c: one session and what its parts ask of one another.

#include "app/sessions/live_session.h"

#include "app/sessions/lens_cover.h"
#include "app/system/clock.h"
#include "app/pipeline/pipeline.h"
#include "app/sinks/frame_times.h"
#include "app/sinks/sink.h"
#include "app/window/window.h"
#include "app/sessions/smile_shutter.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

// Another camera, while it is being opened by a thread of its own: some take seconds.
struct next_camera {
    pthread_t thread;
    bool running;
    atomic_bool done;          // the thread is; what follows is the thread's until then
    struct source_place place; // before: of the present camera
    struct source_options wanted;
    bool found;
    struct source *source; // NULL: it does not open
};

struct session {
    struct live_options options;
    live_reread *reload;
    void *reread_arg;
    struct source_place place;
    struct source_info info;
    struct analyser_options analyser;
    atomic_bool maps; // the analyser makes them, and the window draws them
    bool live;        // frames come when they come: a camera or a network address
    bool realtime;    // at the pace of the medium
    bool newest;      // frames that cannot be dealt with in time are dropped

    struct pipeline *pipeline;
    struct window *window; // NULL: headless
    struct sink *events, *table, *recording;
    struct frame_times *times; // NULL: not asked for
    struct sink *counts;       // NULL: not kept
    long smiles_today;
    int64_t face_ns, news_ns; // CLOCK_MONOTONIC: when a face was last seen, and the day's smiles
    char recording_path[PATH_MAX];
    int64_t recording_since_ns; // media time; -1: nothing recorded yet

    struct pipeline_item shown; // in the window
    char message[256];
    int64_t message_until_ns;
    bool is_new; // shown has not been presented yet
    struct next_camera next_camera;
    struct smile_shutter shutter;
    struct black_picture black;
    bool is_black;
    int n_smiles;
    int64_t media_ns; // of the last frame
    int64_t n_frames;
    int64_t since_ns;   // media time from which the duration counts
    int64_t give_up_ns; // CLOCK_MONOTONIC; for a live source that gives no frames any more
    bool paused, over;
    int64_t pinged_ns; // CLOCK_MONOTONIC, when systemd was told last; 0: not yet
    int64_t n_pinged;  // frames dealt with by then
    bool again;        // over, to begin anew with the next options
    struct live_options next;
    int code;
};

// Ends the session with that exit code.
void live_finish(struct session *s, int code);

// Shows a message in the window for a while.
__attribute__((format(printf, 2, 3))) void live_message(struct session *s, const char *format, ...);

// ---- live_open.c ----

// Opens the source, all outputs and the pipeline. False (logged), with s->code saying why, on
// failure.
bool live_open(struct session *s);

// Completes and closes everything, the window only if no session goes on with it. s->code may
// become EXIT_CODE_OUTPUT.
void live_close(struct session *s);

// ---- live_kiosk.c ----

// Opens the counts and checks what a kiosk may do. False (logged), with s->code saying why.
bool live_kiosk_open(struct session *s);
void live_kiosk_count(struct session *s, const struct pipeline_item *item);
void live_kiosk_show(struct session *s, struct overlay_status *status);

// ---- live_service.c ----

// Tells systemd that the program is ready and then, while it shows pictures or calmly waits for
// them, that it is alive.
void live_service_tell(struct session *s);

// ---- live_recording.c ----

// sound_from: a file whose sound is copied along, or NULL. False (logged) on failure.
bool live_recording_start(struct session *s, const char *path, const char *sound_from, int width,
                          int height);

// False (logged) when the file could not be completed.
bool live_recording_stop(struct session *s);

void live_recording_write(struct session *s, const struct pipeline_item *item);
void live_recording_note(struct session *s, const struct pipeline_item *item); // of a notice
double live_recorded_s(const struct session *s);
void live_recording_toggle(struct session *s);

// ---- live_next_camera.c ----

// Looks for the camera after the present one.
void live_next_camera_begin(struct session *s);
// Changes over to it once it is open, or says why not.
void live_next_camera_take(struct session *s);
// Waits for what has begun, and closes it.
void live_next_camera_end(struct session *s);

// ---- live_pictures.c ----

// Says so when a camera shows nothing but black.
void live_watch_picture(struct session *s, const struct frame *frame);

// Keeps what the window shows.
void live_snapshot(struct session *s);

// Keeps the camera's picture when everyone has smiled long enough, if that was asked for.
void live_shutter_update(struct session *s, const struct pipeline_item *item);
void live_shutter_show(const struct session *s, struct overlay_status *status);
