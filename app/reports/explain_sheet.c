// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/explain_sheet.h"

#include "core/base/log.h"
#include "core/base/min_max.h"
#include "app/analysis/attention_map.h"
#include "app/reports/layer_summary.h"
#include "app/draw/image_renderer.h"
#include "app/draw/palette.h"
#include "app/draw/shapes.h"
#include "app/draw/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 40
#define GAP 16
#define N_STRONGEST 8
#define MAP_SIDE 128
#define CONTENT (N_STRONGEST * MAP_SIDE + (N_STRONGEST - 1) * GAP)
#define TILE ((CONTENT - 2 * GAP) / 3)
#define WIDTH (CONTENT + 2 * MARGIN)
#define HEAD_ROOM 900
#define ROW_ROOM (2 * MAP_SIDE + 140)

struct sheet {
    struct image canvas;
    struct image_renderer target; // the canvas
    struct text *text;
    struct shapes *shapes;
    int y;           // where the next thing begins
    bool incomplete; // for want of memory
};

static void sheet_finish(struct sheet *sheet) {
    shapes_destroy(sheet->shapes);
    text_destroy(sheet->text);
    image_renderer_finish(&sheet->target);
    image_finish(&sheet->canvas);
}

static bool sheet_init(struct sheet *sheet, int height) {
    if (!image_init(&sheet->canvas, WIDTH, height, PIXEL_BGRX32) ||
        !image_renderer_init(&sheet->target, &sheet->canvas, false)) {
        return false;
    }
    SDL_Renderer *renderer = sheet->target.renderer;
    sheet->text = text_create(renderer);
    sheet->shapes = sheet->text ? shapes_create(renderer) : NULL;
    palette_set(renderer, ground);
    SDL_RenderClear(renderer);
    return sheet->shapes != NULL;
}

static struct text_style style_of(int size, bool bold, int wrap, SDL_Color colour) {
    return (struct text_style){.size = size, .bold = bold, .wrap = wrap, .colour = colour};
}

// Returns the height.
static int write_at(struct sheet *sheet, const char *words, struct text_style style, int x, int y) {
    text_draw(sheet->text, words, style, x, y);
    return text_measure(sheet->text, words, style).y;
}

// ---- pictures ----

// Draws w x h pixels, 0xAARRGGBB, into the rectangle: as squares, or smoothly. pixels may be NULL,
// without memory.
static void pixels_draw(struct sheet *sheet, const uint32_t *pixels, int w, int h, SDL_Rect rect,
                        bool smooth) {
    SDL_Texture *texture = pixels
                               ? SDL_CreateTexture(sheet->target.renderer, SDL_PIXELFORMAT_ARGB8888,
                                                   SDL_TEXTUREACCESS_STATIC, w, h)
                               : NULL;
    if (!texture) {
        sheet->incomplete = true;
        return;
    }
    SDL_UpdateTexture(texture, NULL, pixels, w * (int)sizeof *pixels);
    SDL_SetTextureScaleMode(texture, smooth ? SDL_ScaleModeLinear : SDL_ScaleModeNearest);
    SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND);
    SDL_RenderCopy(sheet->target.renderer, texture, NULL, &rect);
    SDL_DestroyTexture(texture);
}

static void face_draw(struct sheet *sheet, const struct explanation *e, SDL_Rect rect) {
    int size = e->info->input_size, margin = (e->chip->width - size) / 2;
    uint32_t *pixels = calloc((size_t)size * (size_t)size, sizeof *pixels);
    for (int y = 0; pixels && y < size; y++) {
        const uint8_t *row = e->chip->data + (y + margin) * e->chip->stride + margin;
        for (int x = 0; x < size; x++) {
            pixels[y * size + x] = 0xff000000u | (uint32_t)row[x] * 0x10101u;
        }
    }
    pixels_draw(sheet, pixels, size, size, rect, true);
    free(pixels);
}

// Grey values of standardised ones.
static void values_draw(struct sheet *sheet, const real *x, int size, SDL_Rect rect) {
    uint32_t *pixels = calloc((size_t)size * (size_t)size, sizeof *pixels);
    for (int i = 0; pixels && i < size * size; i++) {
        float share = fminf(fmaxf(((float)x[i] + 3) / 6, 0), 1);
        pixels[i] = 0xff000000u | (uint32_t)lrintf(255 * share) * 0x10101u;
    }
    pixels_draw(sheet, pixels, size, size, rect, true);
    free(pixels);
}

