// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Crops files, and what happens to a chip before it is learnt.
#include "tests/core/train/bars.h"

#include "core/base/log.h"
#include "core/train/augment.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static void crops_file_there_and_back(void **state) {
    (void)state;
    char path[] = "/tmp/smilecam-crops-XXXXXX";
    close(mkstemp(path));
    struct dataset dataset, back;
    bars_make(&dataset);
    assert_true(dataset_write(&dataset, path));
    assert_true(dataset_read(&back, path));
    assert_int_equal(back.n, dataset.n);
    assert_string_equal(back.provenance, "bars");
    assert_string_equal(back.labels[1], "smile");
    for (int i = 0; i < back.n; i++) {
        assert_int_equal(back.crops[i].found, i % 10 != 9);
        assert_int_equal(back.crops[i].label, i % 2);
        assert_string_equal(back.crops[i].name, dataset.crops[i].name);
        if (back.crops[i].found) {
            assert_memory_equal(dataset_chip(&back, i).data, dataset_chip(&dataset, i).data,
                                CHIP * CHIP);
        }
    }
    dataset_finish(&back);
    log_set_level((enum log_level) - 1);
    for (off_t len = 40000; len > 0; len -= 997) { // cut short anywhere
        assert_int_equal(truncate(path, len), 0);
        assert_false(dataset_read(&back, path));
    }
    log_set_level(LOG_INFO);
    dataset_finish(&dataset);
    unlink(path);
}

static void labels_are_checked(void **state) {
    (void)state;
    struct dataset dataset;
    dataset_init(&dataset, CHIP, 0.25f);
    log_set_level((enum log_level) - 1);
    assert_int_equal(dataset_label(&dataset, ""), -1);
    assert_int_equal(dataset_label(&dataset, "sad, cross"), -1);
    assert_int_equal(dataset_label(&dataset, "a label that is longer than any word"), -1);
    assert_int_equal(dataset_label(&dataset, "fr\xc3\xb6hlich"), -1); // no model can have it
    assert_int_equal(dataset_label(&dataset, "happy\n"), -1);
    log_set_level(LOG_INFO);
    assert_int_equal(dataset_label(&dataset, "sad"), 0);
    assert_int_equal(dataset_label(&dataset, "sad"), 0);
    dataset_finish(&dataset);
}

static void centre_sampling_is_exact(void **state) {
    (void)state;
    uint8_t pixels[CHIP * CHIP];
    float out[16 * 16];
    for (int i = 0; i < CHIP * CHIP; i++) {
        pixels[i] = (uint8_t)(i * 7);
    }
    struct image chip = {pixels, CHIP, CHIP, CHIP, PIXEL_GREY8};
    image_sample(&chip, SAMPLING_CENTRE, 16, out);
    for (int y = 0; y < 16; y++) {
        for (int x = 0; x < 16; x++) {
            assert_true(out[y * 16 + x] == (float)pixels[(y + 2) * CHIP + x + 2]);
        }
    }
    image_standardise(out, 256);
    double sum = 0, square = 0;
    for (int i = 0; i < 256; i++) {
        sum += (double)out[i];
        square += (double)out[i] * (double)out[i];
    }
    assert_float_equal(sum / 256, 0, 1e-5);
    assert_float_equal(square / 256, 1, 1e-4);
}

static void augmentation_is_finite_and_repeatable(void **state) {
    (void)state;
    struct dataset dataset;
    bars_make(&dataset);
    struct augmentation strength = AUGMENTATION_DEFAULT;
    strength.occlusion = 0.4;
    float a[256], b[256], scratch[256];
    for (uint64_t i = 0; i < 300; i++) {
        int crop = (int)(i % N_CROPS);
        if (!dataset.crops[crop].found) {
            continue;
        }
        struct image chip = dataset_chip(&dataset, crop);
        struct rng first, second;
        rng_init(&first, 1, i);
        rng_init(&second, 1, i);
        augment(&chip, &strength, &first, 16, scratch, a);
        augment(&chip, &strength, &second, 16, scratch, b);
        assert_memory_equal(a, b, sizeof a);
        for (int j = 0; j < 256; j++) {
            assert_true(isfinite(a[j]));
        }
    }
    dataset_finish(&dataset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crops_file_there_and_back),
        cmocka_unit_test(labels_are_checked),
        cmocka_unit_test(centre_sampling_is_exact),
        cmocka_unit_test(augmentation_is_finite_and_repeatable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
