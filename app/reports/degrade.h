// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

#include <stdint.h>

// What bad cameras and bad light do to a face, in fixed doses, to measure what each costs.

enum degradation {
    DEGRADE_NOISE, // Gaussian, deviation 15 grey levels
    DEGRADE_BLUR,  // Gaussian, sigma 2 pixels of the chip
    DEGRADE_SMALL, // the network's input from a face of 32 pixels
    DEGRADE_JPEG,  // quality 20
    DEGRADE_DARK,  // a quarter of the light, in whole grey levels
    N_DEGRADATIONS
};

const char *degradation_name(enum degradation kind); // for people: "Gaussian noise, sigma 15"

// Fills out, of the same size and allocated by the caller, with a worse chip (both GREY8). seed
// draws the noise. input_size: side of what the network sees of the chip. False (logged).
bool degrade_chip(const struct image *chip, enum degradation kind, int input_size, uint64_t seed,
                  struct image *out);
