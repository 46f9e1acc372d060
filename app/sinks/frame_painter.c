// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/frame_painter.h"

#include "app/sinks/blend.h"

#include <assert.h>
#include <string.h>

void frame_painter_init(struct frame_painter *painter, bool overlay, bool mirrored) {
    *painter = (struct frame_painter){.overlay_wanted = overlay, .mirrored = mirrored};
}

void frame_painter_finish(struct frame_painter *painter) {
    overlay_destroy(painter->overlay);
    painter->overlay = NULL;
    image_renderer_finish(&painter->target);
    image_finish(&painter->canvas);
    image_finish(&painter->layer);
}

static bool open_overlay(struct frame_painter *painter) {
    bool layered = painter->canvas.format == PIXEL_I420;
    const struct image *canvas = layered ? &painter->layer : &painter->canvas;
    painter->overlay = image_renderer_init(&painter->target, canvas, layered)
                           ? overlay_create(painter->target.renderer)
                           : NULL;
    return painter->overlay;
}

static bool prepare(struct frame_painter *painter, const struct image *picture) {
    struct image *canvas = &painter->canvas;
    if (canvas->data && canvas->width == picture->width && canvas->height == picture->height &&
        canvas->format == picture->format) {
        return true;
    }
    frame_painter_finish(painter);
    if (!image_init(canvas, picture->width, picture->height, picture->format) ||
        (picture->format == PIXEL_I420 &&
         !image_init(&painter->layer, picture->width, picture->height, PIXEL_BGRX32))) {
        return false;
    }
    return !painter->overlay_wanted || open_overlay(painter);
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

static void draw(struct frame_painter *painter, const struct analysis *analysis) {
    int width = painter->canvas.width, height = painter->canvas.height;
    struct overlay_view view = {{0, 0, width, height}, width, height, painter->mirrored};
    overlay_draw_maps(painter->overlay, &view, analysis);
    overlay_draw_faces(painter->overlay, &view, analysis);
    if (painter->note) {
        overlay_draw_note(painter->overlay, painter->note);
    }
    SDL_RenderFlush(painter->target.renderer); // the software renderer draws when it must
    if (painter->canvas.format == PIXEL_I420) {
        blend_layer(&painter->canvas, &painter->layer);
    }
}

const struct image *frame_painter_picture(struct frame_painter *painter,
                                          const struct image *picture,
                                          const struct analysis *analysis) {
    if (!painter->mirrored && !painter->overlay_wanted) {
        return picture;
    }
    if (!prepare(painter, picture)) {
        frame_painter_finish(painter);
        return NULL;
    }
    if (painter->mirrored) {
        assert(picture->format == PIXEL_BGRX32);
        mirror(&painter->canvas, picture);
    } else {
        image_copy(&painter->canvas, picture);
    }
    if (painter->overlay_wanted && analysis) {
        draw(painter, analysis);
    }
    return &painter->canvas;
}
