// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "augment.h"

#include <math.h>
#include <string.h>

// The share of pictures that each of these happens to.
#define BLURRED 0.25
#define NOISY 0.3
#define OCCLUDED 0.3

static int clamp_int(int x, int low, int high) {
    return x < low ? low : x > high ? high : x;
}

static void change_gamma(float *pixels, int n, double gamma) {
    for (int i = 0; i < n; i++) {
        pixels[i] = 255 * powf(pixels[i] * (1 / 255.0f), (float)gamma);
    }
}

// One pass of a separable Gaussian along rows (step 1) or columns (step size).
static void blur_lines(const float *from, float *to, int size, int step, int line_step,
                       const float *weights, int radius) {
    for (int line = 0; line < size; line++) {
        for (int i = 0; i < size; i++) {
            float sum = 0;
            for (int k = -radius; k <= radius; k++) {
                sum += weights[k + radius] *
                       from[line * line_step + clamp_int(i + k, 0, size - 1) * step];
            }
            to[line * line_step + i * step] = sum;
        }
    }
}

static void blur(float *pixels, float *scratch, int size, double sigma) {
    enum { MAX_RADIUS = 8 };
    int radius = clamp_int((int)ceil(2.5 * sigma), 1, MAX_RADIUS);
    float weights[2 * MAX_RADIUS + 1], sum = 0;
    for (int k = -radius; k <= radius; k++) {
        weights[k + radius] = (float)exp(-0.5 * k * k / (sigma * sigma));
        sum += weights[k + radius];
    }
    for (int k = 0; k <= 2 * radius; k++) {
        weights[k] /= sum;
    }
    blur_lines(pixels, scratch, size, 1, size, weights, radius);
    blur_lines(scratch, pixels, size, size, 1, weights, radius);
}

static void add_noise(float *pixels, int n, double deviation, struct rng *rng) {
    for (int i = 0; i < n; i++) {
        pixels[i] += (float)(deviation * rng_normal(rng));
    }
}

static void cover(float *pixels, int size, double side, struct rng *rng) {
    int w = 1 + (int)(rng_uniform(rng) * side * size),
        h = 1 + (int)(rng_uniform(rng) * side * size);
    int x0 = (int)rng_below(rng, (uint32_t)(size - w + 1)),
        y0 = (int)rng_below(rng, (uint32_t)(size - h + 1));
    float level = (float)rng_range(rng, 0, 255);
    for (int y = y0; y < y0 + h; y++) {
        for (int x = x0; x < x0 + w; x++) {
            pixels[y * size + x] = level;
        }
    }
}

void augment(const struct image *chip, const struct augmentation *strength, struct rng *rng,
             int size, float *scratch, float *out) {
    struct sampling sampling = {
        .shift_x = (float)(strength->shift * rng_normal(rng)),
        .shift_y = (float)(strength->shift * rng_normal(rng)),
        .scale = (float)exp(strength->scale * rng_normal(rng)),
        .angle = (float)(strength->angle * rng_normal(rng)),
        .mirrored = strength->mirror && rng_below(rng, 2),
    };
    image_sample(chip, sampling, size, out);
    change_gamma(out, size * size, exp(strength->gamma * rng_normal(rng)));
    if (strength->occlusion > 0 && rng_uniform(rng) < OCCLUDED) {
        cover(out, size, strength->occlusion, rng);
    }
    if (strength->blur > 0 && rng_uniform(rng) < BLURRED) {
        blur(out, scratch, size, rng_range(rng, 0.3, fmax(strength->blur, 0.3)));
    }
    if (strength->noise > 0 && rng_uniform(rng) < NOISY) {
        add_noise(out, size * size, rng_range(rng, 0, strength->noise), rng);
    }
    image_standardise(out, size * size);
}
