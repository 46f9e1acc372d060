// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/log.h"
#include "app/sources/demo/demo_face.h"
#include "app/sources/demo/brushes.h"

#include <stdlib.h>

// The head is a relief: an egg with hills and hollows where a face has them. Light on its slopes
// gives the grey values of a photograph, which is what detectors and classifiers look at.

// Hills and hollows at (+-u, v).
struct bump {
    float u, v, width, height, rise;
};

static const struct bump resting[] = {
    {0.46f, -0.34f, 0.30f, 0.11f, 0.045f},  // ridge of the brows
    {0.44f, 0.00f, 0.24f, 0.17f, -0.085f},  // eye sockets
    {0.17f, -0.04f, 0.09f, 0.14f, -0.055f}, // inner corners
    {0.50f, -0.01f, 0.19f, 0.13f, 0.060f},  // eyeballs
    {0.00f, 0.18f, 0.14f, 0.34f, 0.075f},   // bridge of the nose
    {0.00f, 0.44f, 0.16f, 0.24f, 0.095f},   // its back
    {0.00f, 0.60f, 0.16f, 0.14f, 0.150f},   // its tip
    {0.20f, 0.65f, 0.10f, 0.09f, 0.095f},   // its wings
    {0.00f, 0.90f, 0.06f, 0.10f, -0.016f},  // below it
    {0.00f, 1.06f, 0.42f, 0.26f, 0.060f},   // the muzzle
    {0.00f, 1.42f, 0.26f, 0.09f, -0.050f},  // above the chin
    {0.00f, 1.66f, 0.26f, 0.19f, 0.090f},   // chin
    {0.95f, -0.35f, 0.18f, 0.30f, -0.030f}, // temples
    {0.00f, -0.80f, 0.60f, 0.35f, 0.030f},  // forehead
};

// The cheeks, between rest and smile.
static const struct bump cheeks[] = {
    {0.70f, 0.46f, 0.28f, 0.24f, 0.050f},
    {0.72f, 0.98f, 0.20f, 0.28f, -0.020f},
};
static const struct bump lifted[] = {
    {0.66f, 0.44f, 0.28f, 0.23f, 0.095f},
    {0.74f, 1.00f, 0.16f, 0.30f, -0.045f},
};

// How far out from the middle of the egg: 1 on the outline of the face.
static float outline(float u, float v, float smile) {
    float wide = 1.17f - 0.035f * ramp(0.2f, 1.5f, v) + 0.025f * smile * hill(v - 0.85f, 0.5f);
    float x = u / wide, y = v / 1.84f;
    float square = 0.11f * ramp(0.2f, 1.2f, v); // a jaw is squarer than an egg
    return sqrtf(x * x + y * y - square * x * x * y * y * 2);
}

// What the relief is kept in while it is painted.
struct relief {
    float *depth;
    int width, height;
    float px; // pixels per eye distance
};

static float column_u(const struct relief *r, int x) {
    return HEAD_LEFT + ((float)x + 0.5f) / r->px;
}
static float row_v(const struct relief *r, int y) {
    return HEAD_TOP + ((float)y + 0.5f) / r->px;
}

static void relief_egg(struct relief *r, float smile) {
    for (int y = 0; y < r->height; y++) {
        for (int x = 0; x < r->width; x++) {
            float e = outline(column_u(r, x), row_v(r, y), smile);
            float round = 1 - e * e * e;
            r->depth[y * r->width + x] = round > 0 ? 0.95f * sqrtf(round) : -0.5f * (e - 1);
        }
    }
}

static void relief_add(struct relief *r, const struct bump *b, float u0) {
    int left = (int)((u0 - 2 * b->width - HEAD_LEFT) * r->px),
        right = left + (int)(4 * b->width * r->px) + 2;
    int top = (int)((b->v - 2 * b->height - HEAD_TOP) * r->px),
        end = top + (int)(4 * b->height * r->px) + 2;
    for (int y = top < 0 ? 0 : top; y < end && y < r->height; y++) {
        float down = b->rise * hill(row_v(r, y) - b->v, b->height);
        for (int x = left < 0 ? 0 : left; x < right && x < r->width; x++) {
            r->depth[y * r->width + x] += down * hill(column_u(r, x) - u0, b->width);
        }
    }
}

