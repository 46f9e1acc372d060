// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/camera_faults.h"

#include "core/base/min_max.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

// The share of images that each happens to.
#define BLURRED 0.18
#define MOVED 0.12
#define RELIT 0.6
#define SIDE_LIGHT 0.2
#define DARK 0.36
#define NOISY 0.14
#define COMPRESSED 0.28

static float grey_of(float x) {
    return x > 255 ? 255 : x > 0 ? x : 0;
}

static bool happens(struct rng *rng, double share) {
    return rng_uniform(rng) < share;
}

static float at_edge(const float *pixels, int side, int x, int y) {
    x = x < 0 ? 0 : x >= side ? side - 1 : x;
    y = y < 0 ? 0 : y >= side ? side - 1 : y;
    return pixels[y * side + x];
}

// The mean along a line of n + 1 pixels in steps of (dx, dy), centred, with Gaussian weights or
// none (sigma 0).
static void smear(const float *from, float *to, int side, int n, double dx, double dy,
                  double sigma) {
    enum { MAX_LEN = 24 };
    float weights[MAX_LEN], sum = 0;
    int x_off[MAX_LEN], y_off[MAX_LEN];
    for (int k = 0; k <= n; k++) {
        double d = k - 0.5 * n;
        x_off[k] = (int)lround(d * dx);
        y_off[k] = (int)lround(d * dy);
        weights[k] = sigma > 0 ? (float)exp(-0.5 * d * d / (sigma * sigma)) : 1;
        sum += weights[k];
    }
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            float value = 0;
            for (int k = 0; k <= n; k++) {
                value += weights[k] * at_edge(from, side, x + x_off[k], y + y_off[k]);
            }
            to[y * side + x] = value / sum;
        }
    }
}

static void blur(struct rng *rng, int side, double detail, float *scratch, float *pixels) {
    double sigma = rng_range(rng, 0.3, fmax(0.5, fmin(4, 0.035 * detail)));
    int n = 2 * min_int(11, (int)ceil(2.5 * sigma));
    smear(pixels, scratch, side, n, 1, 0, sigma);
    smear(scratch, pixels, side, n, 0, 1, sigma);
}

static void move(struct rng *rng, int side, double detail, float *scratch, float *pixels) {
    double angle = rng_range(rng, 0, M_PI);
    int n = (int)rng_range(rng, 2, fmax(3, fmin(21, 0.17 * detail)));
    smear(pixels, scratch, side, n, cos(angle), sin(angle), 0);
    memcpy(pixels, scratch, (size_t)(side * side) * sizeof *pixels);
}

static void light_from_a_side(struct rng *rng, int side, float *pixels) {
    double angle = rng_range(rng, 0, 2 * M_PI), stops = rng_range(rng, 0.3, 2);
    double dx = 2 * cos(angle) / side, dy = 2 * sin(angle) / side;
    for (int y = 0; y < side; y++) {
        double at = stops * ((y - 0.5 * side) * dy - 0.5 * side * dx) - 0.5;
        float gain = (float)exp2(at), step = (float)exp2(stops * dx);
        for (int x = 0; x < side; x++, gain *= step) {
            pixels[y * side + x] *= gain;
        }
    }
}

// Gamma, contrast and brightness.
static void relight(struct rng *rng, int n, float *pixels) {
    double gamma = exp(rng_range(rng, -0.51, 0.53));
    bool curved = rng_below(rng, 2);
    float table[257], mean = 0;
    for (int i = 0; i <= 256; i++) {
        table[i] = curved ? (float)(255 * pow(i / 255.0, gamma)) : (float)i;
    }
    for (int i = 0; i < n; i++) {
        float x = grey_of(pixels[i]);
        int at = (int)x;
        pixels[i] = table[at] + (x - (float)at) * (table[at + 1] - table[at]);
        mean += pixels[i] / (float)n;
    }
    float contrast = (float)rng_range(rng, 0.55, 1.4), shift = (float)rng_range(rng, -45, 45);
    for (int i = 0; i < n; i++) {
        pixels[i] = mean + contrast * (pixels[i] - mean) + shift;
    }
}

// A quarter of a normal deviate's cost: four bytes' sum.
static float rough_normal(struct rng *rng) {
    uint32_t x = rng_next(rng);
    int sum = (int)(x & 255) + (int)(x >> 8 & 255) + (int)(x >> 16 & 255) + (int)(x >> 24);
    return (float)(sum - 510) * (1 / 147.8f);
}

