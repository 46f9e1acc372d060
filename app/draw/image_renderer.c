// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/image_renderer.h"

#include "core/base/log.h"

bool image_renderer_init(struct image_renderer *to, const struct image *image, bool layer) {
    to->surface = SDL_CreateRGBSurfaceWithFormatFrom(
        image->data, image->width, image->height, 32, (int)image->stride,
        layer ? SDL_PIXELFORMAT_ARGB8888 : SDL_PIXELFORMAT_XRGB8888);
    to->renderer = to->surface ? SDL_CreateSoftwareRenderer(to->surface) : NULL;
    if (!to->renderer) {
        LOG(ERROR, "cannot draw into an image of %dx%d: %s", image->width, image->height,
            SDL_GetError());
    }
    return to->renderer != NULL;
}

void image_renderer_finish(struct image_renderer *to) {
    if (to->renderer) {
        SDL_DestroyRenderer(to->renderer);
    }
    SDL_FreeSurface(to->surface);
    *to = (struct image_renderer){0};
}
