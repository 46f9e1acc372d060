// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/i18n.h"
#include "app/draw/overlay_private.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int wider(int a, int b) {
    return a > b ? a : b;
}

// ---- panels: two columns, and perhaps lines across both ----

#define MAX_ROWS 16
#define STATS_LEAST_ROWS 4

struct panel {
    const char *title; // or NULL
    struct overlay_menu_row rows[MAX_ROWS];
    int n_rows;
    const char *lines[2]; // broken where the panel ends; NULL = none
    bool keys;            // the left column is bold
    int at;               // the row that is chosen, from 1; 0: none
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
        .em = em,
        .step = text_measure(overlay->text, "0", overlay_style(em, false, ink)).y + em / 5};
    for (int i = 0; i < panel->n_rows; i++) {
        struct text_style left = overlay_style(em, panel->keys, ink),
                          right = overlay_style(em, false, ink);
        l.left = wider(l.left, text_measure(overlay->text, panel->rows[i].left, left).x);
        l.right =
            wider(l.right, text_measure_tabular(overlay->text, panel->rows[i].right, right).x);
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
    SDL_Color behind = plate;
    behind.a = panel->title ? 242 : plate.a;
    shapes_fill(overlay->shapes, (SDL_Rect){x, y, l->width, l->height}, l->em * 2 / 3, behind);
    x += l->em;
    y += l->em * 3 / 4;
    if (panel->title) {
        text_draw(overlay->text, panel->title, overlay_style(l->em, true, ink), x, y);
        y += l->step + l->em / 2;
    }
    for (int i = 0; i < panel->n_rows; i++, y += l->step) {
        bool strong = panel->keys || panel->at == i + 1;
        struct text_style left = overlay_style(l->em, panel->keys, strong ? accent : ink_dim);
        if (panel->at == i + 1) {
            SDL_Rect row = {x - l->em / 2, y, l->width - l->em, l->step};
            shapes_outline(overlay->shapes, row, l->em / 3, l->em / 10 + 1, accent);
        }
        text_draw(overlay->text, panel->rows[i].left, left, x, y);
        text_draw_tabular(overlay->text, panel->rows[i].right, overlay_style(l->em, false, ink),
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

static const struct panel help_english[] = {
    {
        .title = N_("Keys"),
        .rows =
            {
                {"q", N_("quit")},
                {"Esc", N_("leave full screen, then quit")},
                {"f  F11", N_("full screen, or double-click")},
                {"s", N_("save a picture")},
                {"t", N_("photograph in 5 seconds")},
                {"r", N_("record, or stop recording")},
                {N_("space"), N_("pause")},
                {"c", N_("choose and adjust the camera")},
                {"n  Tab", N_("next camera")},
                {"?  h  F1", N_("this help")},
            },
        .n_rows = 10,
        .keys = true,
    },
    {
        .title = N_("View"),
        .rows =
            {
                {"m", N_("mirror")},
                {"i", N_("statistics")},
                {"g", N_("the last minute")},
                {"d", N_("numbers of faces")},
                {"x", N_("where the network looks")},
                {"l", N_("larger text")},
                {"v", N_("high contrast")},
            },
        .n_rows = 7,
        .keys = true,
    },
    {
        .title = N_("Files"),
        .rows =
            {
                {"← →", N_("5 seconds back, forward")},
                {"↑ ↓", N_("faster, slower")},
                {",  .", N_("a frame back, forward")},
            },
        .n_rows = 3,
        .keys = true,
    },
};
#define N_HELP ((int)(sizeof help_english / sizeof *help_english))

static struct panel panel_translate(const struct panel *english) {
    struct panel panel = *english;
    panel.title = _(english->title);
    for (int i = 0; i < panel.n_rows; i++) {
        panel.rows[i].left = _(english->rows[i].left);
        panel.rows[i].right = _(english->rows[i].right);
    }
    return panel;
}

void overlay_menu_draw(struct overlay *overlay, const struct overlay_menu *menu, int em) {
    SDL_Point target = overlay_extent(overlay), room = {target.x - em, target.y - em};
    struct panel panel = {.title = menu->title, .n_rows = menu->n_rows, .at = menu->at + 1};
    memcpy(panel.rows, menu->rows, sizeof menu->rows);
    struct panel_layout l = panel_fit(overlay, &panel, em, room);
    int x = overlay_margin(em); // beside the face, which shows what a control does
    SDL_Rect rect = {x, (target.y - l.height) / 2, l.width, l.height};
    panel_draw(overlay, &panel, &l, rect.x, rect.y);
    overlay_reserve(overlay, rect);
}

// The panels of the help, beside or below one another, as high or wide as each other.
struct help {
    struct panel panels[N_HELP];
    struct panel_layout layouts[N_HELP];
    bool beside;
    int width, height;
};

static void help_measure(struct overlay *overlay, struct help *help, int em, int most) {
    int total_w = 0, total_h = 0, widest = 0, highest = 0;
    for (int i = 0; i < N_HELP; i++) {
        help->layouts[i] = panel_measure(overlay, &help->panels[i], em, most);
        total_w += help->layouts[i].width;
        total_h += help->layouts[i].height;
        widest = wider(widest, help->layouts[i].width);
        highest = wider(highest, help->layouts[i].height);
    }
    help->width = help->beside ? total_w : widest;
    help->height = help->beside ? highest : total_h;
    for (int i = 0; i < N_HELP; i++) {
        *(help->beside ? &help->layouts[i].height : &help->layouts[i].width) =
            help->beside ? highest : widest;
    }
}

// With the largest text, at most em, with which it fits into the room.
static struct help help_fit(struct overlay *overlay, int em, SDL_Point room) {
    struct help help = {.beside = room.x > room.y};
    for (int i = 0; i < N_HELP; i++) {
        help.panels[i] = panel_translate(&help_english[i]);
    }
    help_measure(overlay, &help, em, room.x);
    while ((help.width > room.x || help.height > room.y) && em > 6) {
        help_measure(overlay, &help, --em, room.x);
    }
    return help;
}

void overlay_help_draw(struct overlay *overlay, int em) {
    SDL_Point target = overlay_extent(overlay), room = {target.x - em, target.y - em};
    struct help help = help_fit(overlay, em, room);
    SDL_SetRenderDrawBlendMode(overlay->renderer, SDL_BLENDMODE_BLEND);
    SDL_SetRenderDrawColor(overlay->renderer, 0, 0, 0, 120);
    SDL_RenderFillRect(overlay->renderer, NULL);
    for (int i = 0, along = 0; i < N_HELP; i++) {
        const struct panel_layout *l = &help.layouts[i];
        int x = (target.x - (help.beside ? help.width : l->width)) / 2;
        int y = (target.y - help.height) / 2;
        panel_draw(overlay, &help.panels[i], l, x + (help.beside ? along : 0),
                   y + (help.beside ? 0 : along));
        along += help.beside ? l->width : l->height;
    }
    overlay_reserve(overlay, (SDL_Rect){0, 0, target.x, target.y}); // no labels beside it
}

static void value_write(char *to, size_t n, const char *format, double value) {
    snprintf(to, n, isfinite(value) && fabs(value) < 1e7 ? format : "-", value);
}

struct stats_place {
    SDL_Rect rect;
    struct panel_layout layout;
};

static int covered(const struct overlay *overlay, const SDL_Rect *rect) {
    int area = 0;
    SDL_Rect common;
    for (int i = 0; i < overlay->n_boxes; i++) {
        area += SDL_IntersectRect(rect, &overlay->boxes[i], &common) ? common.w * common.h : 0;
    }
    return area;
}

// Beside the faces, if necessary smaller, without the lines, and with the first rows alone; else
// where it covers least. Takes rows and lines from the panel.
static struct stats_place stats_place(struct overlay *overlay, struct panel *panel, int em, int top,
                                      int bottom) {
    const struct panel whole = *panel;
    int margin = overlay_margin(em), least = INT_MAX;
    SDL_Point target = overlay_extent(overlay);
    SDL_Point room = {target.x - 2 * margin, bottom - top - margin};
    struct stats_place best = {0};
    for (int i = 0; i < 9 && least > 0; i++) {
        struct panel next = whole;
        next.n_rows = i < 6 ? whole.n_rows : STATS_LEAST_ROWS;
        next.lines[0] = i < 3 ? whole.lines[0] : NULL;
        next.lines[1] = i < 3 ? whole.lines[1] : NULL;
        struct panel_layout l = panel_fit(overlay, &next, em - em * (1 + i % 3) / 6, room);
        for (int side = 0; side < 2; side++) {
            SDL_Rect rect = {side ? target.x - margin - l.width : margin, top, l.width, l.height};
            int area = covered(overlay, &rect);
            if (area < least) {
                least = area;
                best = (struct stats_place){rect, l};
                *panel = next;
            }
        }
    }
    return best;
}

void overlay_stats_draw(struct overlay *overlay, const struct overlay_status *status, int em,
                        int top, int bottom) {
    char values[9][24];
    const struct {
        const char *name, *format;
        double value;
    } rows[] = {
        {_("captured"), "%.1f fps", status->stats.capture_hz},
        {_("analysed"), "%.1f fps", status->stats.analysis_hz},
        {_("shown"), "%.1f fps", status->window.shown_hz},
        {_("dropped"), "%.0f", (double)status->stats.dropped},
        {_("grey"), "%.1f ms", status->stats.grey_ms},
        {_("find faces"), "%.1f ms", status->stats.find_ms},
        {_("classify"), "%.1f ms", status->stats.classify_ms},
        {_("draw"), "%.1f ms", status->window.draw_ms},
        {_("frame age"), "%.0f ms", status->stats.age_ms},
    };
    struct panel panel = {
        .n_rows = sizeof rows / sizeof *rows,
        .lines = {status->stats.source,
                  status->stats.model && *status->stats.model ? status->stats.model : NULL},
    };
    for (int i = 0; i < panel.n_rows; i++) {
        value_write(values[i], sizeof values[i], rows[i].format, rows[i].value);
        panel.rows[i].left = rows[i].name;
        panel.rows[i].right = values[i];
    }
    struct stats_place place = stats_place(overlay, &panel, em, top, bottom);
    panel_draw(overlay, &panel, &place.layout, place.rect.x, place.rect.y);
    overlay_reserve(overlay, place.rect);
}