static void map_draw(struct sheet *sheet, const struct attention_map *map, SDL_Rect rect) {
    uint32_t pixels[FACE_MAP_PIXELS * FACE_MAP_PIXELS];
    attention_map_paint(map, pixels, FACE_MAP_PIXELS);
    pixels_draw(sheet, pixels, FACE_MAP_PIXELS, FACE_MAP_PIXELS, rect, true);
}

static uint8_t between(int from, int to, float t) {
    return (uint8_t)lrintf((float)from + t * (float)(to - from));
}

static uint32_t mix(SDL_Color a, SDL_Color b, float t) {
    return 0xff000000u | (uint32_t)between(a.r, b.r, t) << 16 |
           (uint32_t)between(a.g, b.g, t) << 8 | between(a.b, b.b, t);
}

// From nothing over the sign's colour to white; share in [-1, 1] of the largest.
static uint32_t feature_colour(float share) {
    static const SDL_Color nothing = {10, 13, 16, 255}, white = {255, 255, 255, 255};
    SDL_Color middle = share > 0 ? accent : against;
    float t = fminf(fabsf(share), 1);
    return t < 0.6f ? mix(nothing, middle, t / 0.6f) : mix(middle, white, (t - 0.6f) / 0.4f);
}

// values may be NULL, without memory.
static void feature_draw(struct sheet *sheet, const real *values, struct shape shape, float largest,
                         SDL_Rect room) {
    int area = shape.h * shape.w, longer = shape.h > shape.w ? shape.h : shape.w;
    uint32_t *pixels = values ? calloc((size_t)area, sizeof *pixels) : NULL;
    for (int p = 0; pixels && p < area; p++) {
        pixels[p] = feature_colour(largest > 0 ? (float)values[p] / largest : 0);
    }
    int w = room.w * shape.w / longer, h = room.h * shape.h / longer;
    SDL_Rect rect = {room.x + (room.w - w) / 2, room.y + (room.h - h) / 2, w, h};
    pixels_draw(sheet, pixels, shape.w, shape.h, rect, false);
    free(pixels);
}

// ---- the head: the answer, and the face in three ways ----

static void answer_draw(struct sheet *sheet, const struct explanation *e) {
    char words[MODEL_LABEL_LEN + 40];
    int mark = 44, x = MARGIN + mark + GAP;
    if (e->reconstruction) {
        x = MARGIN;
        snprintf(words, sizeof words, "autoencoder, loss %.3f", e->loss);
    } else {
        float p = e->probabilities[e->label];
        snprintf(words, sizeof words, "%s %.1f %%", e->info->labels[e->label], (double)p * 100);
        shapes_mark(sheet->shapes, e->label == e->info->smile_label ? MARK_SMILE : MARK_NEUTRAL,
                    MARGIN, sheet->y, mark, p >= 0.5f ? accent : against);
    }
    sheet->y += write_at(sheet, words, style_of(30, true, 0, ink), x, sheet->y + 2) + 14;
    char name[1024];
    snprintf(name, sizeof name, "%.900s%s%s", e->picture, e->note ? ", " : "",
             e->note ? e->note : "");
    sheet->y +=
        write_at(sheet, name, style_of(17, false, CONTENT, ink_dim), MARGIN, sheet->y) + GAP + 6;
}

static void map_words(const struct explanation *e, char *words, size_t room) {
    const char *label = e->info->labels[e->label];
    if (e->map.width == 0) {
        snprintf(words, room,
                 "This network has no class map, since it does not end in global average pooling.");
        return;
    }
    snprintf(words, room,
             "The class map, %dx%d places: green speaks for %s, violet against it. "
             "The mean, %+.2f, %s.",
             e->info->map_width, e->info->map_height, label, (double)e->map_mean,
             e->info->n_labels == 2 ? "is the log-odds of the answer"
                                    : "is its lead over the mean of the others");
}

