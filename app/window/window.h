// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/draw/overlay.h"
#include "app/sources/frame.h"

// The live window. All calls on the main thread.

struct window;

struct window_options {
    const char *title;
    int width, height; // of the first picture; the window is made to fit it and the screen
    int display;       // the monitor, from 0; a missing one means the first (logged)
    bool fullscreen;
    int rotation; // clockwise, of all that is shown, on a screen that hangs turned: 0, 90, 180, 270
    bool mirrored;            // mirror the preview
    struct overlay_look look; // to begin with; keys change it
    const char *exit_word; // no key does anything but this word, typed, which quits; NULL: all do
};

// What the user asked for since the last poll. State that concerns the window alone (mirror, full
// screen, help, stats) is kept by the window itself.
struct window_requests {
    int right, down;     // presses of the arrow keys, less those of the opposite ones
    int frames;          // to step forward
    const char *dropped; // path of a file that was dropped on the window, until the next poll; NULL
    bool quit, snapshot, toggle_timer, toggle_record, toggle_pause, toggle_maps, next_camera,
        toggle_menu, enter;
};

// NULL (logged) when no window can be opened. Initialises SDL video and TTF; window_destroy undoes
// it.
struct window *window_create(const struct window_options *options);

// Goes on with other options; what keys switched on is off. False when it takes a new window.
bool window_adapt(struct window *window, const struct window_options *options);
void window_destroy(struct window *window); // NULL is legal

// Goes on showing the present picture until the first of another session.
void window_hold(struct window *window);

// Handles all pending input. *requests is overwritten.
void window_poll(struct window *window, struct window_requests *requests);

// Uploads the frame and draws it with its analysis and a copy of status, in which the window fills
// in .window and smooths the times of .stats for the eye; then presents. frame may be NULL before
// the first one: a calm waiting screen.
void window_show(struct window *window, const struct frame *frame, const struct analysis *analysis,
                 const struct overlay_status *status);

// What is on the screen now, as PIXEL_BGRX32, upright; for snapshots. The caller owns *image.
bool window_snapshot(struct window *window, struct image *image);

// Whether a display can be opened at all (an environment without one makes `run` record instead).
bool window_possible(void);