static void relief_bump(struct relief *r, struct bump b) {
    relief_add(r, &b, b.u);
    if (b.u != 0) {
        relief_add(r, &b, -b.u);
    }
}

static void relief_build(struct relief *r, float smile) {
    relief_egg(r, smile);
    for (size_t i = 0; i < sizeof resting / sizeof *resting; i++) {
        relief_bump(r, resting[i]);
    }
    for (size_t i = 0; i < sizeof cheeks / sizeof *cheeks; i++) {
        const struct bump *a = &cheeks[i], *b = &lifted[i];
        relief_bump(r, (struct bump){mixf(a->u, b->u, smile), mixf(a->v, b->v, smile),
                                     mixf(a->width, b->width, smile),
                                     mixf(a->height, b->height, smile),
                                     mixf(a->rise, b->rise, smile)});
    }
}

// Light from above left, softened by the room. About 1 where the skin faces the lamp.
static float relief_light(const struct relief *r, int x, int y) {
    int left = x > 0 ? x - 1 : x, right = x + 1 < r->width ? x + 1 : x;
    int up = y > 0 ? y - 1 : y, down = y + 1 < r->height ? y + 1 : y;
    const float *row = r->depth + y * r->width;
    float du = (row[right] - row[left]) * r->px / (float)(right - left);
    float dv =
        (r->depth[down * r->width + x] - r->depth[up * r->width + x]) * r->px / (float)(down - up);
    float facing = (0.36f * du + 0.52f * dv + 0.775f) / sqrtf(1 + du * du + dv * dv);
    float soft = clamp01(0.42f + 0.58f * facing);
    return 0.30f + 0.76f * soft * soft + 0.10f * ramp(0.86f, 1.0f, facing);
}

// Lines that the relief is too smooth for: folds, nostrils, the shadow of the nose.
static float skin_lines(float u, float v, float smile) {
    float a = fabsf(u), dark = 0;
    float along = clamp01((v - 0.60f) / 0.52f);
    float fold = 0.29f + mixf(0.20f, 0.42f, smile) * along * (1.35f - 0.35f * along);
    dark += mixf(0.05f, 0.19f, smile) * hill(a - fold, mixf(0.035f, 0.05f, smile)) *
            ramp(0.56f, 0.76f, v) * ramp(1.22f, 0.90f, v);
    dark += 0.60f *
            hill(hypotf((a - 0.115f - 0.15f * (v - 0.7f)) / 0.075f, (v - 0.715f) / 0.034f), 0.75f);
    dark += 0.20f * hill(v - 0.765f, 0.045f) * ramp(0.30f, 0.12f, a);
    dark += 0.22f * hill(a - 0.275f, 0.03f) * hill(v - 0.65f, 0.075f);
    dark += 0.14f *
            hill(hypotf((u - 0.22f) / 0.18f, (v - 0.62f) / 0.26f), 0.6f); // shadow beside the nose
    dark += 0.08f * hill(hypotf((a - 0.46f) / 0.26f, (v - 0.22f) / 0.07f), 0.6f); // under the eyes
    return dark;
}

static float brow(float a, float v, float hairs, float smile) {
    float x = (a - 0.18f) / 0.66f;
    if (x < -0.1f || x > 1.1f) {
        return 0;
    }
    float middle =
        -0.365f - 0.135f * x * (1.22f - x) + 0.06f * ramp(0.55f, 1.1f, x) - 0.02f * smile;
    float half = 0.054f * ramp(-0.25f, 0.20f, x) * mixf(1, 0.35f, ramp(0.35f, 1.05f, x));
    float inside = ramp(half + 0.022f, half - 0.030f, fabsf(v - middle));
    return inside * ramp(-0.06f, 0.10f, x) * ramp(1.06f, 0.92f, x) * (0.72f + 0.28f * hairs);
}

