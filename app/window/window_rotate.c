// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/window/window_private.h"

#include "core/base/log.h"

// The screen's size, seen upright.
static SDL_Point canvas_size(const struct window *window) {
    SDL_Point size = {0, 0};
    SDL_GetRendererOutputSize(window->renderer, &size.x, &size.y);
    return window->rotation % 180 ? (SDL_Point){size.y, size.x} : size;
}

static bool canvas_fit(struct window *window) {
    SDL_Point wanted = canvas_size(window), got = {0, 0};
    if (window->canvas) {
        SDL_QueryTexture(window->canvas, NULL, NULL, &got.x, &got.y);
        if (got.x == wanted.x && got.y == wanted.y) {
            return true;
        }
        SDL_DestroyTexture(window->canvas);
    }
    window->canvas = SDL_CreateTexture(window->renderer, SDL_PIXELFORMAT_XRGB8888,
                                       SDL_TEXTUREACCESS_TARGET, wanted.x, wanted.y);
    return window->canvas != NULL;
}

void window_rotate_begin(struct window *window) {
    if (window->rotation == 0) {
        return;
    }
    if (canvas_fit(window) && SDL_SetRenderTarget(window->renderer, window->canvas) == 0) {
        return;
    }
    LOG(WARNING, "the window cannot be rotated: %s; turn the display itself (xrandr, wlr-randr)",
        SDL_GetError());
    window->rotation = 0;
}

void window_rotate_end(struct window *window) {
    if (window->rotation == 0) {
        return;
    }
    SDL_SetRenderTarget(window->renderer, NULL);
    SDL_Point size = canvas_size(window);
    int w = 0, h = 0;
    SDL_GetRendererOutputSize(window->renderer, &w, &h);
    SDL_Rect middle = {(w - size.x) / 2, (h - size.y) / 2, size.x, size.y};
    SDL_SetTextureBlendMode(window->canvas, SDL_BLENDMODE_NONE);
    SDL_RenderCopyEx(window->renderer, window->canvas, NULL, &middle, window->rotation, NULL,
                     SDL_FLIP_NONE);
}

void window_rotate_drop(struct window *window) {
    if (window->canvas) {
        SDL_DestroyTexture(window->canvas);
    }
    window->canvas = NULL;
}
