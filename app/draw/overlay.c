// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/overlay_private.h"

#include "core/base/log.h"
#include "app/draw/face_fade.h"
#include "app/system/i18n.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FADE_IN_S 0.2     // from the face's entry
#define FADE_AFTER_S 0.16 // without a sight of the face; in a crowd they take turns

struct overlay *overlay_create(SDL_Renderer *renderer) {
    struct overlay *overlay = calloc(1, sizeof *overlay);
    if (!overlay) {
        log_no_memory("the overlay");
        return NULL;
    }
    overlay->renderer = renderer;
    overlay->shapes = shapes_create(renderer);
    if (!overlay->shapes) {
        goto fail;
    }
    overlay->text = text_create(renderer);
    if (overlay->text) {
        return overlay;
    }
fail:
    overlay_destroy(overlay);
    return NULL;
}

void overlay_destroy(struct overlay *overlay) {
    if (overlay) {
        if (overlay->map) {
            SDL_DestroyTexture(overlay->map);
        }
        overlay_forget_picture(overlay);
        text_destroy(overlay->text);
        shapes_destroy(overlay->shapes);
    }
    free(overlay);
}

SDL_Point overlay_extent(const struct overlay *overlay) {
    SDL_Point extent = {0, 0};
    SDL_GetRendererOutputSize(overlay->renderer, &extent.x, &extent.y);
    return extent;
}

void overlay_set_look(struct overlay *overlay, struct overlay_look look) {
    overlay->look = look;
    shapes_set_contrast(overlay->shapes, look.high_contrast);
    text_set_contrast(overlay->text, look.high_contrast);
}

int overlay_em(const struct overlay *overlay) {
    SDL_Point extent = overlay_extent(overlay);
    int side = extent.x < extent.y ? extent.x : extent.y;
    return (6 + (side + 24) / 48) * (5 + 2 * overlay->look.text) / 5;
}

int overlay_margin(int em) {
    return em * 2 / 3;
}

struct text_style overlay_style(int size, bool bold, SDL_Color colour) {
    return (struct text_style){.size = size, .bold = bold, .colour = colour};
}

void overlay_reserve(struct overlay *overlay, SDL_Rect rect) {
    if (overlay->n_reserved < MAX_RESERVED) {
        overlay->reserved[overlay->n_reserved++] = rect;
    }
}

// ---- faces ----

// How much a label tells.
enum detail { DETAIL_FULL, DETAIL_SHORT, DETAIL_MARK, DETAIL_NONE };

struct label {
    enum detail detail;
    SDL_Rect rect;
};

// One face as it is drawn.
struct look {
    const struct face_view *face;
    SDL_Rect box; // in the target, within the picture; empty = not in the picture
    struct label label;
    SDL_Color colour;
    Uint8 alpha;
    float score;
};

struct crowd {
    struct look looks[MAX_FACES];
    int n;
    bool tight; // labels may lie on other faces
};

static int to_target(double x, double scale, int limit) {
    double at = x * scale;
    return at < 0 ? 0 : at > limit ? limit : (int)lrint(at);
}

static SDL_Rect box_in_target(const struct overlay_view *view, struct box box) {
    SDL_Rect none = {0, 0, 0, 0};
    if (!isfinite(box.x) || !isfinite(box.y) || !isfinite(box.w) || !isfinite(box.h) ||
        view->picture_width <= 0 || view->picture_height <= 0) {
        return none;
    }
    double left = view->mirrored ? view->picture_width - (double)box.x - box.w : box.x;
    double across = (double)view->picture.w / view->picture_width;
    double down = (double)view->picture.h / view->picture_height;
    int x0 = to_target(left, across, view->picture.w),
        x1 = to_target(left + box.w, across, view->picture.w);
    int y0 = to_target(box.y, down, view->picture.h),
        y1 = to_target((double)box.y + box.h, down, view->picture.h);
    if (x1 - x0 < 2 || y1 - y0 < 2) {
        return none;
    }
    return (SDL_Rect){view->picture.x + x0, view->picture.y + y0, x1 - x0, y1 - y0};
}