static const struct rgb skin = {0.935f, 0.745f, 0.640f};
static const struct rgb hair = {0.250f, 0.175f, 0.125f};

#define PARTING_U -0.48f

static struct rgb skin_colour(float u, float v, float light, float smile) {
    struct rgb c = skin;
    float rosy = 0.5f * hill(hypotf(fabsf(u) - 0.68f, v - 0.50f), 0.28f) +
                 0.6f * hill(hypotf(u, v - 0.62f), 0.2f);
    c = rgb_mix(c, (struct rgb){0.94f, 0.62f, 0.54f}, rosy * (0.55f + 0.2f * smile));
    float mottled = noise2(u * 23, v * 23) + noise2(u * 57, v * 57) - 1;
    c = rgb_shade(c, light * (1 + 0.018f * mottled));
    c = rgb_shade(c, 1 - skin_lines(u, v, smile));
    float shine = 0.10f * hill(hypotf(u + 0.03f, (v - 0.56f) * 1.2f), 0.07f) +
                  0.05f * hill(hypotf((u + 0.25f) * 0.6f, v + 0.75f), 0.28f);
    c = rgb_mix(c, (struct rgb){1, 0.96f, 0.92f}, shine);
    float hairs = noise2(u * 60 + v * 40, v * 14);
    return rgb_mix(c, (struct rgb){0.20f, 0.135f, 0.10f}, 0.92f * brow(fabsf(u), v, hairs, smile));
}

// How far out from the middle of the hair: 1 on its outline.
static float hair_shell(float u, float v) {
    float x = fabsf(u + 0.02f) / 1.30f, y = fabsf(v + 0.22f) / 1.83f;
    return powf(powf(x, 2.35f) + powf(y, 2.35f), 1 / 2.35f);
}

// 1 on the edge of the face's window in the hair. It is parted at the picture's left.
static float hair_window(float u, float v) {
    float du = u - PARTING_U, a = sqrtf(du * du + 0.012f);
    float fringe = du < 0 ? 0.62f * a : 0.20f * a + 0.42f * 0.11f + 0.16f * du * du;
    float x = u / 1.05f, y = v < 0.3f ? (v - 0.3f - 0.55f * fringe) / 1.50f : 0;
    x *= x * x;
    y *= y * y;
    return cbrtf(sqrtf(x * x + y * y));
}

// Hair springs from the parting and falls to both sides.
static float hair_strands(float u, float v) {
    float du = u - PARTING_U, dv = v + 1.12f;
    float far = sqrtf(du * du + dv * dv), label = atan2f(dv, fabsf(du) + 0.02f) - 0.42f * far;
    label += du < 0 ? 9 : 0;
    return 0.55f * noise2(label * 17, far * 0.9f) + 0.45f * noise2(label * 48, far * 1.6f);
}

static struct rgb hair_colour(float u, float v, float strand, float shell) {
    float gloss =
        hill(shell - 0.80f - 0.05f * strand, 0.13f) * ramp(1.1f, -0.8f, u) * ramp(-0.4f, -1.0f, v);
    float light = 0.66f + 0.52f * strand + 0.95f * gloss * (0.35f + 0.65f * strand);
    light *= 1.08f - 0.16f * u;
    light *= 1 - 0.42f * ramp(0.88f, 1.02f, shell) - 0.25f * ramp(-0.5f, 0.1f, v);
    light *= 1 - 0.30f * hill(u - PARTING_U + 0.10f * (v + 1.1f), 0.03f) * ramp(0.99f, 0.9f, shell);
    return rgb_mix(rgb_scale(hair, light), (struct rgb){0.55f, 0.43f, 0.33f},
                   0.26f * gloss * strand);
}

