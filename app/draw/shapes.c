// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/shapes.h"

#include "core/base/log.h"
#include "app/draw/palette.h"

#include <math.h>
#include <stdlib.h>

#define N_SPRITES 48

// A shape's coverage as the alpha of a white texture. The key is the kind with two lengths.
struct sprite {
    int kind, a, b;
    SDL_Texture *texture;
    unsigned used;
};

#define SPRITE_RING N_MARKS // a sprite like the marks, with its stroke as the second length

struct shapes {
    SDL_Renderer *renderer;
    struct sprite sprites[N_SPRITES];
    unsigned clock;
    bool high_contrast;
};

struct shapes *shapes_create(SDL_Renderer *renderer) {
    struct shapes *shapes = calloc(1, sizeof *shapes);
    if (!shapes) {
        log_no_memory("the shapes of the overlay");
        return NULL;
    }
    shapes->renderer = renderer;
    return shapes;
}

void shapes_set_contrast(struct shapes *shapes, bool high) {
    shapes->high_contrast = high;
}

static SDL_Color colour_shown(const struct shapes *shapes, SDL_Color colour) {
    return shapes->high_contrast ? palette_contrast(colour) : colour;
}

void shapes_destroy(struct shapes *shapes) {
    for (int i = 0; shapes && i < N_SPRITES; i++) {
        if (shapes->sprites[i].texture) {
            SDL_DestroyTexture(shapes->sprites[i].texture);
        }
    }
    free(shapes);
}

static double cover(double distance) { // how much of a pixel lies inside an edge that far away
    double c = 0.5 - distance;
    return c < 0 ? 0 : c > 1 ? 1 : c;
}

// A face in a circle of diameter 1 around (0, 0); px is its size in pixels.
static double face_cover(double x, double y, double px, bool smile) {
    double line = fmax(0.085, 1.3 / px), r = hypot(x, y);
    double circle = cover((fabs(r - 0.5 + line / 2) - line / 2) * px);
    double eye = cover((hypot(fabs(x) - 0.155, y + 0.11) - 0.068) * px);
    double mouth;
    if (smile) {
        double arc = fabs(hypot(x, y - 0.02) - 0.24) - line / 2;
        mouth = cover(fmax(arc, 0.09 - y) * px);
    } else {
        mouth = cover(fmax(fabs(y - 0.17) - line / 2, fabs(x) - 0.17) * px);
    }
    return fmax(circle, fmax(eye, mouth));
}

static double sprite_cover(const struct sprite *s, double x, double y) {
    double px = s->a, u = x / px - 0.5, v = y / px - 0.5;
    switch (s->kind) {
    case MARK_SMILE:
    case MARK_NEUTRAL:
        return face_cover(u, v, px, s->kind == MARK_SMILE);
    case MARK_DISC:
        return cover((hypot(u, v) - 0.5) * px);
    case MARK_PAUSE:
        return cover(fmax(fabs(fabs(u) - 0.22) - 0.11, fabs(v) - 0.42) * px);
    default: // SPRITE_RING
        return cover(fabs(hypot(u, v) * px - px / 2 + s->b / 2.0) - s->b / 2.0);
    }
}

static SDL_Texture *sprite_texture(SDL_Renderer *renderer, const struct sprite *s) {
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, s->a, s->a, 32, SDL_PIXELFORMAT_ARGB8888);
    if (!surface) {
        return NULL;
    }
    for (int y = 0; y < s->a; y++) {
        Uint32 *row = (Uint32 *)(void *)((Uint8 *)surface->pixels + y * surface->pitch);
        for (int x = 0; x < s->a; x++) {
            row[x] = (Uint32)lrint(255 * sprite_cover(s, x + 0.5, y + 0.5)) << 24 | 0xffffff;
        }
    }
    SDL_Texture *texture = SDL_CreateTextureFromSurface(renderer, surface);
    SDL_FreeSurface(surface);
    if (texture) {
        SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND);
    }
    return texture;
}

