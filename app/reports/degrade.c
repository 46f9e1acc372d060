// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/degrade.h"

#include "core/base/rng.h"
#include "vision/vision.h"

#include <math.h>
#include <stdlib.h>

#define NOISE_SIGMA 15.0
#define BLUR_SIGMA 2.0f
#define BLUR_RADIUS 6
#define SMALL_PX 32
#define JPEG_QUALITY 20
#define DARKER 4

const char *degradation_name(enum degradation kind) {
    static const char *const names[] = {
        [DEGRADE_NOISE] = "Gaussian noise, sigma 15", [DEGRADE_BLUR] = "Gaussian blur, sigma 2",
        [DEGRADE_SMALL] = "a face of 32 pixels",      [DEGRADE_JPEG] = "JPEG, quality 20",
        [DEGRADE_DARK] = "a quarter of the light",
    };
    return names[kind];
}

static uint8_t to_grey(double level) {
    return (uint8_t)lrint(fmin(fmax(level, 0), 255));
}

static void add_noise(const struct image *chip, uint64_t seed, struct image *out) {
    struct rng rng;
    rng_init(&rng, seed, 0);
    for (int y = 0; y < chip->height; y++) {
        for (int x = 0; x < chip->width; x++) {
            out->data[y * out->stride + x] =
                to_grey(chip->data[y * chip->stride + x] + NOISE_SIGMA * rng_normal(&rng));
        }
    }
}

static int clamp_int(int x, int limit) {
    return x < 0 ? 0 : x >= limit ? limit - 1 : x;
}

static void blur(const struct image *chip, struct image *out) {
    float weights[2 * BLUR_RADIUS + 1], all = 0;
    for (int k = -BLUR_RADIUS; k <= BLUR_RADIUS; k++) {
        weights[k + BLUR_RADIUS] = expf(-(float)(k * k) / (2 * BLUR_SIGMA * BLUR_SIGMA));
        all += weights[k + BLUR_RADIUS];
    }
    for (int y = 0; y < chip->height; y++) {
        for (int x = 0; x < chip->width; x++) {
            float sum = 0;
            for (int j = -BLUR_RADIUS; j <= BLUR_RADIUS; j++) {
                const uint8_t *row = chip->data + clamp_int(y + j, chip->height) * chip->stride;
                for (int i = -BLUR_RADIUS; i <= BLUR_RADIUS; i++) {
                    sum += weights[j + BLUR_RADIUS] * weights[i + BLUR_RADIUS] *
                           (float)row[clamp_int(x + i, chip->width)];
                }
            }
            out->data[y * out->stride + x] = to_grey((double)(sum / (all * all)));
        }
    }
}

static bool shrink(const struct image *chip, int input_size, struct image *out) {
    struct image small;
    int side = (chip->width * SMALL_PX + input_size / 2) / input_size;
    bool good = image_init(&small, side, side, PIXEL_GREY8) && picture_resize(chip, &small) &&
                picture_resize(&small, out);
    image_finish(&small);
    return good;
}

static bool compress(const struct image *chip, struct image *out) {
    struct image bgr = {0};
    uint8_t *bytes = NULL;
    size_t n = 0;
    bool good = picture_encode(chip, ".jpg", JPEG_QUALITY, &bytes, &n) &&
                picture_decode("a compressed face", bytes, n, &bgr) && picture_convert(&bgr, out);
    image_finish(&bgr);
    free(bytes);
    return good;
}

static void darken(const struct image *chip, struct image *out) {
    for (int y = 0; y < chip->height; y++) {
        for (int x = 0; x < chip->width; x++) {
            out->data[y * out->stride + x] = (uint8_t)(chip->data[y * chip->stride + x] / DARKER);
        }
    }
}

bool degrade_chip(const struct image *chip, enum degradation kind, int input_size, uint64_t seed,
                  struct image *out) {
    switch (kind) {
    case DEGRADE_NOISE:
        add_noise(chip, seed, out);
        return true;
    case DEGRADE_BLUR:
        blur(chip, out);
        return true;
    case DEGRADE_SMALL:
        return shrink(chip, input_size, out);
    case DEGRADE_JPEG:
        return compress(chip, out);
    case DEGRADE_DARK:
        darken(chip, out);
        return true;
    case N_DEGRADATIONS:
        break;
    }
    return false;
}