static float ear_distance(float a, float v) {
    float x = a - 1.185f - 0.10f * (0.2f - v), y = v - 0.16f;
    return hypotf(x / (0.155f + 0.05f * ramp(0.2f, -0.3f, y)), y / 0.37f) - 1;
}

static struct rgb ear_colour(float u, float v, float inside) {
    float light = u < 0 ? 0.90f : 0.70f;
    light -= 0.30f * hill(inside + 0.62f, 0.25f) - 0.06f * hill(inside + 0.22f, 0.12f);
    light -= 0.12f * ramp(0.1f, 0.5f, v);
    return rgb_shade((struct rgb){0.87f, 0.63f, 0.53f}, light);
}

struct layer {
    struct rgb c; // times alpha
    float alpha;
};

static void layer_over(struct layer *below, struct rgb c, float alpha) {
    below->c = rgb_mix(below->c, c, alpha);
    below->alpha += (1 - below->alpha) * alpha;
}

static struct layer head_pixel(const struct relief *r, int x, int y, float smile) {
    float u = column_u(r, x), v = row_v(r, y), edge = 0.7f / r->px + 0.006f;
    struct layer pixel = {{0, 0, 0}, 0};
    float e = outline(u, v, smile), strand = 0;
    float shell = hair_shell(u, v);
    bool hairy = v < 0.45f && shell < 1.1f;
    if (hairy) {
        strand = hair_strands(u, v);
    }
    float ear = ear_distance(fabsf(u), v);
    if (ear < 0.2f) {
        layer_over(&pixel, ear_colour(u, v, ear), ramp(edge * 4, -edge * 4, ear));
    }
    if (e < 1.05f) {
        float light = relief_light(r, x, y) * (1 - 0.16f * ramp(0.84f, 1.0f, e));
        float under_hair = hairy ? ramp(0.86f, 1.02f, hair_window(u, v - 0.06f)) : 0;
        struct rgb c =
            skin_colour(u, v, light * (1 - 0.22f * under_hair * ramp(0.2f, -0.3f, v)), smile);
        layer_over(&pixel, c, ramp(edge, -edge, e - 1));
    }
    if (hairy) {
        float rough = strand - 0.5f, side = fabsf(u) + 0.20f * ramp(-0.4f, 0.1f, v);
        float inside = ramp(edge, -edge, shell - 1 - 0.014f * rough);
        inside *= ramp(0.16f, -0.10f, v + 0.08f * rough) * ramp(1.27f, 1.22f, side + 0.03f * rough);
        float beyond = ramp(1 - edge * 2, 1.02f + edge * 2, hair_window(u, v) + 0.06f * rough);
        layer_over(&pixel, hair_colour(u, v, strand, shell), inside * beyond);
    }
    return pixel;
}

static void relief_paint(const struct relief *r, struct image *sprite, float smile) {
    for (int y = 0; y < r->height; y++) {
        uint8_t *row = sprite->data + y * sprite->stride;
        for (int x = 0; x < r->width; x++) {
            struct layer p = head_pixel(r, x, y, smile);
            row[4 * x] = to_byte(p.c.b);
            row[4 * x + 1] = to_byte(p.c.g);
            row[4 * x + 2] = to_byte(p.c.r);
            row[4 * x + 3] = to_byte(p.alpha);
        }
    }
}

bool demo_paint_head(struct image *sprite, float smile) {
    struct relief r = {.width = sprite->width, .height = sprite->height};
    r.px = (float)sprite->width / (HEAD_RIGHT - HEAD_LEFT);
    r.depth = malloc(sizeof *r.depth * (size_t)r.width * (size_t)r.height);
    if (!r.depth) {
        log_no_memory("the demo face; ask for a smaller picture with --width and --height");
        return false;
    }
    relief_build(&r, smile);
    relief_paint(&r, sprite, smile);
    free(r.depth);
    return true;
}
