// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/demo/demo_face.h"
#include "app/sources/demo/brushes.h"

// Eyes and mouth are painted again for each frame, straight into the picture.

static float length(float x, float y) {
    return sqrtf(x * x + y * y);
}

// A rectangle of head coordinates and what is painted there. paint gets the colour beneath.
struct patch {
    float left, top, right, bottom;
    struct rgb (*paint)(const struct patch *patch, struct rgb below, float u, float v);
    float edge; // half the width of an anti-aliased edge
    float smile, blink, open;
    float u0;   // middle of this eye
    float side; // -1 left in the picture, 1 right
};

static void pose_to_picture(const struct demo_pose *p, float u, float v, float *x, float *y) {
    *x = p->x + p->px * (p->cos * u - p->sin * v);
    *y = p->y + p->px * (p->sin * u + p->cos * v);
}

struct pixels {
    int left, top, right, bottom;
};

static int whole(float x, int max) {
    return x < 0 ? 0 : x > (float)max ? max : (int)x;
}

static struct pixels patch_pixels(const struct patch *patch, const struct demo_pose *pose,
                                  const struct image *picture) {
    float x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
    for (int i = 0; i < 4; i++) {
        float x, y;
        pose_to_picture(pose, i & 1 ? patch->right : patch->left,
                        i & 2 ? patch->bottom : patch->top, &x, &y);
        x0 = fminf(x0, x), x1 = fmaxf(x1, x);
        y0 = fminf(y0, y), y1 = fmaxf(y1, y);
    }
    return (struct pixels){whole(x0, picture->width), whole(y0, picture->height),
                           whole(x1 + 1, picture->width), whole(y1 + 1, picture->height)};
}

static void patch_paint(const struct patch *patch, const struct demo_pose *pose,
                        struct image *picture) {
    struct pixels area = patch_pixels(patch, pose, picture);
    float c = pose->cos / pose->px, s = pose->sin / pose->px;
    for (int y = area.top; y < area.bottom; y++) {
        uint8_t *p = picture->data + y * picture->stride + 4 * area.left;
        float dx = (float)area.left + 0.5f - pose->x, dy = (float)y + 0.5f - pose->y;
        float u = c * dx + s * dy, v = c * dy - s * dx;
        for (int x = area.left; x < area.right; x++, p += 4, u += c, v -= s) {
            if (u < patch->left || u > patch->right || v < patch->top || v > patch->bottom) {
                continue;
            }
            struct rgb below = {p[2] * (1 / 255.0f), p[1] * (1 / 255.0f), p[0] * (1 / 255.0f)};
            struct rgb over = patch->paint(patch, below, u, v);
            p[0] = to_byte(over.b);
            p[1] = to_byte(over.g);
            p[2] = to_byte(over.r);
        }
    }
}

static struct rgb iris_colour(const struct patch *p, float x, float y) {
    float far = sqrtf(x * x + y * y), edge = p->edge;
    struct rgb c = rgb_mix((struct rgb){0.26f, 0.165f, 0.10f}, (struct rgb){0.47f, 0.32f, 0.20f},
                           ramp(-0.03f, 0.08f, y + 0.3f * x) * ramp(0.03f, 0.06f, far));
    c = rgb_scale(c, 1 - 0.55f * ramp(0.072f, 0.098f, far));
    c = rgb_mix(c, (struct rgb){0.03f, 0.025f, 0.025f}, ramp(0.040f + edge, 0.040f - edge, far));
    float glint = length(x + 0.032f, y + 0.036f);
    return rgb_mix(c, (struct rgb){0.97f, 0.98f, 1}, ramp(0.020f + edge, 0.020f - edge, glint));
}

static struct rgb eyeball_colour(const struct patch *p, float x, float u, float v, float upper) {
    struct rgb c = rgb_scale((struct rgb){0.86f, 0.835f, 0.815f}, 1 - 0.30f * x * x);
    float far = length(u, v);
    if (far < 0.1f + p->edge) {
        c = rgb_mix(c, iris_colour(p, u, v), ramp(0.096f + p->edge, 0.096f - p->edge, far));
    }
    return rgb_scale(c, 1 - 0.42f * ramp(0.075f, 0, v - upper));
}

