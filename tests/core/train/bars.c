// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/core/train/bars.h"

#include "core/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

void bars_make(struct dataset *dataset) {
    struct rng rng;
    rng_init(&rng, 8, 0);
    dataset_init(dataset, CHIP, 0.25f);
    dataset_label(dataset, "neutral");
    dataset_label(dataset, "smile");
    snprintf(dataset->provenance, sizeof dataset->provenance, "bars");
    for (int i = 0; i < N_CROPS; i++) {
        struct image chip;
        assert_true(image_init(&chip, CHIP, CHIP, PIXEL_GREY8));
        int at = 4 + (int)rng_below(&rng, CHIP - 10);
        for (int y = 0; y < CHIP; y++) {
            for (int x = 0; x < CHIP; x++) {
                int along = i % 2 ? y : x;
                chip.data[y * chip.stride + x] =
                    (uint8_t)((along >= at && along < at + 3 ? 200 : 60) + rng_below(&rng, 40));
            }
        }
        struct crop crop = {
            .label = i % 2, .group = (uint32_t)i, .pose = {NAN, NAN, NAN}, .face_size = 50};
        snprintf(crop.name, sizeof crop.name, "bar%d", i);
        assert_true(dataset_add(dataset, &crop, i % 10 == 9 ? NULL : &chip));
        image_finish(&chip);
    }
}
