// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/log.h"
#include "app/sources/demo/demo_face.h"
#include "app/sources/demo/brushes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static double smoothstep(double x) {
    x = x < 0 ? 0 : x > 1 ? 1 : x;
    return x * x * (3 - 2 * x);
}

double demo_smile(double t) {
    double since = t - DEMO_FIRST_SMILE_S;
    since -=
        DEMO_PERIOD_S * floor(since / DEMO_PERIOD_S + 0.25); // both ramps now lie in [-1.5, 4.5)
    double up = smoothstep(since / DEMO_RAMP_S + 0.5);
    return up - smoothstep((since - DEMO_SMILE_S) / DEMO_RAMP_S + 0.5);
}

// A lid closes and opens within BLINK_S, once in each stretch of BLINK_EVERY_S, at no regular time.
#define BLINK_S 0.30
#define BLINK_EVERY_S 3.7

static float blink_at(double t) {
    double stretch = floor(t / BLINK_EVERY_S);
    double start = (BLINK_EVERY_S - BLINK_S) * hash2((int)fmod(stretch, 1e6), 77);
    double x = (t - stretch * BLINK_EVERY_S - start) / BLINK_S;
    if (x <= 0 || x >= 1) {
        return 0;
    }
    return (float)(smoothstep(x / 0.35) * smoothstep((1 - x) / 0.50));
}

// About four syllables a second, no two alike, in phrases of two seconds. No speech sound opens the
// mouth of a smile, so it fades with it.
static float speech_at(double t, double smile) {
    double phrase = smoothstep(4 * (sin(t * 2.9 + 0.4) + 0.8));
    double syllable = fabs(sin(t * 12.3 + 0.9 * sin(t * 3.1)));
    double loud = 0.65 + 0.35 * sin(t * 5.3 + 2);
    return (float)(phrase * syllable * loud * smoothstep(1 - 2 * smile));
}

static struct demo_pose pose_at_rest(int width, int height) {
    float side = fminf((float)height, 0.80f * (float)width);
    float px = 0.178f * side;
    float y = (float)height - 3.02f * px; // the shoulders leave the picture at its lower edge
    return (struct demo_pose){0.5f * (float)width, fmaxf(y, 0.46f * side), px, 1, 0};
}

// The head leans on its neck, which stays.
#define NECK_V 1.9f

static struct demo_pose pose_at(const struct demo_pose *rest, double t) {
    double tilt = 2.1 * sin(t * 0.83) + 0.9 * sin(t * 1.71 + 1);
    double sway = 0.030 * sin(t * 1.13 + 0.5) + 0.015 * sin(t * 2.03);
    double nod = 0.020 * sin(t * 0.97 + 2);
    struct demo_pose pose = *rest;
    float angle = (float)(tilt * 3.14159265358979 / 180);
    pose.cos = cosf(angle);
    pose.sin = sinf(angle);
    pose.x += pose.px * ((float)sway + NECK_V * pose.sin);
    pose.y += pose.px * ((float)nod + NECK_V * (1 - pose.cos));
    return pose;
}

struct demo_scene *demo_scene_create(int width, int height) {
    struct demo_scene *scene = calloc(1, sizeof *scene);
    if (!scene) {
        log_no_memory("the demo face");
        return NULL;
    }
    scene->pose = pose_at_rest(width, height);
    int w = (int)(scene->pose.px * (HEAD_RIGHT - HEAD_LEFT) + 0.5f);
    int h = (int)(scene->pose.px * (HEAD_BOTTOM - HEAD_TOP) + 0.5f);
    if (!image_init(&scene->room, width, height, PIXEL_BGRX32) ||
        !image_init(&scene->rest, w, h, PIXEL_BGRX32) ||
        !image_init(&scene->smile, w, h, PIXEL_BGRX32) ||
        !image_init(&scene->blend, w, h, PIXEL_BGRX32)) {
        goto fail;
    }
    demo_paint_room(&scene->room, &scene->pose);
    if (demo_paint_head(&scene->rest, 0) && demo_paint_head(&scene->smile, 1)) {
        return scene;
    }
fail:
    demo_scene_destroy(scene);
    return NULL;
}

void demo_scene_destroy(struct demo_scene *scene) {
    if (!scene) {
        return;
    }
    image_finish(&scene->room);
    image_finish(&scene->rest);
    image_finish(&scene->smile);
    image_finish(&scene->blend);
    free(scene);
}