static void tile_words(const struct explanation *e, char words[3][256]) {
    int size = e->info->input_size;
    snprintf(words[0], sizeof words[0], "What the network gets: %dx%d grey pixels.", size, size);
    if (e->reconstruction) {
        snprintf(words[1], sizeof words[1], "What it makes again of what it keeps.");
        snprintf(words[2], sizeof words[2],
                 "The difference: green where it came out too bright, violet where too dark.");
        return;
    }
    map_words(e, words[1], sizeof words[1]);
    snprintf(words[2], sizeof words[2],
             "Covered by a grey square here and there: green where the log-odds of %s fall, violet "
             "where they rise, by %.1f at most.",
             e->info->labels[e->label], (double)e->strongest);
}

static void reconstruction_draw(struct sheet *sheet, const struct explanation *e, int tile,
                                SDL_Rect rect) {
    int size = e->info->input_size;
    real *difference = tile == 2 ? calloc((size_t)size * (size_t)size, sizeof *difference) : NULL;
    if (tile < 2) {
        values_draw(sheet, tile ? e->reconstruction : e->input, size, rect);
        return;
    }
    for (int i = 0; difference && i < size * size; i++) {
        difference[i] = e->reconstruction[i] - e->input[i];
    }
    feature_draw(sheet, difference, (struct shape){1, size, size}, 2, rect);
    free(difference);
}

static void tile_draw(struct sheet *sheet, const struct explanation *e, int tile, SDL_Rect rect) {
    if (e->reconstruction) {
        reconstruction_draw(sheet, e, tile, rect);
        return;
    }
    face_draw(sheet, e, rect);
    if (tile == 2 || (tile == 1 && e->map.width > 0)) {
        map_draw(sheet, tile == 1 ? &e->map : &e->occlusion, rect);
    }
}

static void tiles_draw(struct sheet *sheet, const struct explanation *e) {
    char words[3][256];
    int lowest = 0;
    tile_words(e, words);
    for (int i = 0; i < 3; i++) {
        SDL_Rect rect = {MARGIN + i * (TILE + GAP), sheet->y, TILE, TILE};
        tile_draw(sheet, e, i, rect);
        int height = write_at(sheet, words[i], style_of(17, false, TILE, ink_dim), rect.x,
                              rect.y + TILE + GAP / 2);
        lowest = height > lowest ? height : lowest;
    }
    sheet->y += TILE + GAP / 2 + lowest + 2 * GAP;
}

// ---- feature maps ----

struct strength {
    int channel;
    double mean_square;
};

static int by_strength(const void *a, const void *b) {
    const struct strength *x = a, *y = b;
    return x->mean_square != y->mean_square ? (x->mean_square < y->mean_square ? 1 : -1)
                                            : x->channel - y->channel;
}

// The channels of a layer, the strongest first; the caller frees them. NULL without memory.
static struct strength *strengths(const real *values, struct shape shape) {
    int area = shape.h * shape.w;
    struct strength *all = calloc((size_t)shape.c, sizeof *all);
    for (int c = 0; all && c < shape.c; c++, values += area) {
        all[c].channel = c;
        for (int p = 0; p < area; p++) {
            all[c].mean_square += (double)values[p] * (double)values[p] / area;
        }
    }
    if (all) {
        qsort(all, (size_t)shape.c, sizeof *all, by_strength);
    }
    return all;
}

static float largest_of(const real *values, int n) {
    float largest = 0;
    for (int i = 0; i < n; i++) {
        largest = fmaxf(largest, fabsf((float)values[i]));
    }
    return largest;
}

static void layer_title(const struct explanation *e, int layer, char *words, size_t room) {
    const struct node *node = &e->graph->nodes[layer];
    char what[96];
    layer_summary(node, what, sizeof what);
    snprintf(words, room, "Layer %d, %s: %d map%s of %dx%d%s", layer, what, node->shape.c,
             node->shape.c == 1 ? "" : "s", node->shape.h, node->shape.w,
             node->shape.c > N_STRONGEST ? ", the strongest first" : "");
}

