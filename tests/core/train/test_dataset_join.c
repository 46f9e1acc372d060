// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Several crops files as one: copies are known again, labels find their counterparts, and what was
// only joined is never measured.
#include "core/image/chip_hash.h"
#include "core/train/dataset_join.h"
#include "core/base/log.h"
#include "core/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define CHIP 80

// A picture of smooth blobs, another for each seed.
static void draw(struct image *chip, uint64_t seed) {
    struct rng rng;
    float x[12], y[12], level[12];
    rng_init(&rng, seed, 0);
    for (int k = 0; k < 12; k++) {
        x[k] = (float)rng_range(&rng, 0, CHIP);
        y[k] = (float)rng_range(&rng, 0, CHIP);
        level[k] = (float)rng_range(&rng, -90, 90);
    }
    assert_true(image_init(chip, CHIP, CHIP, PIXEL_GREY8));
    for (int j = 0; j < CHIP; j++) {
        for (int i = 0; i < CHIP; i++) {
            float sum = 128;
            for (int k = 0; k < 12; k++) {
                float dx = (float)i - x[k], dy = (float)j - y[k];
                sum += level[k] * expf(-(dx * dx + dy * dy) / 200);
            }
            chip->data[j * chip->stride + i] =
                (uint8_t)fminf(fmaxf(sum + (float)(i + 2 * j) / 4, 0), 255);
        }
    }
}

// The same photograph after a web site had it: darker, with less contrast, a little noisy.
static void wear(struct image *chip) {
    struct rng rng;
    rng_init(&rng, 99, 0);
    for (int j = 0; j < CHIP; j++) {
        for (int i = 0; i < CHIP; i++) {
            uint8_t *pixel = &chip->data[j * chip->stride + i];
            *pixel = (uint8_t)(*pixel * 0.7 + 10 + rng_range(&rng, -1, 1));
        }
    }
}

static void add(struct dataset *dataset, uint64_t seed, bool worn, const char *label,
                uint32_t group) {
    struct image chip;
    draw(&chip, seed);
    if (worn) {
        wear(&chip);
    }
    struct crop crop = {.label = dataset_label(dataset, label), .group = group};
    snprintf(crop.name, sizeof crop.name, "%s%u", label, group);
    assert_true(crop.label >= 0 && dataset_add(dataset, &crop, &chip));
    image_finish(&chip);
}

static void test_copies_are_near_and_others_far(void **state) {
    (void)state;
    struct image a, b;
    for (uint64_t seed = 1; seed < 20; seed++) {
        draw(&a, seed);
        draw(&b, seed);
        wear(&b);
        assert_in_range(chip_hash_distance(chip_hash_of(&a), chip_hash_of(&b)), 0, CHIP_COPY);
        image_finish(&b);
        draw(&b, seed + 100);
        assert_true(chip_hash_distance(chip_hash_of(&a), chip_hash_of(&b)) > 2 * CHIP_COPY);
        image_finish(&a);
        image_finish(&b);
    }
}

static void test_copies_share_a_group(void **state) {
    (void)state;
    struct dataset dataset;
    dataset_init(&dataset, CHIP, 0.25f);
    add(&dataset, 1, false, "smile", 11);
    add(&dataset, 2, false, "neutral", 12);
    add(&dataset, 1, true, "smile", 13);
    assert_int_equal(dataset_group_copies(&dataset), 1);
    assert_int_equal(dataset.crops[2].group, dataset.crops[0].group);
    assert_int_not_equal(dataset.crops[1].group, dataset.crops[0].group);
    assert_true(dataset_split(&dataset.crops[0], 5) == dataset_split(&dataset.crops[2], 5));
    dataset_finish(&dataset);
}

