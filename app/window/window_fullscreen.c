// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/window/window_private.h"

#include <string.h>

bool window_unmanaged(int display, SDL_Rect *screen) {
    SDL_Rect usable;
    const char *driver = SDL_GetCurrentVideoDriver();
    return driver && strcmp(driver, "x11") == 0 && SDL_GetDisplayBounds(display, screen) == 0 &&
           SDL_GetDisplayUsableBounds(display, &usable) == 0 && SDL_RectEquals(screen, &usable);
}

static void window_place(struct window *window, SDL_Rect place) {
    SDL_SetWindowSize(window->window, place.w, place.h); // first: centring looks at the size
    SDL_SetWindowPosition(window->window, place.x, place.y);
}

void window_set_fullscreen(struct window *window, bool fullscreen) {
    SDL_Rect screen, *home = &window->home;
    bool place = window_unmanaged(SDL_GetWindowDisplayIndex(window->window), &screen);
    if (fullscreen && place && !window->fullscreen) {
        SDL_GetWindowPosition(window->window, &home->x, &home->y);
        SDL_GetWindowSize(window->window, &home->w, &home->h);
        window_place(window, screen);
    }
    Uint32 flags = fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0;
    if (SDL_SetWindowFullscreen(window->window, flags) != 0) {
        return;
    }
    if (!fullscreen && place && home->w > 0) {
        window_place(window, *home);
    }
    window->fullscreen = fullscreen;
    SDL_ShowCursor(fullscreen ? SDL_DISABLE : SDL_ENABLE);
}
