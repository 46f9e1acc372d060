// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/scene_view.h"

#include <math.h>

// The level whose pixels are nearest to the window's; *shrunk: its size by the picture's.
static const struct image *level_for(const struct scene_picture *picture, double scale,
                                     double *shrunk) {
    int level = 0;
    for (*shrunk = 1; scale * *shrunk > 1.5 && level + 1 < picture->n_levels; level++) {
        *shrunk /= 2;
    }
    return &picture->levels[level];
}

// The level's place that a window pixel shows, linear in the pixel: x = x0 + xu u + xv v.
struct map {
    float x0, xu, xv, y0, yu, yv;
};

static struct map map_of(const struct scene_view *view, double shrunk) {
    double c = cos(view->angle) * shrunk, s = sin(view->angle) * shrunk;
    double side = view->mirrored ? -view->scale_x : view->scale_x;
    struct map m = {.xu = (float)(c * side),
                    .xv = (float)(-s * view->scale_y),
                    .yu = (float)(s * side),
                    .yv = (float)(c * view->scale_y)};
    double u = 0.5 - view->at_x, v = 0.5 - view->at_y; // of the first window pixel's middle
    m.x0 = (float)(view->x * shrunk - 0.5 + c * side * u - s * view->scale_y * v);
    m.y0 = (float)(view->y * shrunk - 0.5 + s * side * u + c * view->scale_y * v);
    return m;
}

static float within(float x, float most) {
    return x > most ? most : x > 0 ? x : 0;
}

static float pixel_at(const struct image *image, float x, float y) {
    int x0 = (int)x, y0 = (int)y; // at least 0
    const uint8_t *a = image->data + y0 * image->stride + x0;
    const uint8_t *b = y0 + 1 < image->height ? a + image->stride : a;
    int next = x0 + 1 < image->width;
    float fx = x - (float)x0, fy = y - (float)y0;
    float upper = (float)a[0] + fx * (float)(a[next] - a[0]);
    float lower = (float)b[0] + fx * (float)(b[next] - b[0]);
    return upper + fy * (lower - upper);
}

void scene_view_draw(const struct scene_picture *picture, const struct scene_view *view, bool cover,
                     int side, float *out) {
    double shrunk;
    const struct image *image = level_for(picture, sqrt(view->scale_x * view->scale_y), &shrunk);
    struct map m = map_of(view, shrunk);
    float right = (float)(image->width - 1), bottom = (float)(image->height - 1);
    for (int i = 0; i < side; i++) {
        float x = m.x0 + m.xv * (float)i, y = m.y0 + m.yv * (float)i;
        for (int j = 0; j < side; j++, x += m.xu, y += m.yu) {
            bool inside = x >= 0 && y >= 0 && x <= right && y <= bottom;
            if (inside) {
                out[i * side + j] = pixel_at(image, x, y);
            } else if (cover) {
                out[i * side + j] = pixel_at(image, within(x, right), within(y, bottom));
            }
        }
    }
}

bool scene_view_covers(const struct scene_picture *picture, const struct scene_view *view, double x,
                       double y) {
    struct map m = map_of(view, 1);
    float u = (float)(x - 0.5), v = (float)(y - 0.5);
    float px = m.x0 + m.xu * u + m.xv * v, py = m.y0 + m.yu * u + m.yv * v;
    const struct image *image = &picture->levels[0];
    return px >= 0 && py >= 0 && px <= (float)(image->width - 1) &&
           py <= (float)(image->height - 1);
}

bool scene_view_covers_all(const struct scene_picture *picture, const struct scene_view *view,
                           int side) {
    return scene_view_covers(picture, view, 0, 0) && scene_view_covers(picture, view, side, 0) &&
           scene_view_covers(picture, view, 0, side) &&
           scene_view_covers(picture, view, side, side);
}

struct box scene_view_box(const struct box *box, const struct scene_view *view) {
    double dx = (double)box->x + 0.5 * (double)box->w - view->x;
    double dy = (double)box->y + 0.5 * (double)box->h - view->y;
    double c = cos(view->angle), s = sin(view->angle), side = view->mirrored ? -1 : 1;
    double u = side * (c * dx + s * dy) / view->scale_x, v = (-s * dx + c * dy) / view->scale_y;
    double w = hypot((double)box->w * c, (double)box->h * s) / view->scale_x;
    double h = hypot((double)box->w * s, (double)box->h * c) / view->scale_y;
    return (struct box){(float)(view->at_x + u - w / 2), (float)(view->at_y + v - h / 2), (float)w,
                        (float)h};
}
