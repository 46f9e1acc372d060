// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/demo/demo_face.h"
#include "app/sources/demo/brushes.h"

static float blurred_box(float x, float y, float left, float top, float right, float bottom,
                         float blur) {
    return ramp(left - blur, left + blur, x) * ramp(right + blur, right - blur, x) *
           ramp(top - blur, top + blur, y) * ramp(bottom + blur, bottom - blur, y);
}

static float blurred_disc(float x, float y, float cx, float cy, float radius, float blur) {
    return ramp(radius + blur, radius - blur, hypotf(x - cx, y - cy));
}

// A quiet room far out of focus: a window to the left, shelves to the right.
static struct rgb room_colour(float u, float v) {
    struct rgb c = rgb_mix((struct rgb){0.66f, 0.68f, 0.68f}, (struct rgb){0.50f, 0.50f, 0.51f},
                           ramp(-3, 3.2f, v));
    c = rgb_scale(c, mixf(1.06f, 0.80f, ramp(-4.5f, 5, u)));
    float window = blurred_box(u, v, -4.9f, -3.4f, -2.35f, 0.75f, 0.32f);
    c = rgb_mix(c, (struct rgb){0.90f, 0.93f, 0.95f}, 0.85f * window);
    c = rgb_mix(c, (struct rgb){0.62f, 0.65f, 0.67f}, 0.55f * window * hill(u + 3.65f, 0.17f));
    float shelf = blurred_box(u, v, 2.35f, -2.2f, 5.6f, 2.4f, 0.25f);
    c = rgb_mix(c, (struct rgb){0.44f, 0.38f, 0.33f}, 0.75f * shelf);
    for (int i = 0; i < 3; i++) {
        c = rgb_mix(c, (struct rgb){0.60f, 0.53f, 0.45f},
                    0.7f * shelf * hill(v + 0.95f - 1.25f * (float)i, 0.13f));
    }
    c = rgb_mix(c, (struct rgb){0.34f, 0.46f, 0.37f},
                0.8f * blurred_disc(u, v, 2.85f, -1.45f, 0.30f, 0.28f));
    c = rgb_mix(c, (struct rgb){0.66f, 0.42f, 0.34f},
                0.6f * blurred_box(u, v, 3.4f, -1.8f, 3.65f, -1.1f, 0.18f));
    c = rgb_mix(c, (struct rgb){0.37f, 0.45f, 0.56f},
                0.7f * blurred_box(u, v, 2.7f, -0.45f, 3.1f, 0.12f, 0.18f));
    c = rgb_mix(c, (struct rgb){0.74f, 0.68f, 0.52f},
                0.6f * blurred_disc(u, v, 3.9f, -0.15f, 0.22f, 0.22f));
    return rgb_scale(c, 1 - 0.22f * ramp(2.6f, 6.2f, hypotf(u, v * 1.25f)));
}

static struct rgb neck_colour(float u, float v) {
    struct rgb skin = {0.86f, 0.66f, 0.56f};
    float across = u / 0.86f;
    float light = 0.94f - 0.10f * across - 0.26f * across * across;
    light -= 0.46f * ramp(2.30f, 1.72f, v + 0.12f * u * u - 0.16f * u); // the head's shadow
    light -= 0.10f * hill(u - 0.34f - (2.5f - v) * 0.22f, 0.10f) * ramp(1.6f, 2.1f, v);
    light -= 0.08f * hill(u + 0.34f + (2.5f - v) * 0.22f, 0.09f) * ramp(1.6f, 2.1f, v);
    light -= 0.07f * hill(hypotf(u, (v - 2.52f) * 1.6f), 0.11f);
    return rgb_shade(skin, light);
}

static struct rgb shirt_colour(float u, float v, float collar) {
    struct rgb cloth = {0.23f, 0.34f, 0.40f};
    float light = 1.10f - 0.13f * u - 0.10f * ramp(2.2f, 3.6f, v);
    light -= 0.22f * ramp(1.7f, 3.0f, fabsf(u));
    light += 0.10f * hill(u + 1.25f + 0.35f * (v - 2.6f), 0.30f);
    light -= 0.10f * hill(u - 0.95f + 0.5f * (v - 2.8f), 0.16f) * ramp(2.4f, 2.9f, v);
    light -= 0.08f * hill(u + 0.75f - 0.4f * (v - 2.8f), 0.14f) * ramp(2.4f, 2.9f, v);
    light += 0.16f * hill(collar - 0.05f, 0.035f) - 0.18f * hill(collar - 0.125f, 0.03f);
    return rgb_scale(cloth, light);
}

// Upper edge of the shoulders.
static float shoulder_line(float u) {
    float a = fabsf(u);
    float slope = 1.98f + 0.28f * (a - 0.6f) + 0.16f * ramp(1.0f, 0.5f, a);
    float round = a > 2.05f ? (a - 2.05f) * (a - 2.05f) * 0.55f : 0;
    return slope + round;
}

static struct rgb body_over(struct rgb behind, float u, float v, float edge) {
    float neck_half = 0.78f + 0.28f * hill(v - 2.35f, 0.42f) + 0.06f * hill(v - 1.1f, 0.5f);
    float neck = ramp(edge, -edge, fabsf(u) - neck_half) * ramp(0.9f - edge, 0.9f + edge, v);
    struct rgb c = rgb_mix(behind, neck_colour(u, v), neck);
    float shoulders = ramp(-edge, edge, v - shoulder_line(u));
    float collar = hypotf(u / 1.02f, (v - 1.86f) / 0.86f) - 1;
    float shirt = shoulders * ramp(-edge, edge, collar);
    c = rgb_shade(c,
                  1 - 0.30f * shoulders * hill(collar, 0.05f)); // the collar's shadow on the skin
    return rgb_mix(c, shirt_colour(u, v, collar), shirt);
}

void demo_paint_room(struct image *room, const struct demo_pose *pose) {
    float edge = 0.7f / pose->px + 0.004f;
    for (int y = 0; y < room->height; y++) {
        uint8_t *row = room->data + y * room->stride;
        float v = ((float)y + 0.5f - pose->y) / pose->px;
        for (int x = 0; x < room->width; x++) {
            float u = ((float)x + 0.5f - pose->x) / pose->px;
            struct rgb c = room_colour(u, v);
            if (v > 0.8f) {
                c = body_over(c, u, v, edge);
            }
            float grain = (hash2(x, y) - 0.5f) * (2.0f / 255); // no bands in the gradients
            row[4 * x] = to_byte(c.b + grain);
            row[4 * x + 1] = to_byte(c.g + grain);
            row[4 * x + 2] = to_byte(c.r + grain);
            row[4 * x + 3] = 255;
        }
    }
}
