// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/face_quality.h"

#include <math.h>

// Of the 68: where the jaw begins below the ears, and the nose's tip.
enum { JAW_RIGHT = 2, NOSE_TIP = 30, JAW_LEFT = 14 };

static int laplacian(const struct image *chip, int x, int y) {
    const uint8_t *at = chip->data + y * chip->stride + x;
    return 4 * at[0] - at[-1] - at[1] - at[-chip->stride] - at[chip->stride];
}

float chip_contrast(const struct image *chip) {
    double sum = 0, square = 0, n = (double)chip->width * chip->height;
    for (int y = 0; y < chip->height; y++) {
        for (int x = 0; x < chip->width; x++) {
            int level = chip->data[y * chip->stride + x];
            sum += level;
            square += level * level;
        }
    }
    return (float)sqrt(fmax(square / n - sum / n * (sum / n), 0));
}

float chip_sharpness(const struct image *chip) {
    double edges = 0, n = (chip->width - 2.0) * (chip->height - 2.0);
    for (int y = 1; y < chip->height - 1; y++) {
        for (int x = 1; x < chip->width - 1; x++) {
            int edge = laplacian(chip, x, y);
            edges += edge * edge;
        }
    }
    return (float)(sqrt(edges / n) / fmax((double)chip_contrast(chip), 1));
}

static float distance(struct point a, struct point b) {
    return hypotf(a.x - b.x, a.y - b.y);
}

float face_turn(const struct point landmarks[N_LANDMARKS]) {
    float right = distance(landmarks[NOSE_TIP], landmarks[JAW_RIGHT]);
    float left = distance(landmarks[NOSE_TIP], landmarks[JAW_LEFT]);
    return fabsf(right - left) / fmaxf(right + left, 1);
}

enum face_quality face_quality_of(const struct quality_limits *limits, const struct box *box,
                                  const struct point landmarks[N_LANDMARKS],
                                  const struct image *chip) {
    if (box->w < limits->min_face_px) {
        return QUALITY_SMALL;
    }
    if (chip_contrast(chip) < limits->min_contrast) {
        return QUALITY_DARK;
    }
    if (chip_sharpness(chip) < limits->min_sharpness) {
        return QUALITY_BLURRED;
    }
    return face_turn(landmarks) > limits->max_turn ? QUALITY_TURNED : QUALITY_GOOD;
}