static const char *quality_word(enum face_quality quality) {
    switch (quality) {
    case QUALITY_SMALL:
        return _("not sure: too small");
    case QUALITY_DARK:
        return _("not sure: too dark");
    case QUALITY_BLURRED:
        return _("not sure: blurred");
    case QUALITY_TURNED:
        return _("not sure: turned away");
    case QUALITY_GOOD:
        break;
    }
    return "";
}

// The labels of the models that are shipped; those of others stay as they are.
static const char *const known_labels[] = {N_("angry"), N_("disgust"),  N_("fear"),    N_("happy"),
                                           N_("sad"),   N_("surprise"), N_("neutral"), N_("smile")};

static const char *label_word(const char *label) {
    for (size_t i = 0; i < sizeof known_labels / sizeof *known_labels; i++) {
        if (strcmp(label, known_labels[i]) == 0) {
            return _(known_labels[i]);
        }
    }
    return label;
}

static const char *face_word(const struct face_view *face) {
    if (face->quality != QUALITY_GOOD) {
        return quality_word(face->quality);
    }
    return face->label ? label_word(face->label) : face->smiling ? _("smile") : _("no smile");
}

// Both words take the same room, so that a label does not jump when it changes.
static int word_width(struct overlay *overlay, const struct face_view *face, int em) {
    struct text_style style = overlay_style(em, true, ink);
    if (face->label || face->quality != QUALITY_GOOD) {
        return text_measure(overlay->text, face_word(face), style).x;
    }
    int a = text_measure(overlay->text, _("smile"), style).x,
        b = text_measure(overlay->text, _("no smile"), style).x;
    return a > b ? a : b;
}

// The lengths of which labels are made, from the size of the text.
static int label_pad(int em) {
    return (em * 2 + 2) / 5;
}
static int mark_size(int em) {
    return em + em / 6;
}
static int bar_height(int em) {
    return em / 4 > 3 ? em / 4 : 3;
}

static SDL_Point label_extent(struct overlay *overlay, const struct face_view *face, int em,
                              enum detail detail) {
    int pad = label_pad(em), mark = mark_size(em);
    if (detail == DETAIL_MARK) {
        return (SDL_Point){mark + pad, mark + pad};
    }
    SDL_Point percent = text_measure_tabular(overlay->text, "100%", overlay_style(em, true, ink));
    int w = pad + mark + pad + percent.x + pad;
    if (detail == DETAIL_FULL) {
        w += word_width(overlay, face, em) + 2 * pad;
    }
    return (SDL_Point){w, percent.y + bar_height(em) + pad + pad / 2};
}

static bool rect_within(const SDL_Rect *inner, const SDL_Rect *outer) {
    return inner->x >= outer->x && inner->y >= outer->y &&
           inner->x + inner->w <= outer->x + outer->w && inner->y + inner->h <= outer->y + outer->h;
}

// Whether a label may lie there: in the picture, clear of the status and of labels already placed
// and, unless it is crowded, of other faces.
static bool label_fits(const struct overlay *overlay, const struct overlay_view *view,
                       const struct crowd *crowd, int self, const SDL_Rect *rect) {
    if (!rect_within(rect, &view->picture)) {
        return false;
    }
    for (int i = 0; i < overlay->n_reserved; i++) {
        if (SDL_HasIntersection(rect, &overlay->reserved[i])) {
            return false;
        }
    }
    for (int i = 0; i < crowd->n; i++) {
        const struct look *other = &crowd->looks[i];
        bool label_there = i < self && other->label.detail != DETAIL_NONE;
        if ((label_there && SDL_HasIntersection(rect, &other->label.rect)) ||
            (i != self && !crowd->tight && SDL_HasIntersection(rect, &other->box))) {
            return false;
        }
    }
    return true;
}

static int clamp_int(int x, int low, int high) {
    return x > high ? (high < low ? low : high) : x < low ? low : x;
}