static void test_copies_of_what_is_held_out_are_not_learnt(void **state) {
    (void)state;
    struct dataset own, more;
    dataset_init(&own, CHIP, 0.25f);
    dataset_init(&more, CHIP, 0.25f);
    add(&own, 1, false, "neutral", 1);
    add(&own, 2, false, "smile", 2);
    add(&more, 2, true, "happiness", 7); // a copy
    add(&more, 3, false, "happiness", 8);
    add(&more, 4, false, "anger", 9);
    struct crop missing = {.label = 0};
    assert_true(dataset_add(&more, &missing, NULL));
    assert_int_equal(dataset_join(&own, &more, "more", 1), 3);
    assert_int_equal(own.n, 6);
    assert_int_equal(own.crops[3].label, 1); // happiness: smile
    assert_int_equal(own.crops[4].label, 0); // anger: not
    assert_true(own.crops[1].source == 0 && own.crops[2].source == 1 && own.crops[5].source == 1);
    struct image joined = dataset_chip(&own, 4), original = dataset_chip(&more, 2);
    assert_memory_equal(joined.data, original.data, CHIP * CHIP);
    assert_int_equal(dataset_group_copies(&own), 1);
    struct held_out none = {.to = 0}, first = {.source = 0, .to = 1},
                    second = {.source = 1, .to = 1};
    int items[6];
    assert_int_equal(dataset_to_learn(&own, &none, items), 5); // all faces
    assert_int_equal(dataset_held_out(&own, &first, items), 2);
    assert_int_equal(dataset_to_learn(&own, &first, items), 2);
    assert_true(items[0] == 3 && items[1] == 4);
    assert_int_equal(dataset_held_out(&own, &second, items), 4); // one without a face, too
    assert_int_equal(dataset_to_learn(&own, &second, items), 1);
    assert_int_equal(items[0], 0);
    dataset_finish(&own);
    dataset_finish(&more);
}

static void test_two_labels_of_many(void **state) {
    (void)state;
    struct dataset dataset;
    dataset_init(&dataset, CHIP, 0.25f);
    add(&dataset, 1, false, "anger", 1);
    add(&dataset, 2, false, "Happy", 2);
    add(&dataset, 3, false, "fear", 3);
    assert_true(dataset_smile_or_not(&dataset, "many"));
    assert_int_equal(dataset.n_labels, 2);
    assert_string_equal(dataset.labels[1], "smile");
    assert_int_equal(dataset.crops[0].label + dataset.crops[2].label, 0);
    assert_int_equal(dataset.crops[1].label, 1);
    dataset_finish(&dataset);
}

static void test_other_words_for_a_label(void **state) {
    (void)state;
    struct dataset own, more;
    dataset_init(&own, CHIP, 0.25f);
    dataset_init(&more, CHIP, 0.25f);
    add(&own, 1, false, "angry", 1);
    add(&own, 2, false, "happy", 2);
    add(&own, 3, false, "sad", 3);
    add(&more, 4, false, "contempt", 4); // unknown: left out
    add(&more, 5, false, "Anger", 5);
    add(&more, 6, false, "sadness", 6);
    log_set_level((enum log_level) - 1);
    assert_int_equal(dataset_join(&own, &more, "other words", 1), 2);
    assert_int_equal(own.n, 5);
    assert_int_equal(own.crops[3].label, 0);
    assert_int_equal(own.crops[4].label, 2);
    dataset_finish(&own);
    dataset_finish(&more);
}

static void test_what_does_not_fit_is_refused(void **state) {
    (void)state;
    struct dataset own, other_cut, other_labels;
    dataset_init(&own, CHIP, 0.25f);
    dataset_init(&other_cut, CHIP, 0.5f);
    dataset_init(&other_labels, CHIP, 0.25f);
    add(&own, 1, false, "cat", 1);
    add(&own, 2, false, "dog", 2);
    add(&other_cut, 3, false, "cat", 3);
    add(&other_labels, 3, false, "horse", 3);
    log_set_level((enum log_level) - 1);
    assert_int_equal(dataset_join(&own, &other_cut, "cut otherwise", 1), -1);
    assert_int_equal(dataset_join(&own, &other_labels, "labelled otherwise", 1), 0);
    assert_false(dataset_smile_or_not(&own, "no smile"));
    assert_int_equal(own.n, 2);
    dataset_finish(&own);
    dataset_finish(&other_cut);
    dataset_finish(&other_labels);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_are_near_and_others_far),
        cmocka_unit_test(test_copies_share_a_group),
        cmocka_unit_test(test_copies_of_what_is_held_out_are_not_learnt),
        cmocka_unit_test(test_two_labels_of_many),
        cmocka_unit_test(test_other_words_for_a_label),
        cmocka_unit_test(test_what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
