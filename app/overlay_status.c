// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "face_map.h"
#include "i18n.h"
#include "overlay_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct text_style style_of(int em, bool bold, SDL_Color colour) {
    return (struct text_style){.size = em, .bold = bold, .colour = colour};
}

static void reserve(struct overlay *overlay, SDL_Rect rect) {
    if (overlay->n_reserved < MAX_RESERVED) {
        overlay->reserved[overlay->n_reserved++] = rect;
    }
}

static int wider(int a, int b) {
    return a > b ? a : b;
}

static int margin_of(int em) {
    return em * 2 / 3;
}

// ---- a pill: a mark and a few words on a round plate ----

struct pill {
    enum mark mark;
    SDL_Color mark_colour;
    const char *words;
};

static SDL_Point pill_extent(struct overlay *overlay, const struct pill *pill, int em) {
    SDL_Point words = text_measure_figures(overlay->text, pill->words, style_of(em, true, ink));
    return (SDL_Point){words.x + em * 5 / 2, words.y + em / 2};
}

static void pill_draw(struct overlay *overlay, const struct pill *pill, int em, int x, int y) {
    SDL_Point extent = pill_extent(overlay, pill, em);
    SDL_Rect rect = {x, y, extent.x, extent.y};
    int mark = pill->mark == MARK_DISC ? em * 3 / 4 : em + em / 6;
    stamps_fill(overlay->stamps, rect, extent.y / 2, plate);
    stamps_mark(overlay->stamps, pill->mark, x + em / 2 + (em + em / 6 - mark) / 2,
                y + (extent.y - mark) / 2, mark, pill->mark_colour);
    text_draw_figures(overlay->text, pill->words, style_of(em, true, ink), x + em * 2, y + em / 4);
    reserve(overlay, rect);
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
    int margin = margin_of(em), x = margin, y = margin, width = overlay_extent(overlay).x;
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
    struct text_style style = style_of(em, false, ink);
    int most = target.x - 4 * margin_of(em);
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
    rect.y = target.y - margin_of(em) - rect.h;
    stamps_fill(overlay->stamps, rect, em * 2 / 3, plate);
    text_draw(overlay->text, message, style, rect.x + em * 3 / 4, rect.y + em * 3 / 8);
    reserve(overlay, rect);
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
    struct text_style style = style_of(small, false, ink);
    for (int i = 0; i < N_MAP_KEYS; i++) {
        SDL_Point words = text_measure(overlay->text, _(map_keys[i].words), style);
        width += disc + small / 2 + words.x + small;
        height = wider(height, words.y + small / 2);
    }
    SDL_Rect rect = {(target.x - width) / 2, bottom - margin_of(em) - height, width, height};
    stamps_fill(overlay->stamps, rect, height / 2, plate);
    for (int i = 0, x = rect.x + small * 3 / 4; i < N_MAP_KEYS; i++) {
        uint32_t c = face_map_colour(map_keys[i].cell);
        SDL_Color colour = {(Uint8)(c >> 16), (Uint8)(c >> 8), (Uint8)c, 255};
        stamps_mark(overlay->stamps, MARK_DISC, x, rect.y + (height - disc) / 2, disc, colour);
        x += disc + small / 2;
        text_draw(overlay->text, _(map_keys[i].words), style, x, rect.y + small / 4);
        x += text_measure(overlay->text, _(map_keys[i].words), style).x + small;
    }
    reserve(overlay, rect);
    return rect.y;
}

// ---- panels: two columns, and perhaps lines across both ----

#define MAX_ROWS 16

struct panel {
    const char *title; // or NULL
    struct {
        const char *left;
        const char *right;
    } rows[MAX_ROWS];
    int n_rows;
    const char *lines[2]; // broken where the panel ends; NULL = none
    bool keys;            // the left column is bold
};

struct panel_layout {
    int em, left, right, step, width, height;
    int across; // room for lines, pixels
};

