// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/attention_map.h"
#include "app/draw/overlay_private.h"

static bool texture_ready(struct overlay *overlay) {
    if (!overlay->map) {
        overlay->map =
            SDL_CreateTexture(overlay->renderer, SDL_PIXELFORMAT_ARGB8888,
                              SDL_TEXTUREACCESS_STREAMING, FACE_MAP_PIXELS, FACE_MAP_PIXELS);
        if (overlay->map) {
            SDL_SetTextureBlendMode(overlay->map, SDL_BLENDMODE_BLEND);
            SDL_SetTextureScaleMode(overlay->map, SDL_ScaleModeLinear);
        }
    }
    return overlay->map != NULL;
}

static SDL_FPoint in_target(const struct overlay_view *view, struct point p) {
    float x = view->mirrored ? (float)view->picture_width - p.x : p.x;
    return (SDL_FPoint){
        (float)view->picture.x + x * (float)view->picture.w / (float)view->picture_width,
        (float)view->picture.y + p.y * (float)view->picture.h / (float)view->picture_height,
    };
}

// Faces lean, and so does what the network sees of them.
static void map_draw(struct overlay *overlay, const struct overlay_view *view,
                     const struct attention_map *map) {
    static const SDL_FPoint ends[] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    static const int triangles[] = {0, 1, 2, 2, 3, 0};
    uint32_t pixels[FACE_MAP_PIXELS * FACE_MAP_PIXELS];
    SDL_Vertex corners[4];
    attention_map_paint(map, pixels, FACE_MAP_PIXELS);
    SDL_UpdateTexture(overlay->map, NULL, pixels, FACE_MAP_PIXELS * (int)sizeof *pixels);
    for (int i = 0; i < 4; i++) {
        corners[i] = (SDL_Vertex){in_target(view, map->corners[i]), {255, 255, 255, 255}, ends[i]};
    }
    SDL_RenderGeometry(overlay->renderer, overlay->map, corners, 4, triangles, 6);
}

void overlay_draw_maps(struct overlay *overlay, const struct overlay_view *view,
                       const struct analysis *analysis) {
    SDL_RenderSetClipRect(overlay->renderer, &view->picture);
    for (int i = 0; i < analysis->n_faces && i < MAX_FACES; i++) {
        if (analysis->faces[i].map.width > 0 && texture_ready(overlay)) {
            map_draw(overlay, view, &analysis->faces[i].map);
        }
    }
    SDL_RenderSetClipRect(overlay->renderer, NULL);
}
