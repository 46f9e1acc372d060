// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Private to live_session.c, which runs a session, live_open.c, which opens and closes it,
// live_requests.c, which does what the user asks for, and live_show.c, which fills the window.

#include "app/sessions/live_session.h"

#include "app/pipeline/pipeline.h"
#include "app/sessions/lens_cover.h"
#include "app/sessions/live_health.h"
#include "app/sessions/live_kiosk.h"
#include "app/sessions/live_menu.h"
#include "app/sessions/live_message.h"
#include "app/sessions/live_next_camera.h"
#include "app/sessions/live_player.h"
#include "app/sessions/live_photos.h"
#include "app/sessions/live_recording.h"
#include "app/sessions/live_service.h"
#include "app/window/window.h"

#include <stdatomic.h>

struct session {
    struct live_options options;
    char (*opened)[4096]; // sources opened in the window: the present one and the next
    struct source_place place;
    struct source_info info;
    char title[300];
    struct analyser_options analyser;
    atomic_bool maps; // the window shows them
    bool live;        // frames come when they come: a camera or a network address
    bool realtime;    // at the pace of the medium
    bool newest;      // frames that cannot be handled in time are dropped

    struct pipeline *pipeline;
    struct window *window; // NULL: headless
    struct outputs outputs;
    struct live_recording recording;
    struct sink *virtual_camera; // NULL: none, or it failed
    struct live_kiosk kiosk;
    struct live_photos photos;
    struct live_message message;
    struct live_menu menu;
    struct live_next_camera next_camera;
    struct live_service service;
    struct live_health health;
    struct lens_cover lens;
    bool lens_covered;

    struct pipeline_item shown; // in the window
    bool is_new;                // shown has not been presented yet
    int n_smiles;
    int64_t media_ns; // of the last frame
    int64_t n_frames;
    int64_t since_ns;   // media time from which the duration counts
    int64_t give_up_ns; // CLOCK_MONOTONIC; for a live source that gives no frames any more
    bool paused, over;
    bool paced; // the pipeline keeps the medium's time
    struct live_player player;
    bool ended;   // the medium is, but not the session
    bool restart; // over, to start again with the next options
    struct live_options next;
    enum exit_code code; // of the session so far
};

// Opens the source, all outputs and the pipeline. The exit code of what failed (logged), or
// EXIT_CODE_OK.
enum exit_code live_open(struct session *s);

// Shows things as the options say. False when it takes a new window.
bool live_adapt_window(struct session *s);

// How to record this session.
struct record_options live_record_options(const struct session *s);

// Completes and closes everything, the window only if no session goes on with it. False (logged)
// when an output is incomplete.
bool live_close(struct session *s);

// Ends the session.
void live_finish(struct session *s, enum exit_code code);

// Ends it for that of the next options, and shows its last picture meanwhile.
void live_go_over(struct session *s);

// Does what the keys and the mouse have asked for since the last time.
void live_take_requests(struct session *s);

// Shows the last result and how things are.
void live_show(struct session *s);