static struct text_style line_style(const struct panel_layout *l) {
    return (struct text_style){.size = l->em, .wrap = l->across, .colour = ink_dim};
}

static struct panel_layout panel_measure(struct overlay *overlay, const struct panel *panel, int em,
                                         int most) {
    struct panel_layout l = {
        .em = em, .step = text_measure(overlay->text, "0", style_of(em, false, ink)).y + em / 5};
    for (int i = 0; i < panel->n_rows; i++) {
        struct text_style left = style_of(em, panel->keys, ink), right = style_of(em, false, ink);
        l.left = wider(l.left, text_measure(overlay->text, panel->rows[i].left, left).x);
        l.right =
            wider(l.right, text_measure_figures(overlay->text, panel->rows[i].right, right).x);
    }
    l.across = wider(l.left + em + l.right, panel->lines[0] || panel->lines[1] ? 16 * em : 0);
    l.across = l.across > most - 2 * em ? wider(most - 2 * em, l.left + em + l.right) : l.across;
    l.width = l.across + 2 * em;
    l.height = em * 3 / 2 + (panel->n_rows + (panel->title ? 1 : 0)) * l.step +
               (panel->title ? em / 2 : 0);
    for (int i = 0; i < 2; i++) {
        l.height += panel->lines[i]
                        ? text_measure(overlay->text, panel->lines[i], line_style(&l)).y + em / 3
                        : 0;
    }
    return l;
}

// The largest text, at most em, with which the panel fits into the room.
static struct panel_layout panel_fit(struct overlay *overlay, const struct panel *panel, int em,
                                     SDL_Point room) {
    struct panel_layout l = panel_measure(overlay, panel, em, room.x);
    while ((l.width > room.x || l.height > room.y) && l.em > 6) {
        l = panel_measure(overlay, panel, l.em - 1, room.x);
    }
    return l;
}

static void panel_draw(struct overlay *overlay, const struct panel *panel,
                       const struct panel_layout *l, int x, int y) {
    SDL_Color ground = plate;
    ground.a = panel->title ? 242 : plate.a;
    stamps_fill(overlay->stamps, (SDL_Rect){x, y, l->width, l->height}, l->em * 2 / 3, ground);
    x += l->em;
    y += l->em * 3 / 4;
    if (panel->title) {
        text_draw(overlay->text, panel->title, style_of(l->em, true, ink), x, y);
        y += l->step + l->em / 2;
    }
    for (int i = 0; i < panel->n_rows; i++, y += l->step) {
        struct text_style left = style_of(l->em, panel->keys, panel->keys ? accent : ink_dim);
        text_draw(overlay->text, panel->rows[i].left, left, x, y);
        text_draw_figures(overlay->text, panel->rows[i].right, style_of(l->em, false, ink),
                          x + l->left + l->em, y);
    }
    for (int i = 0; i < 2; i++) {
        if (panel->lines[i]) {
            y += l->em / 3;
            text_draw(overlay->text, panel->lines[i], line_style(l), x, y);
            y += text_measure(overlay->text, panel->lines[i], line_style(l)).y;
        }
    }
}

static const struct panel help_english = {
    .title = N_("Keys"),
    .rows =
        {
            {"q", N_("quit")},
            {"Esc", N_("leave full screen, then quit")},
            {"f  F11", N_("full screen, or double-click")},
            {"s", N_("save a picture")},
            {"r", N_("record, or stop recording")},
            {"m", N_("mirror")},
            {"i", N_("figures")},
            {"x", N_("where the network looks")},
            {"n  Tab", N_("next camera")},
            {N_("space"), N_("pause")},
            {"?  h  F1", N_("this help")},
        },
    .n_rows = 11,
    .keys = true,
};

static struct panel panel_translate(const struct panel *english) {
    struct panel panel = *english;
    panel.title = _(english->title);
    for (int i = 0; i < panel.n_rows; i++) {
        panel.rows[i].left = _(english->rows[i].left);
        panel.rows[i].right = _(english->rows[i].right);
    }
    return panel;
}

