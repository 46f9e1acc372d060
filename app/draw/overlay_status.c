// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/attention_map.h"
#include "app/system/i18n.h"
#include "app/draw/overlay_private.h"

#include <stdio.h>
#include <string.h>

// ---- a pill: a mark and a few words on a round plate ----

struct pill {
    enum mark mark;
    SDL_Color mark_colour;
    const char *words;
};

static SDL_Point pill_extent(struct overlay *overlay, const struct pill *pill, int em) {
    SDL_Point words =
        text_measure_tabular(overlay->text, pill->words, overlay_style(em, true, ink));
    return (SDL_Point){words.x + em * 5 / 2, words.y + em / 2};
}

static void pill_draw(struct overlay *overlay, const struct pill *pill, int em, int x, int y) {
    SDL_Point extent = pill_extent(overlay, pill, em);
    SDL_Rect rect = {x, y, extent.x, extent.y};
    int mark = pill->mark == MARK_DISC ? em * 3 / 4 : em + em / 6;
    shapes_fill(overlay->shapes, rect, extent.y / 2, plate);
    shapes_mark(overlay->shapes, pill->mark, x + em / 2 + (em + em / 6 - mark) / 2,
                y + (extent.y - mark) / 2, mark, pill->mark_colour);
    text_draw_tabular(overlay->text, pill->words, overlay_style(em, true, ink), x + em * 2,
                      y + em / 4);
    overlay_reserve(overlay, rect);
}

static void elapsed_write(char *to, size_t n, double seconds) {
    long s = seconds >= 0 && seconds < 1e9 ? (long)seconds : 0;
    if (s >= 3600) {
        snprintf(to, n, _("REC %ld:%02ld:%02ld"), s / 3600, s / 60 % 60, s % 60);
    } else {
        snprintf(to, n, _("REC %ld:%02ld"), s / 60, s % 60);
    }
}

// Returns the lower end of what stands at the top.
static int pills_draw(struct overlay *overlay, const struct overlay_status *status, int em) {
    int margin = overlay_margin(em), x = margin, y = margin, width = overlay_extent(overlay).x;
    char words[40];
    snprintf(words, sizeof words, "%d", status->n_smiles);
    struct pill counter = {MARK_SMILE, accent, words};
    SDL_Point extent = pill_extent(overlay, &counter, em);
    int counter_x = width - margin - extent.x;
    pill_draw(overlay, &counter, em, counter_x, y);
    if (status->recording) {
        elapsed_write(words, sizeof words, status->recording_s);
        struct pill recording = {MARK_DISC, alarm_red, words};
        pill_draw(overlay, &recording, em, x, y);
        x += pill_extent(overlay, &recording, em).x + margin;
    }
    if (status->paused) {
        struct pill paused = {MARK_PAUSE, ink, _("paused")};
        if (x + pill_extent(overlay, &paused, em).x + margin > counter_x) {
            x = margin;
            y += extent.y + margin / 2;
        }
        pill_draw(overlay, &paused, em, x, y);
    }
    return y + extent.y + margin;
}

// ---- the message at the bottom ----

static struct text_style toast_style(SDL_Point target, int em) {
    struct text_style style = overlay_style(em, false, ink);
    int most = target.x - 4 * overlay_margin(em);
    style.wrap = most < 32 * em ? most : 32 * em;
    return style;
}

#define LONGEST_MESSAGE 200 // bytes; so much still fits into the smallest window

// Cuts a message that is too long at a whole character.
static void message_cut(char to[LONGEST_MESSAGE + 4], const char *message) {
    size_t n = strlen(message);
    bool cut = n > LONGEST_MESSAGE;
    if (cut) {
        for (n = LONGEST_MESSAGE; n > 0 && ((unsigned char)message[n] & 0xc0) == 0x80; n--) {
        }
    }
    snprintf(to, LONGEST_MESSAGE + 4, "%.*s%s", (int)n, message, cut ? "..." : "");
}

