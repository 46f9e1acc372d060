// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/support/canvas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct canvas canvas_make(int w, int h) {
    struct canvas c;
    c.surface = SDL_CreateRGBSurfaceWithFormat(0, w, h, 32, SDL_PIXELFORMAT_XRGB8888);
    assert_non_null(c.surface);
    SDL_FillRect(c.surface, NULL, GROUND);
    c.renderer = SDL_CreateSoftwareRenderer(c.surface);
    assert_non_null(c.renderer);
    c.overlay = overlay_create(c.renderer);
    assert_non_null(c.overlay);
    return c;
}

void canvas_free(struct canvas *c) {
    overlay_destroy(c->overlay);
    SDL_DestroyRenderer(c->renderer);
    SDL_FreeSurface(c->surface);
}

uint32_t canvas_pixel(const struct canvas *c, int x, int y) {
    const uint8_t *row = (const uint8_t *)c->surface->pixels + (ptrdiff_t)y * c->surface->pitch;
    return ((const uint32_t *)(const void *)row)[x] & 0xffffff;
}

int canvas_count_dark(const struct canvas *c) {
    int n = 0;
    for (int y = 0; y < c->surface->h; y++) {
        for (int x = 0; x < c->surface->w; x++) {
            uint32_t p = canvas_pixel(c, x, y);
            n += (p >> 16) < 90 && (p >> 8 & 255) < 90 && (p & 255) < 90;
        }
    }
    return n;
}

void canvas_assert_untouched_outside(const struct canvas *c, SDL_Rect inside) {
    for (int y = 0; y < c->surface->h; y++) {
        for (int x = 0; x < c->surface->w; x++) {
            if (!SDL_PointInRect(&(SDL_Point){x, y}, &inside)) {
                assert_int_equal(canvas_pixel(c, x, y), GROUND);
            }
        }
    }
}

void canvas_clear(struct canvas *c, uint32_t colour) {
    SDL_RenderFlush(c->renderer);
    SDL_FillRect(c->surface, NULL, colour);
}
