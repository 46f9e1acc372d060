// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/frame_painter.h"

#include "core/base/log.h"
#include "app/sinks/blend.h"

#include <assert.h>
#include <string.h>

void frame_painter_init(struct frame_painter *paint, bool overlay, bool mirrored) {
    *paint = (struct frame_painter){.overlay_wanted = overlay, .mirrored = mirrored};
}

static void close_renderer(struct frame_painter *paint) {
    overlay_destroy(paint->overlay);
    if (paint->renderer) {
        SDL_DestroyRenderer(paint->renderer);
    }
    SDL_FreeSurface(paint->surface);
    paint->overlay = NULL;
    paint->renderer = NULL;
    paint->surface = NULL;
}

void frame_painter_finish(struct frame_painter *paint) {
    close_renderer(paint);
    image_finish(&paint->canvas);
    image_finish(&paint->layer);
}

static bool open_renderer(struct frame_painter *paint) {
    bool layered = paint->canvas.format == PIXEL_I420;
    struct image *canvas = layered ? &paint->layer : &paint->canvas;
    paint->surface = SDL_CreateRGBSurfaceWithFormatFrom(
        canvas->data, canvas->width, canvas->height, 32, (int)canvas->stride,
        layered ? SDL_PIXELFORMAT_ARGB8888 : SDL_PIXELFORMAT_XRGB8888);
    paint->renderer = paint->surface ? SDL_CreateSoftwareRenderer(paint->surface) : NULL;
    if (!paint->renderer) {
        LOG(ERROR, "cannot draw into pictures of %dx%d: %s; record without the overlay",
            canvas->width, canvas->height, SDL_GetError());
        return false;
    }
    paint->overlay = overlay_create(paint->renderer);
    return paint->overlay;
}

static bool prepare(struct frame_painter *paint, const struct image *picture) {
    struct image *canvas = &paint->canvas;
    if (canvas->data && canvas->width == picture->width && canvas->height == picture->height &&
        canvas->format == picture->format) {
        return true;
    }
    frame_painter_finish(paint);
    if (!image_init(canvas, picture->width, picture->height, picture->format) ||
        (picture->format == PIXEL_I420 &&
         !image_init(&paint->layer, picture->width, picture->height, PIXEL_BGRX32))) {
        return false;
    }
    return !paint->overlay_wanted || open_renderer(paint);
}

static void mirror(struct image *to, const struct image *from) {
    for (int y = 0; y < from->height; y++) {
        const uint8_t *in = from->data + y * from->stride;
        uint8_t *out = to->data + y * to->stride + (ptrdiff_t)(from->width - 1) * 4;
        for (int x = 0; x < from->width; x++, in += 4, out -= 4) {
            memcpy(out, in, 4);
        }
    }
}

static void draw(struct frame_painter *paint, const struct analysis *analysis) {
    int width = paint->canvas.width, height = paint->canvas.height;
    struct overlay_view view = {{0, 0, width, height}, width, height, paint->mirrored};
    overlay_draw_maps(paint->overlay, &view, analysis);
    overlay_draw_faces(paint->overlay, &view, analysis);
    SDL_RenderFlush(paint->renderer); // the software renderer draws when it must
    if (paint->canvas.format == PIXEL_I420) {
        blend_layer(&paint->canvas, &paint->layer);
    }
}

const struct image *frame_painter_picture(struct frame_painter *paint, const struct image *picture,
                                          const struct analysis *analysis) {
    if (!paint->mirrored && !paint->overlay_wanted) {
        return picture;
    }
    if (!prepare(paint, picture)) {
        frame_painter_finish(paint);
        return NULL;
    }
    if (paint->mirrored) {
        assert(picture->format == PIXEL_BGRX32);
        mirror(&paint->canvas, picture);
    } else {
        image_copy(&paint->canvas, picture);
    }
    if (paint->overlay_wanted && analysis) {
        draw(paint, analysis);
    }
    return &paint->canvas;
}
