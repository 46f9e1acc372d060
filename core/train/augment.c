// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/augment.h"

#include "core/train/camera_faults.h"

#include <math.h>
#include <string.h>

// The share of inputs that each of these is applied to.
#define COARSE 0.25
#define OCCLUDED 0.3

static int clamp_int(int x, int low, int high) {
    return x < low ? low : x > high ? high : x;
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
    if (strength->occlusion > 0 && rng_uniform(rng) < OCCLUDED) {
        cover(out, size, strength->occlusion, rng);
    }
    if (strength->coarse > 0 && rng_uniform(rng) < COARSE) {
        double share = 1 - mild(rng) * strength->coarse;
        coarsen(out, scratch, size, clamp_int((int)lround(share * size), 1, size));
    }
    if (rng_uniform(rng) < strength->faults) {
        camera_faults(rng, size, size, scratch, out);
    }
    image_standardise(out, size * size);
}