static SDL_Texture *sprite_find(struct shapes *shapes, int kind, int a, int b) {
    struct sprite *oldest = &shapes->sprites[0];
    for (int i = 0; i < N_SPRITES; i++) {
        struct sprite *s = &shapes->sprites[i];
        if (s->texture && s->kind == kind && s->a == a && s->b == b) {
            s->used = ++shapes->clock;
            return s->texture;
        }
        if (s->used < oldest->used) {
            oldest = s;
        }
    }
    if (oldest->texture) {
        SDL_DestroyTexture(oldest->texture);
    }
    *oldest = (struct sprite){kind, a, b, NULL, ++shapes->clock};
    oldest->texture = sprite_texture(shapes->renderer, oldest);
    return oldest->texture;
}

static void sprite_draw(struct shapes *shapes, SDL_Texture *texture, const SDL_Rect *from,
                        SDL_Rect to, SDL_Color colour) {
    colour = colour_shown(shapes, colour);
    if (texture) {
        SDL_SetTextureColorMod(texture, colour.r, colour.g, colour.b);
        SDL_SetTextureAlphaMod(texture, colour.a);
        SDL_RenderCopy(shapes->renderer, texture, from, &to);
    }
}

// The four corners of a rectangle are the quarters of a round sprite.
static void corners_draw(struct shapes *shapes, SDL_Texture *round, SDL_Rect rect, int radius,
                         SDL_Color colour) {
    for (int i = 0; i < 4; i++) {
        bool right = i & 1, low = i & 2;
        SDL_Rect from = {right ? radius : 0, low ? radius : 0, radius, radius};
        SDL_Rect to = {rect.x + (right ? rect.w - radius : 0), rect.y + (low ? rect.h - radius : 0),
                       radius, radius};
        sprite_draw(shapes, round, &from, to, colour);
    }
}

static void bars_draw(struct shapes *shapes, const SDL_Rect *bars, int n, SDL_Color colour) {
    SDL_SetRenderDrawBlendMode(shapes->renderer, SDL_BLENDMODE_BLEND);
    palette_set(shapes->renderer, colour_shown(shapes, colour));
    for (int i = 0; i < n; i++) {
        if (bars[i].w > 0 && bars[i].h > 0) {
            SDL_RenderFillRect(shapes->renderer, &bars[i]);
        }
    }
}

static int radius_fit(SDL_Rect rect, int radius) {
    int most = (rect.w < rect.h ? rect.w : rect.h) / 2;
    return radius < most ? radius : most;
}

void shapes_fill(struct shapes *shapes, SDL_Rect rect, int radius, SDL_Color colour) {
    if (rect.w <= 0 || rect.h <= 0) {
        return;
    }
    int r = radius_fit(rect, radius);
    if (r > 0) {
        corners_draw(shapes, sprite_find(shapes, MARK_DISC, 2 * r, 0), rect, r, colour);
    }
    const SDL_Rect bars[] = {{rect.x + r, rect.y, rect.w - 2 * r, r},
                             {rect.x, rect.y + r, rect.w, rect.h - 2 * r},
                             {rect.x + r, rect.y + rect.h - r, rect.w - 2 * r, r}};
    bars_draw(shapes, bars, 3, colour);
}

void shapes_outline(struct shapes *shapes, SDL_Rect rect, int radius, int stroke,
                    SDL_Color colour) {
    if (rect.w < 2 * stroke || rect.h < 2 * stroke) {
        shapes_fill(shapes, rect, radius, colour);
        return;
    }
    int r = radius_fit(rect, radius > stroke ? radius : stroke);
    corners_draw(shapes, sprite_find(shapes, SPRITE_RING, 2 * r, stroke), rect, r, colour);
    const SDL_Rect bars[] = {{rect.x + r, rect.y, rect.w - 2 * r, stroke},
                             {rect.x + r, rect.y + rect.h - stroke, rect.w - 2 * r, stroke},
                             {rect.x, rect.y + r, stroke, rect.h - 2 * r},
                             {rect.x + rect.w - stroke, rect.y + r, stroke, rect.h - 2 * r}};
    bars_draw(shapes, bars, 4, colour);
}

void shapes_mark(struct shapes *shapes, enum mark mark, int x, int y, int size, SDL_Color colour) {
    if (size > 0) {
        SDL_Rect to = {x, y, size, size};
        sprite_draw(shapes, sprite_find(shapes, (int)mark, size, 0), NULL, to, colour);
    }
}