static void limit(int n, float *pixels) {
    for (int i = 0; i < n; i++) {
        pixels[i] = (float)(int)(grey_of(pixels[i]) + 0.5f);
    }
}

// A sensor in the dark: read noise and shot noise, whose variance grows with the light; then, in
// half of the images, the camera's gain, which shows the steps.
static void darken(struct rng *rng, int n, float *pixels) {
    double light = happens(rng, 0.75) ? exp(rng_range(rng, log(0.05), log(0.8))) : 1.0 / 16;
    double read = rng_range(rng, 0, 1.3), shot = rng_range(rng, 0, 0.35);
    for (int i = 0; i < n; i++) {
        float x = grey_of(pixels[i]) * (float)light;
        pixels[i] = x + rough_normal(rng) * sqrtf((float)(read * read) + (float)(shot * shot) * x);
    }
    if (rng_below(rng, 2)) {
        double most = fmin(12, 0.9 / light);
        float gain = most > 1 ? (float)exp(rng_range(rng, 0, log(most))) : 1;
        limit(n, pixels);
        for (int i = 0; i < n; i++) {
            pixels[i] *= gain;
        }
    }
}

static void add_noise(struct rng *rng, int n, float *pixels) {
    float deviation = (float)rng_range(rng, 1, 10);
    for (int i = 0; i < n; i++) {
        pixels[i] += deviation * rough_normal(rng);
    }
}

// The luminance table of JPEG (ITU-T T.81, table K.1).
static const unsigned char luminance[64] = {
    16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
    14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
    18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};

// y = C x C' for a block of 8x8, or back with C' and C. t: C or its transpose.
static void transform(const float t[8][8], const float x[8][8], float y[8][8]) {
    float half[8][8];
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 8; j++) {
            half[i][j] = 0;
            for (int k = 0; k < 8; k++) {
                half[i][j] += t[i][k] * x[k][j];
            }
        }
    }
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 8; j++) {
            y[i][j] = 0;
            for (int k = 0; k < 8; k++) {
                y[i][j] += half[i][k] * t[j][k];
            }
        }
    }
}

// What JPEG of a quality in [15, 85] loses (T.81, A.3.3 and A.3.4); the grid of blocks lies
// anywhere.
static void compress(struct rng *rng, int side, float *pixels) {
    double quality = rng_range(rng, 15, 85), by = quality < 50 ? 50 / quality : 2 - quality / 50;
    float c[8][8], back[8][8], block[8][8], freq[8][8];
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 8; j++) {
            c[i][j] = (float)((i ? 0.5 : M_SQRT1_2 / 2) * cos((2 * j + 1) * i * M_PI / 16));
            back[j][i] = c[i][j];
        }
    }
    int x0 = -(int)rng_below(rng, 8), y0 = -(int)rng_below(rng, 8);
    for (int y = y0; y < side; y += 8) {
        for (int x = x0; x < side; x += 8) {
            for (int i = 0; i < 64; i++) {
                block[i / 8][i % 8] = at_edge(pixels, side, x + i % 8, y + i / 8);
            }
            transform(c, block, freq);
            for (int i = 0; i < 64; i++) {
                float step = (float)fmax(1, luminance[i] * by);
                freq[i / 8][i % 8] = step * rintf(freq[i / 8][i % 8] / step);
            }
            transform(back, freq, block);
            for (int i = 0; i < 64; i++) {
                if (x + i % 8 >= 0 && x + i % 8 < side && y + i / 8 >= 0 && y + i / 8 < side) {
                    pixels[(y + i / 8) * side + x + i % 8] = block[i / 8][i % 8];
                }
            }
        }
    }
}

void camera_faults(struct rng *rng, int side, double detail, float *scratch, float *pixels) {
    int n = side * side;
    double kind = rng_uniform(rng);
    if (kind < BLURRED) {
        blur(rng, side, detail, scratch, pixels);
    } else if (kind < BLURRED + MOVED) {
        move(rng, side, detail, scratch, pixels);
    }
    if (happens(rng, RELIT)) {
        relight(rng, n, pixels);
    }
    if (happens(rng, SIDE_LIGHT)) {
        light_from_a_side(rng, side, pixels);
    }
    kind = rng_uniform(rng);
    if (kind < DARK) {
        darken(rng, n, pixels);
    } else if (kind < DARK + NOISY) {
        add_noise(rng, n, pixels);
    }
    limit(n, pixels);
    if (happens(rng, COMPRESSED)) {
        compress(rng, side, pixels);
        limit(n, pixels);
    }
}
