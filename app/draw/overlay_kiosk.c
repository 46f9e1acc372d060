// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/i18n.h"
#include "app/draw/overlay_private.h"

#include <math.h>
#include <stdio.h>

#define DRIFT_PERIOD_S 97.0   // what stands still for months burns in, so that nothing does:
#define DRIFT_PERIOD_2_S 61.0 // slow circles of periods that do not meet soon
#define BREATH_S 5.0

SDL_Point overlay_drift(const struct overlay *overlay, double t, double share) {
    SDL_Point extent = overlay_extent(overlay);
    double reach = share * (extent.x < extent.y ? extent.x : extent.y);
    return (SDL_Point){(int)lrint(reach * sin(2 * M_PI * t / DRIFT_PERIOD_S)),
                       (int)lrint(reach * sin(2 * M_PI * t / DRIFT_PERIOD_2_S))};
}

// Centred lines, broken where there is no room for one, all about as long.
static struct text_style lines_style(struct overlay *overlay, const char *words,
                                     struct text_style style, int room) {
    int width = text_measure(overlay->text, words, style).x, n = (width + room - 1) / room;
    style.wrap = n > 1 && width / n + 3 * style.size < room ? width / n + 3 * style.size : room;
    style.centred = true;
    return style;
}

static int draw_centred(struct overlay *overlay, const char *words, struct text_style style, int x,
                        int y) {
    style = lines_style(overlay, words, style, overlay_extent(overlay).x - 4 * overlay_em(overlay));
    SDL_Point extent = text_measure(overlay->text, words, style);
    text_draw(overlay->text, words, style, x - extent.x / 2, y);
    return y + extent.y;
}

static void count_words(char *words, size_t size, long smiles) {
    if (smiles == 0) {
        snprintf(words, size, "%s", _("Smile!"));
    } else if (smiles == 1) {
        snprintf(words, size, "%s", _("1 smile today"));
    } else {
        snprintf(words, size, _("%ld smiles today"), smiles);
    }
}

static const char *privacy_words(const struct overlay_kiosk *kiosk) {
    if (kiosk->recording) {
        return _("Pictures are being recorded here.");
    }
    if (kiosk->lists_faces) {
        return _("No pictures are kept, but a line about each face is.");
    }
    return _("Nothing is recorded. Only the number of smiles is kept.");
}

void overlay_forget_picture(struct overlay *overlay) {
    if (overlay->poster) {
        SDL_DestroyTexture(overlay->poster);
    }
    overlay->poster = NULL;
}

// As large as it fits above y, in the middle of x.
static void draw_picture(struct overlay *overlay, const struct image *picture, int x, int y) {
    int em = overlay_em(overlay), top = 3 * em;
    if (!overlay->poster) {
        overlay->poster =
            SDL_CreateTexture(overlay->renderer, SDL_PIXELFORMAT_XRGB8888, SDL_TEXTUREACCESS_STATIC,
                              picture->width, picture->height);
        SDL_UpdateTexture(overlay->poster, NULL, picture->data, (int)picture->stride);
        SDL_SetTextureScaleMode(overlay->poster, SDL_ScaleModeLinear);
    }
    double scale = fmin((double)(overlay_extent(overlay).x - 8 * em) / picture->width,
                        (double)(y - top) / picture->height);
    SDL_Rect to = {0, 0, (int)(scale * picture->width), (int)(scale * picture->height)};
    to.x = x - to.w / 2;
    to.y = y - to.h;
    SDL_RenderCopy(overlay->renderer, overlay->poster, NULL, &to);
}

static void draw_mark(struct overlay *overlay, double t, int x, int y) {
    int size = 9 * overlay_em(overlay);
    Uint8 alpha = (Uint8)(195 + 60 * sin(2 * M_PI * t / BREATH_S));
    shapes_mark(overlay->shapes, MARK_SMILE, x - size / 2, y - size, size,
                (SDL_Color){accent.r, accent.g, accent.b, alpha});
}

