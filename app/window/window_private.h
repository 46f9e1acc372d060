// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/draw/face_fade.h"
#include "app/window/window.h"

// What the window's files share.

// What was shown last, kept so that a snapshot can draw it again.
struct shown {
    bool picture; // the texture holds one
    struct analysis analysis;
    struct overlay_status status; // its texts point below
    char source[256], model[256], message[1024];
};

// How the window keeps up, smoothed for the eye.
struct pace {
    uint64_t number;  // of the last picture
    int64_t since_ns; // CLOCK_MONOTONIC; of the count
    int n_shown;
    double shown_hz;
    double grey_ms, find_ms, classify_ms, draw_ms;
};

struct window {
    bool video; // SDL's video is ours to end
    SDL_Window *window;
    SDL_Renderer *renderer;
    struct overlay *overlay;
    SDL_Texture *texture;
    SDL_Texture *canvas; // what is drawn before it is rotated; NULL: it is not
    int rotation;        // window.h
    int width, height;   // of the texture, pixels
    bool too_large;      // said once already
    bool held;           // window_hold
    int display;         // window.h
    bool mirrored, help, stats, strip_shown, fullscreen;
    struct overlay_look look;
    const char *exit_word; // window.h
    size_t typed;          // letters of it
    char *dropped;         // SDL's; window.h
    SDL_Rect home;         // where it was before it filled the screen
    struct shown shown;
    struct face_fade fade;
    struct pace pace;
    struct smile_strip strip;
};

// ---- window_probe.c ----

// Starts SDL's video. False (logged) when nothing can be seen on what it found.
bool window_start_video(void);

// ---- window_fullscreen.c ----

// Whether there may be no window manager, to which SDL leaves the resizing to full screen: where
// there is none, as on many a kiosk, no room is kept for panels either. *screen is the whole
// display.
bool window_unmanaged(int display, SDL_Rect *screen);

void window_set_fullscreen(struct window *window, bool fullscreen);

// ---- window_rotate.c ----

// What is drawn between begin and end comes onto the screen rotated.
void window_rotate_begin(struct window *window);
void window_rotate_end(struct window *window);
void window_rotate_drop(struct window *window);

// ---- window.c ----

// Makes everything again that was on the graphics card, which forgot it.
void window_reset(struct window *window);