static const struct image *scene_head(struct demo_scene *scene, float smile) {
    if (smile <= 0 || smile >= 1) {
        return smile <= 0 ? &scene->rest : &scene->smile;
    }
    int k = (int)(smile * 256 + 0.5f);
    for (int y = 0; y < scene->blend.height; y++) {
        const uint8_t *a = scene->rest.data + y * scene->rest.stride;
        const uint8_t *b = scene->smile.data + y * scene->smile.stride;
        uint8_t *to = scene->blend.data + y * scene->blend.stride;
        for (int i = 0; i < 4 * scene->blend.width; i++) {
            to[i] = (uint8_t)((a[i] * (256 - k) + b[i] * k + 128) >> 8);
        }
    }
    return &scene->blend;
}

// Two of a pixel's four channels at a time, in the even bytes.
#define EVEN 0x00ff00ffu

static inline uint32_t pixel_mix(uint32_t a, uint32_t b, uint32_t k) { // k in [0,256]
    uint32_t even = (((a & EVEN) * (256 - k) + (b & EVEN) * k) >> 8) & EVEN;
    uint32_t odd = ((a >> 8 & EVEN) * (256 - k) + (b >> 8 & EVEN) * k) & ~EVEN;
    return even | odd;
}

static inline uint32_t pixel_over(uint32_t below, uint32_t over) {
    uint32_t alpha = over >> 24, k = 256 - alpha - (alpha >> 7);
    return over + ((((below & EVEN) * k) >> 8 & EVEN) | (((below >> 8 & EVEN) * k) & ~EVEN));
}

// Where a picture's pixel lies in the sprite, 16.16 fixed point.
struct place {
    int32_t x, y;
};

static inline void sprite_pixel(const struct image *sprite, struct place at, uint32_t *to) {
    int x = at.x >> 16, y = at.y >> 16;
    if ((unsigned)x >= (unsigned)sprite->width - 1 || (unsigned)y >= (unsigned)sprite->height - 1) {
        return;
    }
    const uint32_t *up = (const uint32_t *)(const void *)(sprite->data + y * sprite->stride) + x;
    const uint32_t *down = (const uint32_t *)(const void *)((const uint8_t *)up + sprite->stride);
    if (!(up[0] | up[1] | down[0] | down[1])) {
        return;
    }
    uint32_t kx = (uint32_t)at.x >> 8 & 255, ky = (uint32_t)at.y >> 8 & 255;
    uint32_t over = pixel_mix(pixel_mix(up[0], up[1], kx), pixel_mix(down[0], down[1], kx), ky);
    *to = over >> 24 == 255 ? over : pixel_over(*to, over) | 0xff000000u;
}

static void sprite_draw(struct image *picture, const struct image *sprite,
                        const struct demo_pose *pose) {
    float reach = pose->px * 0.14f; // a tilt moves the corners of the sprite outward
    int left = (int)fmaxf(pose->x + pose->px * HEAD_LEFT - reach, 0);
    int top = (int)fmaxf(pose->y + pose->px * HEAD_TOP - reach, 0);
    int right = (int)fminf(pose->x + pose->px * HEAD_RIGHT + reach, (float)picture->width);
    int bottom = (int)fminf(pose->y + pose->px * HEAD_BOTTOM + reach, (float)picture->height);
    int32_t c = (int32_t)lrintf(pose->cos * 65536), s = (int32_t)lrintf(pose->sin * 65536);
    for (int y = top; y < bottom; y++) {
        float dx = (float)left + 0.5f - pose->x, dy = (float)y + 0.5f - pose->y;
        float sx = pose->cos * dx + pose->sin * dy - pose->px * HEAD_LEFT - 0.5f;
        float sy = pose->cos * dy - pose->sin * dx - pose->px * HEAD_TOP - 0.5f;
        struct place at = {(int32_t)(sx * 65536), (int32_t)(sy * 65536)};
        uint32_t *row = (uint32_t *)(void *)(picture->data + y * picture->stride);
        for (int x = left; x < right; x++, at.x += c, at.y -= s) {
            sprite_pixel(sprite, at, &row[x]);
        }
    }
}

void demo_scene_draw(struct demo_scene *scene, struct image *picture, double t) {
    float smile = (float)demo_smile(t);
    struct demo_pose pose = pose_at(&scene->pose, t);
    image_copy(picture, &scene->room);
    sprite_draw(picture, scene_head(scene, smile), &pose);
    demo_paint_eyes(picture, &pose, smile, blink_at(t));
    demo_paint_mouth(picture, &pose, smile, scene->talking ? speech_at(t, smile) : 0);
}

void demo_draw(struct image *picture, double t) {
    assert(picture->format == PIXEL_BGRX32);
    struct demo_scene *scene = demo_scene_create(picture->width, picture->height);
    if (scene) {
        demo_scene_draw(scene, picture, t);
    }
    demo_scene_destroy(scene);
}