// Below the box, else above it, else inside along its lower or upper edge; in the middle if
// possible.
static bool label_place(struct overlay *overlay, const struct overlay_view *view,
                        struct crowd *crowd, int self, int em, enum detail detail) {
    struct look *look = &crowd->looks[self];
    const SDL_Rect *box = &look->box, *picture = &view->picture;
    SDL_Point extent = label_extent(overlay, look->face, em, detail);
    int gap = em / 4 + 1, bottom = box->y + box->h, spare = box->w - extent.x;
    const int xs[] = {box->x + spare / 2, box->x, box->x + spare};
    const int ys[] = {bottom + gap, box->y - gap - extent.y, bottom - 2 * gap - extent.y,
                      box->y + 2 * gap};
    for (int i = 0; i < 12; i++) {
        int x = clamp_int(xs[i % 3], picture->x, picture->x + picture->w - extent.x);
        SDL_Rect rect = {x, ys[i / 3], extent.x, extent.y};
        if (label_fits(overlay, view, crowd, self, &rect)) {
            look->label = (struct label){detail, rect};
            return true;
        }
    }
    return false;
}

static bool label_place_some(struct overlay *overlay, const struct overlay_view *view,
                             struct crowd *crowd, int self, int em) {
    const struct look *look = &crowd->looks[self];
    int full = label_extent(overlay, look->face, em, DETAIL_FULL).x;
    enum detail detail = 10 * look->box.w < 6 * full ? DETAIL_SHORT : DETAIL_FULL;
    for (; detail < DETAIL_NONE; detail++) {
        if (label_place(overlay, view, crowd, self, em, detail)) {
            return true;
        }
    }
    return false;
}

static void labels_place(struct overlay *overlay, const struct overlay_view *view,
                         struct crowd *crowd) {
    int em = overlay_em(overlay);
    for (int i = 0; i < crowd->n; i++) {
        crowd->looks[i].label.detail = DETAIL_NONE;
        crowd->tight = false;
        if (crowd->looks[i].box.w > 0 && !label_place_some(overlay, view, crowd, i, em)) {
            crowd->tight = true;
            label_place_some(overlay, view, crowd, i, em);
        }
    }
}

static SDL_Color faded(SDL_Color c, Uint8 alpha) {
    c.a = (Uint8)(c.a * alpha / 255);
    return c;
}

static void box_draw(struct overlay *overlay, const struct look *look, int em) {
    if (look->box.w <= 0) {
        return;
    }
    int stroke = (em / 7 > 2 ? em / 7 : 2) * (overlay->look.high_contrast ? 2 : 1),
        least = look->box.w < look->box.h ? look->box.w : look->box.h;
    int radius = em < least / 5 ? em : least / 5, halo = em / 16 > 1 ? em / 16 : 1;
    SDL_Rect around = {look->box.x - halo, look->box.y - halo, look->box.w + 2 * halo,
                       look->box.h + 2 * halo};
    shapes_outline(overlay->shapes, around, radius + halo, stroke + 2 * halo,
                   faded((SDL_Color){0, 0, 0, 90}, look->alpha));
    shapes_outline(overlay->shapes, look->box, radius, stroke, faded(look->colour, look->alpha));
}

// In the box's upper left corner, where the label rarely is.
static void number_draw(struct overlay *overlay, const struct look *look, int em) {
    char words[16];
    snprintf(words, sizeof words, "%d", look->face->id);
    struct text_style style = overlay_style(em, true, faded(ink, look->alpha));
    SDL_Point extent = text_measure_tabular(overlay->text, words, style);
    int pad = label_pad(em), inset = em / 3;
    SDL_Rect rect = {look->box.x + inset, look->box.y + inset, extent.x + 2 * pad, extent.y};
    shapes_fill(overlay->shapes, rect, em / 3, faded(plate, look->alpha));
    text_draw_tabular(overlay->text, words, style, rect.x + pad, rect.y);
}