// In large letters, smaller ones if there are many. Returns where they end.
static int draw_invitation(struct overlay *overlay, const char *words, int x, int y) {
    SDL_Point target = overlay_extent(overlay);
    int em = overlay_em(overlay), size = 5 * em / 2, room = target.x - 4 * em;
    for (bool fits = false; size > em && !fits; size = fits ? size : size * 7 / 8) {
        struct text_style style = overlay_style(size, true, ink);
        fits = text_measure(overlay->text, words, style).x <= room;
        style = lines_style(overlay, words, style, room);
        fits = fits || text_measure(overlay->text, words, style).y < target.y / 2 - 10 * em;
    }
    return draw_centred(overlay, words, overlay_style(size, true, ink), x, y);
}

static void draw_scene(struct overlay *overlay, const struct overlay_kiosk *kiosk) {
    SDL_Point target = overlay_extent(overlay), moved = overlay_drift(overlay, kiosk->t, 0.05);
    int em = overlay_em(overlay), x = target.x / 2 + moved.x, y = target.y / 2 + moved.y;
    char words[64];
    if (kiosk->picture) {
        draw_picture(overlay, kiosk->picture, x, y);
    } else {
        draw_mark(overlay, kiosk->t, x, y);
    }
    const char *invitation = kiosk->words ? kiosk->words : _("Come and smile");
    y = draw_invitation(overlay, kiosk->blind ? _("Back soon") : invitation, x, y + em);
    if (kiosk->blind) {
        draw_centred(overlay, _("Waiting for the camera"), overlay_style(em, false, quiet), x,
                     y + em / 2);
    } else if (kiosk->smiles_today > 0) {
        count_words(words, sizeof words, kiosk->smiles_today);
        draw_centred(overlay, words, overlay_style(3 * em / 2, false, quiet), x, y + em / 2);
    }
    draw_centred(overlay, privacy_words(kiosk), overlay_style(em, false, ink_dim), x,
                 target.y - 4 * em + moved.y / 2);
}

void overlay_draw_idle(struct overlay *overlay, const struct overlay_kiosk *kiosk) {
    SDL_SetRenderDrawBlendMode(overlay->renderer, SDL_BLENDMODE_NONE);
    palette_set(overlay->renderer, kiosk->closed ? (SDL_Color){0, 0, 0, 255} : ground);
    SDL_RenderFillRect(overlay->renderer, NULL);
    if (!kiosk->closed) {
        draw_scene(overlay, kiosk);
    }
}

// A line of words on a plate that hugs them; y is its upper end, or its lower one.
static void draw_line(struct overlay *overlay, const char *words, int size, SDL_Color colour, int x,
                      int y, bool lower) {
    int em = overlay_em(overlay);
    struct text_style style = lines_style(overlay, words, overlay_style(size, size > em, colour),
                                          overlay_extent(overlay).x - 6 * em);
    SDL_Point extent = text_measure(overlay->text, words, style);
    SDL_Rect rect = {x - extent.x / 2 - size, y, extent.x + 2 * size, extent.y + size / 2};
    rect.y -= lower ? rect.h : 0;
    shapes_fill(overlay->shapes, rect, rect.h / 2 < size ? rect.h / 2 : size, plate);
    text_draw(overlay->text, words, style, x - extent.x / 2, rect.y + size / 4);
    overlay_reserve(overlay, rect);
}

void overlay_draw_kiosk(struct overlay *overlay, const struct overlay_status *status) {
    const struct overlay_kiosk *kiosk = &status->kiosk;
    SDL_Point target = overlay_extent(overlay), moved = overlay_drift(overlay, kiosk->t, 0.025);
    int em = overlay_em(overlay), margin = 3 * em / 2;
    const char *foot = status->message ? status->message : privacy_words(kiosk);
    char words[64];
    overlay->n_reserved = 0;
    if (status->shutter.countdown == 0) { // which stands there, too
        count_words(words, sizeof words, kiosk->smiles_today);
        draw_line(overlay, words, 2 * em, accent, target.x / 2 + moved.x, margin + moved.y, false);
    }
    draw_line(overlay, foot, em, ink_dim, target.x / 2 + moved.x, target.y - margin + moved.y,
              true);
    overlay_shutter_draw(overlay, status, em);
}