static struct rgb eye_paint(const struct patch *p, struct rgb c, float u, float v) {
    float du = u - p->u0, x = du * p->side / 0.255f; // x: -1 inner corner, 1 outer
    float arch = 1 - x * x, tilt = -0.022f * x;
    if (arch < -0.5f) {
        return c;
    }
    float full = fmaxf(arch, 0), lift = mixf(0.118f, 0.108f, p->smile);
    float open_upper = tilt - lift * full * (1 - 0.16f * x);
    float lower = tilt + mixf(0.064f, 0.044f, p->smile) * full * (1 + 0.18f * x);
    float upper = mixf(open_upper, lower - 0.004f, p->blink);
    float fade = ramp(-0.25f, 0.30f, arch);
    float crease = open_upper - 0.050f - 0.012f * full;
    c = rgb_shade(c, 1 - fade * (1 - 0.7f * p->blink) * 0.34f * hill(v - crease, 0.018f));
    c = rgb_shade(c, 1 - fade * 0.13f * hill(v - lower - 0.045f, 0.030f) * (1 + 0.5f * p->smile));
    float e = p->edge + 0.003f;
    if (full > 0) {
        float ball = ramp(-e, e, v - upper) * ramp(e, -e, v - lower);
        c = rgb_mix(c, eyeball_colour(p, x, du + 0.006f, v + 0.014f, upper), ball);
    }
    struct rgb lash = {0.10f, 0.07f, 0.06f};
    float thick = 0.010f + 0.010f * ramp(-0.9f, 0.7f, x) + 0.006f * p->blink;
    float upper_line =
        ramp(thick + e, thick - e, fabsf(v - upper + 0.006f)) * ramp(-0.06f, 0.05f, arch);
    c = rgb_mix(c, lash, 0.88f * upper_line);
    c = rgb_mix(c, lash, 0.32f * hill(v - lower - 0.004f, 0.010f + p->edge) * ramp(0, 0.3f, arch));
    return rgb_mix(c, (struct rgb){0.72f, 0.45f, 0.40f},
                   0.6f * hill(length(x + 0.93f, (v - tilt) * 8), 0.06f));
}

void demo_paint_eyes(struct image *picture, const struct demo_pose *pose, float smile,
                     float blink) {
    for (int side = -1; side <= 1; side += 2) {
        float u0 = 0.5f * (float)side;
        struct patch eye = {.left = u0 - 0.31f,
                            .right = u0 + 0.31f,
                            .top = -0.22f,
                            .bottom = 0.16f,
                            .paint = eye_paint,
                            .edge = 0.6f / pose->px,
                            .smile = smile,
                            .blink = blink,
                            .u0 = u0,
                            .side = (float)side};
        patch_paint(&eye, pose, picture);
    }
}

// The four edges of the lips above and below u, from top to bottom.
struct lips {
    float top, parting_upper, parting_lower, bottom;
    float x; // -1 and 1 are the corners
    float full;
};

// A mouth that opens to speak draws its corners together.
static float mouth_half(float smile, float open) {
    return mixf(0.405f, 0.575f, smile) * (1 - 0.14f * open);
}

static struct lips lips_at(float u, float smile, float open) {
    struct lips lips;
    float half = mouth_half(smile, open), corner = mixf(1.122f, 0.985f, smile);
    float x = u / half, arch = fmaxf(1 - x * x, 0), middle = mixf(1.098f, 1.075f, smile);
    float bow = hill(x, 0.13f), root = sqrtf(arch);
    lips.x = x;
    lips.full = arch;
    lips.parting_upper = corner + (middle - corner) * arch + mixf(0.010f, 0.004f, smile) * bow;
    lips.parting_lower =
        lips.parting_upper + (0.215f * smile + 0.19f * open) * arch * (1.25f - 0.25f * arch);
    float upper = mixf(0.108f, 0.082f, smile), lower = mixf(0.142f, 0.120f, smile);
    lips.top = lips.parting_upper - upper * mixf(arch, root, 0.55f) * (1 - 0.20f * bow);
    lips.bottom = lips.parting_lower + lower * mixf(arch, root, 0.35f);
    return lips;
}

