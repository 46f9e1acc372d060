// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/augment.h"

#include <math.h>
#include <string.h>

// The share of inputs that each of these is applied to.
#define COARSE 0.25
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

// In [0, 1), mostly near 0.
static double mild(struct rng *rng) {
    double x = rng_uniform(rng);
    return x * x;
}

// As from a face of side x side pixels: means of blocks, and back by lines between them.
static void coarsen(float *pixels, float *scratch, int size, int side) {
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            int x0 = x * size / side, x1 = (x + 1) * size / side;
            int y0 = y * size / side, y1 = (y + 1) * size / side;
            float sum = 0;
            for (int j = y0; j < y1; j++) {
                for (int i = x0; i < x1; i++) {
                    sum += pixels[j * size + i];
                }
            }
            scratch[y * side + x] = sum / (float)((x1 - x0) * (y1 - y0));
        }
    }
    float step = (float)side / (float)size;
    for (int y = 0; y < size; y++) {
        float v = fminf(fmaxf(((float)y + 0.5f) * step - 0.5f, 0), (float)(side - 1));
        int y0 = (int)v, y1 = clamp_int(y0 + 1, 0, side - 1);
        for (int x = 0; x < size; x++) {
            float u = fminf(fmaxf(((float)x + 0.5f) * step - 0.5f, 0), (float)(side - 1));
            int x0 = (int)u, x1 = clamp_int(x0 + 1, 0, side - 1);
            float fx = u - (float)x0, fy = v - (float)y0;
            float upper = scratch[y0 * side + x0] * (1 - fx) + scratch[y0 * side + x1] * fx;
            float lower = scratch[y1 * side + x0] * (1 - fx) + scratch[y1 * side + x1] * fx;
            pixels[y * size + x] = upper * (1 - fy) + lower * fy;
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
    if (strength->coarse > 0 && rng_uniform(rng) < COARSE) {
        double share = 1 - mild(rng) * strength->coarse;
        coarsen(out, scratch, size, clamp_int((int)lround(share * size), 1, size));
    }
    if (strength->blur > 0 && rng_uniform(rng) < BLURRED) {
        blur(out, scratch, size, 0.3 + mild(rng) * fmax(strength->blur - 0.3, 0));
    }
    if (strength->noise > 0 && rng_uniform(rng) < NOISY) {
        add_noise(out, size * size, mild(rng) * strength->noise, rng);
    }
    image_standardise(out, size * size);
}
