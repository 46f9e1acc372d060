// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/draw/overlay.h"
#include "app/draw/palette.h"
#include "app/draw/shapes.h"
#include "app/draw/text.h"

// What the overlay's files share.

#define MAX_RESERVED 8

struct overlay {
    SDL_Renderer *renderer;
    struct overlay_look look;
    struct text *text;
    struct shapes *shapes;
    SDL_Texture *poster; // the kiosk's own picture; NULL before it was drawn
    SDL_Texture *map;    // of the face whose map is drawn; NULL before the first
    SDL_Rect
        reserved[MAX_RESERVED]; // where the status was drawn last; face labels keep clear of it
    int n_reserved;
    SDL_Rect boxes[MAX_FACES]; // of the faces drawn last; what can choose its place keeps clear
    int n_boxes;
};

// Width and height of the render target.
SDL_Point overlay_extent(const struct overlay *overlay);

// The text's size in pixels for this target, and the distance of things from its border.
int overlay_em(const struct overlay *overlay);
int overlay_margin(int em);

struct text_style overlay_style(int size, bool bold, SDL_Color colour);

// Face labels keep clear of it until the next overlay_draw_status.
void overlay_reserve(struct overlay *overlay, SDL_Rect rect);

// How far what is fixed has moved at t seconds, pixels; at most that share of the shorter side.
SDL_Point overlay_drift(const struct overlay *overlay, double t, double share);

// ---- overlay_panels.c ----

// Over everything.
void overlay_help_draw(struct overlay *overlay, int em);

void overlay_menu_draw(struct overlay *overlay, const struct overlay_menu *menu, int em);

// Between top and bottom, pixels.
void overlay_stats_draw(struct overlay *overlay, const struct overlay_status *status, int em,
                        int top, int bottom);

// ---- overlay_strip.c ----

// Above bottom, pixels; returns its upper end.
int overlay_strip_draw(struct overlay *overlay, const struct smile_strip *strip, int em,
                       int bottom);

// ---- overlay_shutter.c ----

// The countdown and the flash of a photograph.
void overlay_shutter_draw(struct overlay *overlay, const struct overlay_status *status, int em);
