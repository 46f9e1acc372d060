// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"
#include "app/draw/smile_strip.h"

#include <SDL.h>

// Draws a finished analysis over a picture with an SDL renderer, be it a window's or a software
// renderer over a recording's pixels. Decides nothing.

struct overlay;

// Opens fonts for the renderer. NULL (logged, naming the package to install) without a usable font.
struct overlay *overlay_create(SDL_Renderer *renderer);
void overlay_destroy(struct overlay *overlay); // NULL is legal; before the renderer

// How it is drawn, as the viewer likes it.
struct overlay_look {
    bool numbers; // of faces, as events and tables have them
    bool high_contrast;
    int text; // its size: 0 usual, 1 large, 2 larger
};
void overlay_set_look(struct overlay *overlay, struct overlay_look look);

// Where and how the picture lies in the render target.
struct overlay_view {
    SDL_Rect picture;  // the target rectangle that the whole picture fills
    int picture_width; // source pixels
    int picture_height;
    bool mirrored; // boxes are flipped along with the picture, text is not
};

// Boxes, smile meters, words. The text's size follows the target's height (readable at 640x480 and
// at 4K).
void overlay_draw_faces(struct overlay *overlay, const struct overlay_view *view,
                        const struct analysis *analysis);

// The maps of where the network looks, over the faces that have one; before the faces.
void overlay_draw_maps(struct overlay *overlay, const struct overlay_view *view,
                       const struct analysis *analysis);

// What a public display shows besides (app/sessions/live_kiosk.h fills it).
struct overlay_kiosk {
    bool on, idle;               // idle: nobody is there
    bool blind;                  // there is no camera: idle, but nobody is invited
    bool closed;                 // idle and black
    const char *words;           // of the invitation; NULL: those of the program
    const struct image *picture; // above them, PIXEL_BGRX32; NULL: the program's mark
    bool recording;
    bool lists_faces; // files about single faces are written
    long smiles_today;
    double t; // seconds, for what moves slowly
};

// A photograph when everyone smiles (app/sessions/live_photos.h).
struct overlay_shutter {
    bool on;
    int countdown; // 3, 2, 1 before it; 0: none
    float flash;   // [0,1] after it
};

// The statistics of key i.
struct overlay_stats {
    double capture_hz, analysis_hz;
    double grey_ms, find_ms, classify_ms;
    double age_ms; // of the frame when it was shown
    long long dropped;
    const char *source; // description of the source
    const char *model;  // description of the model
};

// Rows to choose from with the arrow keys.
#define OVERLAY_MENU_ROWS 12

struct overlay_menu_row {
    const char *left, *right;
};

struct overlay_menu {
    const char *title;
    struct overlay_menu_row rows[OVERLAY_MENU_ROWS];
    int n_rows, at;
};

// What the window itself knows (app/window fills it).
struct overlay_window {
    bool help, stats;                // the panels of keys h and i
    const struct smile_strip *strip; // of key g; NULL: it is not shown
    double shown_hz;                 // frames on the screen
    double draw_ms;
};

struct overlay_status {
    bool recording, paused;
    bool maps;          // they are drawn: explains their colours
    double recording_s; // elapsed
    int n_smiles;
    const char *message;             // a short note ("saved smile.png"), or NULL
    const struct overlay_menu *menu; // or NULL
    struct overlay_stats stats;
    struct overlay_shutter shutter;
    struct overlay_kiosk kiosk;
    struct overlay_window window;
};

// The counter of smiles, the recording mark, messages, the strip, the help and statistics panels.
void overlay_draw_status(struct overlay *overlay, const struct overlay_view *view,
                         const struct overlay_status *status);

// A line at the bottom of the target.
void overlay_draw_note(struct overlay *overlay, const char *words);

// The scene that invites people, over the whole target, of whose picture a copy is kept until
// overlay_forget_picture; and what stands over the picture of those
// who came. Nothing stays in one place for long, so that nothing burns in.
void overlay_draw_idle(struct overlay *overlay, const struct overlay_kiosk *kiosk);
void overlay_forget_picture(struct overlay *overlay);
void overlay_draw_kiosk(struct overlay *overlay, const struct overlay_status *status);

// A calm screen for the time without a picture: a mark and one line of words, over the whole
// target. t: seconds, with which it moves slowly where it may stand for days; 0: it does not.
void overlay_draw_waiting(struct overlay *overlay, const char *words, double t);
