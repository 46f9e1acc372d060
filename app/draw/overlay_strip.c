// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/i18n.h"
#include "app/draw/overlay_private.h"

#include <math.h>

// As high as the probability; a gap where nobody was.
static void bin_draw(struct overlay *overlay, struct strip_bin bin, SDL_Rect room) {
    int height = (int)lrintf(fminf(bin.score, 1) * (float)room.h), least = room.h / 12 + 1;
    if (bin.present) {
        height = height > least ? height : least;
        SDL_Rect bar = {room.x, room.y + room.h - height, room.w, height};
        shapes_fill(overlay->shapes, bar, 0, bin.smiling ? accent : quiet);
    }
}

int overlay_strip_draw(struct overlay *overlay, const struct smile_strip *strip, int em,
                       int bottom) {
    SDL_Point target = overlay_extent(overlay);
    int margin = overlay_margin(em), small = em - em / 6, pad = em / 2, bars = 3 * em / 2;
    struct text_style style = overlay_style(small, false, ink_dim);
    SDL_Point words = text_measure(overlay->text, _("the last minute"), style);
    int height = words.y + bars + 3 * pad / 2;
    SDL_Rect rect = {margin, bottom - margin - height, target.x - 2 * margin, height};
    shapes_fill(overlay->shapes, rect, em * 2 / 3, plate);
    text_draw(overlay->text, _("the last minute"), style, rect.x + pad, rect.y + pad / 2);
    int y = rect.y + words.y + pad, width = rect.w - 2 * pad;
    for (int i = 0; i < STRIP_BINS; i++) {
        int x0 = i * width / STRIP_BINS, x1 = (i + 1) * width / STRIP_BINS;
        bin_draw(overlay, smile_strip_at(strip, i),
                 (SDL_Rect){rect.x + pad + x0, y, x1 - x0, bars});
    }
    overlay_reserve(overlay, rect);
    return rect.y;
}