static void meter_draw(struct overlay *overlay, SDL_Rect rect, const struct look *look) {
    shapes_fill(overlay->shapes, rect, rect.h / 2,
                faded((SDL_Color){255, 255, 255, 52}, look->alpha));
    int filled = (int)lrintf(look->score * (float)rect.w);
    if (filled > 0) {
        rect.w = filled > rect.h ? filled : rect.h;
        shapes_fill(overlay->shapes, rect, rect.h / 2, faded(look->colour, look->alpha));
    }
}

static void label_draw(struct overlay *overlay, const struct look *look, int em) {
    const SDL_Rect *r = &look->label.rect;
    int pad = label_pad(em), mark = mark_size(em), half = pad / 2;
    bool alone = look->label.detail == DETAIL_MARK;
    struct text_style style = overlay_style(em, true, faded(look->colour, look->alpha));
    shapes_fill(overlay->shapes, *r, em / 3, faded(plate, look->alpha));
    char percent[8] = " ";
    if (look->face->quality == QUALITY_GOOD &&
        (!look->face->label || look->face->smiling)) { // it is the smile's, not another label's
        snprintf(percent, sizeof percent, "%d%%", (int)lrintf(look->score * 100));
    }
    SDL_Point extent = text_measure_tabular(overlay->text, percent, style);
    shapes_mark(overlay->shapes, look->face->smiling ? MARK_SMILE : MARK_NEUTRAL,
                r->x + (alone ? half : pad), r->y + half + (alone ? 0 : (extent.y - mark) / 2),
                mark, style.colour);
    if (alone) {
        return;
    }
    if (look->label.detail == DETAIL_FULL) {
        text_draw(overlay->text, face_word(look->face), style, r->x + 2 * pad + mark, r->y + half);
    }
    style.colour = faded(ink, look->alpha);
    text_draw_tabular(overlay->text, percent, style, r->x + r->w - pad - extent.x, r->y + half);
    meter_draw(
        overlay,
        (SDL_Rect){r->x + pad, r->y + half + extent.y + pad / 4, r->w - 2 * pad, bar_height(em)},
        look);
}

static Uint8 face_alpha(const struct face_view *face) {
    double in = face->age_s / FADE_IN_S,
           out = (FACE_FADE_S - face->unseen_s) / (FACE_FADE_S - FADE_AFTER_S);
    return (Uint8)lrint(255 * fmax(0, fmin(1, fmin(in, out))));
}

static struct look look_make(const struct overlay_view *view, const struct face_view *face) {
    struct look look = {
        .face = face,
        .box = box_in_target(view, face->box),
        .alpha = face_alpha(face),
    };
    look.colour = face->smiling ? accent : quiet;
    bool sure = face->quality == QUALITY_GOOD;
    look.score = sure && face->shown_score >= 0 ? fminf(face->shown_score, 1) : 0;
    return look;
}

void overlay_draw_faces(struct overlay *overlay, const struct overlay_view *view,
                        const struct analysis *analysis) {
    struct crowd crowd = {.n = clamp_int(analysis->n_faces, 0, MAX_FACES)};
    int em = overlay_em(overlay);
    for (int i = 0; i < crowd.n; i++) {
        crowd.looks[i] = look_make(view, &analysis->faces[i]);
    }
    for (int i = 0; i < crowd.n; i++) {
        overlay->boxes[i] = crowd.looks[i].box;
    }
    overlay->n_boxes = crowd.n;
    labels_place(overlay, view, &crowd);
    SDL_RenderSetClipRect(overlay->renderer, &view->picture);
    for (int i = 0; i < crowd.n; i++) {
        box_draw(overlay, &crowd.looks[i], em);
    }
    for (int i = 0; i < crowd.n && overlay->look.numbers; i++) {
        if (crowd.looks[i].box.w > 0) {
            number_draw(overlay, &crowd.looks[i], em);
        }
    }
    for (int i = 0; i < crowd.n; i++) {
        if (crowd.looks[i].label.detail != DETAIL_NONE) {
            label_draw(overlay, &crowd.looks[i], em);
        }
    }
    SDL_RenderSetClipRect(overlay->renderer, NULL);
}