// Upper teeth from the middle outward; light falls off towards the corners.
static struct rgb mouth_inside(const struct lips *lips, float u, float v, float edge) {
    static const float gaps[] = {0, 0.132f, 0.238f, 0.345f, 0.44f};
    float a = fabsf(u), down = v - lips->parting_upper, gap = 0, rim = 0.150f;
    for (int i = 0; i < 5; i++) {
        float g = hill(a - gaps[i], 0.007f + 0.5f * edge);
        gap = fmaxf(gap, g);
        rim = fmaxf(rim - 0.010f * hill(a - gaps[i], 0.016f), 0);
    }
    rim -= 0.05f * lips->x * lips->x;
    struct rgb tooth = rgb_scale((struct rgb){0.93f, 0.905f, 0.865f}, 1 - 0.22f * gap);
    tooth = rgb_scale(tooth, (1 - 0.50f * ramp(0.35f, 1.0f, fabsf(lips->x))) *
                                 (1 - 0.30f * ramp(0.05f, 0, down)));
    struct rgb dark = {0.23f, 0.09f, 0.085f};
    struct rgb tongue =
        rgb_mix(dark, (struct rgb){0.50f, 0.24f, 0.23f}, ramp(0.14f, 0.21f, down) * lips->full);
    float e = edge + 0.004f;
    return rgb_mix(tongue, tooth, ramp(rim + e, rim - e, down) * ramp(1.0f, 0.88f, fabsf(lips->x)));
}

static struct rgb lip_colour(const struct lips *lips, float u, float v, struct rgb below) {
    struct rgb c = {0.715f, 0.400f, 0.375f};
    float creases = 0.03f * (noise2(u * 46, 3) - 0.5f);
    if (v < lips->parting_upper) {
        float depth = (v - lips->top) / (lips->parting_upper - lips->top + 1e-4f);
        c = rgb_shade(c, 0.93f - 0.20f * depth + creases);
    } else {
        float depth = (v - lips->parting_lower) / (lips->bottom - lips->parting_lower + 1e-4f);
        float shine = hill(depth - 0.38f, 0.24f) * lips->full;
        c = rgb_shade(c, 0.98f + 0.16f * shine - 0.18f * ramp(0.6f, 1, depth) + creases);
        c = rgb_mix(c, (struct rgb){1, 0.9f, 0.87f}, 0.16f * shine * hill(u + 0.09f, 0.13f));
    }
    float light = 0.5f + 0.5f * (below.r + below.g) / 1.45f; // the skin's own shading carries over
    return rgb_scale(c, fminf(light, 1.1f));
}

static struct rgb mouth_paint(const struct patch *p, struct rgb c, float u, float v) {
    struct lips lips = lips_at(u, p->smile, p->open);
    float a = fabsf(lips.x);
    float corner = mixf(1.122f, 0.985f, p->smile), half = mouth_half(p->smile, p->open);
    float dimple = hill(length((fabsf(u) - half - 0.015f) / 0.05f, (v - corner) / 0.055f), 0.8f);
    c = rgb_shade(c, 1 - mixf(0.24f, 0.34f, p->smile) * dimple);
    if (a >= 1) {
        return c;
    }
    c = rgb_shade(c, 1 - 0.20f * hill(v - lips.bottom - 0.045f, 0.045f) * ramp(0, 0.7f, lips.full));
    float soft = p->edge + 0.012f, e = p->edge + 0.004f, ends = ramp(0, 0.08f, lips.full);
    struct rgb below = c;
    float lip = ramp(-soft, soft, v - lips.top) * ramp(soft, -soft, v - lips.bottom);
    c = rgb_mix(c, lip_colour(&lips, u, v, below), 0.92f * lip * ends);
    float gape = lips.parting_lower - lips.parting_upper;
    if (gape > 0) {
        float open = ramp(-e, e, v - lips.parting_upper) * ramp(e, -e, v - lips.parting_lower);
        c = rgb_mix(c, mouth_inside(&lips, u, v, p->edge), open * ramp(0, 0.02f, gape));
    }
    float line = hill(v - lips.parting_upper, 0.011f + 0.5f * p->edge) * ramp(0.05f, 0, gape) *
                 ramp(0, 0.05f, lips.full);
    return rgb_mix(c, (struct rgb){0.26f, 0.11f, 0.10f}, 0.78f * line);
}

void demo_paint_mouth(struct image *picture, const struct demo_pose *pose, float smile,
                      float open) {
    struct patch mouth = {.left = -0.70f,
                          .right = 0.70f,
                          .top = 0.86f,
                          .bottom = 1.52f,
                          .paint = mouth_paint,
                          .edge = 0.6f / pose->px,
                          .smile = smile,
                          .open = open};
    patch_paint(&mouth, pose, picture);
}