// Returns the upper end of what stands at the bottom.
static int toast_draw(struct overlay *overlay, const char *words_wanted, int em) {
    SDL_Point target = overlay_extent(overlay), words;
    if (!words_wanted || !*words_wanted) {
        return target.y;
    }
    char message[LONGEST_MESSAGE + 4];
    message_cut(message, words_wanted);
    struct text_style style = toast_style(target, em);
    for (words = text_measure(overlay->text, message, style);
         words.y > target.y / 2 && style.size > 6;) {
        style = toast_style(target, style.size - 1);
        words = text_measure(overlay->text, message, style);
    }
    SDL_Rect rect = {0, 0, words.x + em * 3 / 2, words.y + em * 3 / 4};
    rect.x = (target.x - rect.w) / 2;
    rect.y = target.y - overlay_margin(em) - rect.h;
    shapes_fill(overlay->shapes, rect, em * 2 / 3, plate);
    text_draw(overlay->text, message, style, rect.x + em * 3 / 4, rect.y + em * 3 / 8);
    overlay_reserve(overlay, rect);
    return rect.y;
}

// ---- what the colours of the maps mean ----

struct key {
    const char *words;
    float cell; // a value that is drawn in that colour
};

static const struct key map_keys[] = {{N_("smile"), 100}, {N_("no smile"), -100}};
#define N_MAP_KEYS ((int)(sizeof map_keys / sizeof *map_keys))

// Returns the upper end of it.
static int map_keys_draw(struct overlay *overlay, int em, int bottom) {
    SDL_Point target = overlay_extent(overlay);
    int small = em - em / 6, disc = small * 3 / 4, width = small / 2, height = 0;
    struct text_style style = overlay_style(small, false, ink);
    for (int i = 0; i < N_MAP_KEYS; i++) {
        SDL_Point words = text_measure(overlay->text, _(map_keys[i].words), style);
        width += disc + small / 2 + words.x + small;
        height = words.y + small / 2 > height ? words.y + small / 2 : height;
    }
    SDL_Rect rect = {(target.x - width) / 2, bottom - overlay_margin(em) - height, width, height};
    shapes_fill(overlay->shapes, rect, height / 2, plate);
    for (int i = 0, x = rect.x + small * 3 / 4; i < N_MAP_KEYS; i++) {
        uint32_t c = attention_map_colour(map_keys[i].cell);
        SDL_Color colour = {(Uint8)(c >> 16), (Uint8)(c >> 8), (Uint8)c, 255};
        shapes_mark(overlay->shapes, MARK_DISC, x, rect.y + (height - disc) / 2, disc, colour);
        x += disc + small / 2;
        text_draw(overlay->text, _(map_keys[i].words), style, x, rect.y + small / 4);
        x += text_measure(overlay->text, _(map_keys[i].words), style).x + small;
    }
    overlay_reserve(overlay, rect);
    return rect.y;
}

void overlay_draw_status(struct overlay *overlay, const struct overlay_view *view,
                         const struct overlay_status *status) {
    (void)view;
    int em = overlay_em(overlay);
    overlay->n_reserved = 0;
    int top = pills_draw(overlay, status, em);
    if (status->window.help) {
        overlay_help_draw(overlay, em);
        return;
    }
    const char *note = status->shutter.on ? _("smile, all of you, for a photograph") : NULL;
    int bottom = toast_draw(overlay, status->message ? status->message : note, em);
    overlay_shutter_draw(overlay, status, em);
    if (status->maps) {
        bottom = map_keys_draw(overlay, em, bottom);
    }
    if (status->window.strip) {
        bottom = overlay_strip_draw(overlay, status->window.strip, em, bottom);
    }
    if (status->menu) {
        overlay_menu_draw(overlay, status->menu, em);
    } else if (status->window.stats) {
        overlay_stats_draw(overlay, status, em, top, bottom);
    }
}

void overlay_draw_note(struct overlay *overlay, const char *words) {
    toast_draw(overlay, words, overlay_em(overlay));
}

void overlay_draw_waiting(struct overlay *overlay, const char *words, double t) {
    SDL_Point target = overlay_extent(overlay), moved = overlay_drift(overlay, t, 0.05);
    int em = overlay_em(overlay), mark = 5 * em;
    SDL_SetRenderDrawBlendMode(overlay->renderer, SDL_BLENDMODE_NONE);
    palette_set(overlay->renderer, ground);
    SDL_RenderFillRect(overlay->renderer, NULL);
    struct text_style style = {
        .size = em, .wrap = target.x - 2 * em, .centred = true, .colour = ink_dim};
    SDL_Point extent = text_measure(overlay->text, words, style);
    int y = (target.y - mark - em - extent.y) / 2 + moved.y, x = target.x / 2 + moved.x;
    shapes_mark(overlay->shapes, MARK_SMILE, x - mark / 2, y, mark,
                (SDL_Color){accent.r, accent.g, accent.b, 150});
    text_draw(overlay->text, words, style, x - extent.x / 2, y + mark + em);
}