// The square of the picture, at least a few pixels wide, that holds all that is not zero.
static SDL_Rect square_of(const real *seen, struct shape shape) {
    int x0 = shape.w, y0 = shape.h, x1 = 0, y1 = 0;
    for (int i = 0; i < shape.h * shape.w; i++) {
        if (seen[i] != 0) {
            x0 = min_int(x0, i % shape.w);
            x1 = max_int(x1, i % shape.w + 1);
            y0 = min_int(y0, i / shape.w);
            y1 = max_int(y1, i / shape.w + 1);
        }
    }
    int side = min_int(max_int(max_int(x1 - x0, y1 - y0), 8), min_int(shape.h, shape.w));
    return (SDL_Rect){max_int(0, min_int((x0 + x1 - side) / 2, shape.w - side)),
                      max_int(0, min_int((y0 + y1 - side) / 2, shape.h - side)), side, side};
}

// What a map sees at its strongest place, enlarged.
static void seen_draw(struct sheet *sheet, const struct explanation *e, int layer, int channel,
                      SDL_Rect room) {
    struct shape shape = graph_input_shape(e->graph);
    const real *seen = deconvolution_run(e->inside, layer, channel);
    SDL_Rect square = square_of(seen, shape);
    int side = square.w;
    real *part = calloc((size_t)side * (size_t)side, sizeof *part);
    for (int y = 0; part && y < side; y++) {
        memcpy(part + y * side, seen + (square.y + y) * shape.w + square.x,
               (size_t)side * sizeof *part);
    }
    feature_draw(sheet, part, (struct shape){1, side, side}, largest_of(seen, shape.h * shape.w),
                 room);
    free(part);
}

static void layer_draw(struct sheet *sheet, const struct explanation *e, int which) {
    int layer = e->layers[which];
    struct shape shape = e->graph->nodes[layer].shape;
    const real *values = deconvolution_features(e->inside, layer);
    struct strength *all = strengths(values, shape);
    if (!all) {
        sheet->incomplete = true;
        return;
    }
    char words[192];
    layer_title(e, layer, words, sizeof words);
    sheet->y += write_at(sheet, words, style_of(17, false, CONTENT, ink), MARGIN, sheet->y) + 6;
    int n = shape.c < N_STRONGEST ? shape.c : N_STRONGEST, area = shape.h * shape.w, below = 0;
    float largest = 0;
    for (int i = 0; i < n; i++) {
        largest = fmaxf(largest, largest_of(values + all[i].channel * area, area));
    }
    for (int i = 0; i < n; i++) {
        SDL_Rect room = {MARGIN + i * (MAP_SIDE + GAP), sheet->y, MAP_SIDE, MAP_SIDE};
        feature_draw(sheet, values + all[i].channel * area, shape, largest, room);
        room.y += MAP_SIDE + GAP / 2;
        seen_draw(sheet, e, layer, all[i].channel, room);
        snprintf(words, sizeof words, "%d", all[i].channel);
        below =
            write_at(sheet, words, style_of(14, false, 0, ink_dim), room.x, room.y + MAP_SIDE + 3);
    }
    sheet->y += 2 * MAP_SIDE + GAP / 2 + below + GAP + 6;
    free(all);
}

bool explain_sheet(const struct explanation *e, struct image *image) {
    struct sheet sheet = {.y = MARGIN};
    *image = (struct image){0};
    bool drawn = sheet_init(&sheet, HEAD_ROOM + e->n_layers * ROW_ROOM);
    if (drawn) {
        answer_draw(&sheet, e);
        tiles_draw(&sheet, e);
        sheet.y += write_at(&sheet,
                            "Feature maps and, below each, what it sees at its strongest place: "
                            "that value alone, led back to the pixels (deconvolution), enlarged.",
                            style_of(17, false, CONTENT, ink_dim), MARGIN, sheet.y) +
                   GAP;
        for (int i = 0; i < e->n_layers; i++) {
            layer_draw(&sheet, e, i);
        }
        SDL_RenderFlush(sheet.target.renderer);
        if (sheet.incomplete) {
            log_no_memory("drawing the explanation");
        }
        int height = sheet.y - GAP + MARGIN / 2;
        struct image used = image_view(&sheet.canvas, 0, 0, WIDTH, height);
        drawn = !sheet.incomplete && image_init(image, WIDTH, height, PIXEL_BGRX32);
        if (drawn) {
            image_copy(image, &used);
        }
    }
    sheet_finish(&sheet);
    return drawn;
}
