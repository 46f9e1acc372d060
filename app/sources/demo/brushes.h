// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <math.h>
#include <stdint.h>

// The few brushes that the demo face is painted with. Colours are sRGB values in [0,1], mixed as
// they are.

struct rgb {
    float r, g, b;
};

static inline float clamp01(float x) {
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

static inline float mixf(float a, float b, float t) {
    return a + (b - a) * t;
}

// 0 below a, 1 above b, smooth between. a > b turns it round.
static inline float ramp(float a, float b, float x) {
    float t = clamp01((x - a) / (b - a));
    return t * t * (3 - 2 * t);
}

// A hill of height 1, about 2.6 * width across, that ends where exp(-x^2) has nearly done so.
static inline float hill(float x, float width) {
    float q = x / width;
    q = 1 - q * q * 0.25f;
    return q <= 0 ? 0 : q * q * q * q;
}

static inline struct rgb rgb_mix(struct rgb a, struct rgb b, float t) {
    return (struct rgb){mixf(a.r, b.r, t), mixf(a.g, b.g, t), mixf(a.b, b.b, t)};
}

static inline struct rgb rgb_scale(struct rgb c, float k) {
    return (struct rgb){c.r * k, c.g * k, c.b * k};
}

// Shadow on skin keeps more red than blue.
static inline struct rgb rgb_shade(struct rgb c, float k) {
    return (struct rgb){c.r * mixf(1, k, 0.92f), c.g * k, c.b * mixf(1, k, 1.04f)};
}

static inline uint8_t to_byte(float x) {
    return (uint8_t)(clamp01(x) * 255 + 0.5f);
}

// [0,1), the same for the same place on every machine.
static inline float hash2(int x, int y) {
    uint32_t h = (uint32_t)x * 0x9e3779b1u ^ (uint32_t)y * 0x85ebca77u;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    h ^= h >> 13;
    return (float)(h >> 8) * (1.0f / 16777216.0f);
}

// Value noise in [0,1).
static inline float noise2(float x, float y) {
    float fx = floorf(x), fy = floorf(y);
    int ix = (int)fx, iy = (int)fy;
    float u = ramp(0, 1, x - fx), v = ramp(0, 1, y - fy);
    float top = mixf(hash2(ix, iy), hash2(ix + 1, iy), u);
    return mixf(top, mixf(hash2(ix, iy + 1), hash2(ix + 1, iy + 1), u), v);
}
