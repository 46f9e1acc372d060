// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/overlay_private.h"

#include <stdio.h>

static void flash_draw(struct overlay *overlay, float strength) {
    SDL_SetRenderDrawBlendMode(overlay->renderer, SDL_BLENDMODE_BLEND);
    SDL_SetRenderDrawColor(overlay->renderer, 255, 255, 255, (Uint8)(150 * strength));
    SDL_RenderFillRect(overlay->renderer, NULL);
}

// A large figure on a disc at the top: near the camera, where eyes should look.
static void countdown_draw(struct overlay *overlay, int count, int em) {
    SDL_Point target = overlay_extent(overlay);
    char figure[12];
    snprintf(figure, sizeof figure, "%d", count);
    struct text_style style = overlay_style(4 * em, true, ink);
    SDL_Point extent = text_measure(overlay->text, figure, style);
    int side = 6 * em;
    SDL_Rect disc = {(target.x - side) / 2, overlay_margin(em), side, side};
    shapes_fill(overlay->shapes, disc, side / 2, plate);
    shapes_outline(overlay->shapes, disc, side / 2, em / 4 > 2 ? em / 4 : 2, accent);
    text_draw(overlay->text, figure, style, disc.x + (disc.w - extent.x) / 2,
              disc.y + (disc.h - extent.y) / 2);
    overlay_reserve(overlay, disc);
}

void overlay_shutter_draw(struct overlay *overlay, const struct overlay_status *status, int em) {
    if (status->shutter.countdown > 0) {
        countdown_draw(overlay, status->shutter.countdown, em);
    }
    if (status->shutter.flash > 0) {
        flash_draw(overlay, status->shutter.flash < 1 ? status->shutter.flash : 1);
    }
}
