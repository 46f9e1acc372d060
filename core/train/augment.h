// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"
#include "core/base/rng.h"

// Random changes to a chip in training: position, rotation, small faces, hands before faces, and
// what cameras do (camera_faults.h).

struct augmentation {
    double shift;     // deviation, chip pixels
    double scale;     // deviation of log scale
    double angle;     // deviation, radians
    double coarse;    // largest share of its pixels that each side loses, as in a small face
    double faults;    // share of the inputs that camera_faults changes
    double occlusion; // largest side of a covered rectangle, share of the input
    bool mirror;
};

#define AUGMENTATION_DEFAULT                                                                       \
    ((struct augmentation){.shift = 1.8,                                                           \
                           .scale = 0.07,                                                          \
                           .angle = 0.09,                                                          \
                           .coarse = 0.6,                                                          \
                           .faults = 0.5,                                                          \
                           .occlusion = 0,                                                         \
                           .mirror = true})

// Cuts a size x size input from a GREY8 chip with random changes and standardises it as
// classifier_input does.  scratch:(size, size) out:(size, size)
void augment(const struct image *chip, const struct augmentation *strength, struct rng *rng,
             int size, float *scratch, float *out);
