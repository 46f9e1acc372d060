// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/face_quality.h"

#include <math.h>

// From distances of the eyes to half the width of the face (fit to the jaw's ends of 68 landmarks
// on 397 faces of LFW and AFLW).
#define EYES_TO_HALF_WIDTH 1.75f

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

float face_turn(const struct point points[N_FACE_POINTS]) {
    return EYES_TO_HALF_WIDTH * fabsf(face_points_turn(points));
}

enum face_quality face_quality_of(const struct quality_limits *limits, const struct box *box,
                                  const struct point points[N_FACE_POINTS],
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
    return face_turn(points) > limits->max_turn ? QUALITY_TURNED : QUALITY_GOOD;
}