static void help_draw(struct overlay *overlay, int em) {
    SDL_Point target = overlay_extent(overlay), room = {target.x - em, target.y - em};
    struct panel help = panel_translate(&help_english);
    struct panel_layout l = panel_fit(overlay, &help, em, room);
    SDL_SetRenderDrawBlendMode(overlay->renderer, SDL_BLENDMODE_BLEND);
    SDL_SetRenderDrawColor(overlay->renderer, 0, 0, 0, 120);
    SDL_RenderFillRect(overlay->renderer, NULL);
    panel_draw(overlay, &help, &l, (target.x - l.width) / 2, (target.y - l.height) / 2);
    reserve(overlay, (SDL_Rect){0, 0, target.x, target.y}); // no labels beside it
}

static void value_write(char *to, size_t n, const char *format, double value) {
    snprintf(to, n, isfinite(value) && fabs(value) < 1e7 ? format : "-", value);
}

static void figures_draw(struct overlay *overlay, const struct overlay_status *status, int em,
                         int top, int bottom) {
    char values[6][24];
    value_write(values[0], sizeof values[0], "%.1f fps", status->capture_hz);
    value_write(values[1], sizeof values[1], "%.1f fps", status->analysis_hz);
    value_write(values[2], sizeof values[2], "%.1f ms", status->find_ms);
    value_write(values[3], sizeof values[3], "%.2f ms", status->classify_ms);
    value_write(values[4], sizeof values[4], "%.0f ms", status->age_ms);
    snprintf(values[5], sizeof values[5], "%lld", status->dropped);
    struct panel panel = {
        .rows = {{_("pictures in"), values[0]},
                 {_("analysed"), values[1]},
                 {_("find faces"), values[2]},
                 {_("classify"), values[3]},
                 {_("picture's age"), values[4]},
                 {_("dropped"), values[5]}},
        .n_rows = 6,
        .lines = {status->source, status->model},
    };
    SDL_Point target = overlay_extent(overlay);
    int margin = margin_of(em), small = em - em / 6;
    SDL_Point room = {target.x - 2 * margin, bottom - top - margin};
    struct panel_layout l = panel_fit(overlay, &panel, small, room);
    panel_draw(overlay, &panel, &l, margin, top);
    reserve(overlay, (SDL_Rect){margin, top, l.width, l.height});
}

void overlay_draw_status(struct overlay *overlay, const struct overlay_view *view,
                         const struct overlay_status *status) {
    (void)view;
    int em = overlay_em(overlay);
    overlay->n_reserved = 0;
    int top = pills_draw(overlay, status, em);
    if (status->help) {
        help_draw(overlay, em);
        return;
    }
    int bottom = toast_draw(overlay, status->message, em);
    if (status->maps) {
        bottom = map_keys_draw(overlay, em, bottom);
    }
    if (status->figures) {
        figures_draw(overlay, status, em, top, bottom);
    }
}

void overlay_draw_waiting(struct overlay *overlay, const char *words) {
    SDL_Point target = overlay_extent(overlay);
    int em = overlay_em(overlay), mark = 5 * em;
    SDL_SetRenderDrawBlendMode(overlay->renderer, SDL_BLENDMODE_NONE);
    SDL_SetRenderDrawColor(overlay->renderer, 27, 33, 39, 255);
    SDL_RenderFillRect(overlay->renderer, NULL);
    struct text_style style = {.size = em, .wrap = target.x - 2 * em, .colour = ink_dim};
    SDL_Point extent = text_measure(overlay->text, words, style);
    int y = (target.y - mark - em - extent.y) / 2;
    stamps_mark(overlay->stamps, MARK_SMILE, (target.x - mark) / 2, y, mark,
                (SDL_Color){84, 226, 178, 150});
    text_draw(overlay->text, words, style, (target.x - extent.x) / 2, y + mark + em);
}
