// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The drawn face, made worse until it can no longer be judged, with the reason.
#include "app/analysis/analyser.h"
#include "app/analysis/face_quality.h"
#include "app/sources/demo/demo_face.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct quality_limits limits = {20, 1, 0.055f, 0.6f};

static void fill(struct image *chip, double wave, double amplitude) {
    for (int y = 0; y < chip->height; y++) {
        for (int x = 0; x < chip->width; x++) {
            chip->data[y * chip->stride + x] =
                (uint8_t)lrint(100 + amplitude * sin(x / wave) * cos(y / wave));
        }
    }
}

static void fill_landmarks(struct point landmarks[N_LANDMARKS], float turn) {
    for (int i = 0; i < N_LANDMARKS; i++) {
        landmarks[i] = (struct point){50, 50};
    }
    landmarks[2] = (struct point){20, 50};
    landmarks[14] = (struct point){80, 50};
    landmarks[30] = (struct point){50 + 30 * turn, 50};
}

static enum face_quality judge(float width, double wave, double amplitude, float turn) {
    struct image chip;
    struct point landmarks[N_LANDMARKS];
    struct box box = {0, 0, width, width};
    assert_true(image_init(&chip, 80, 80, PIXEL_GREY8));
    fill(&chip, wave, amplitude);
    fill_landmarks(landmarks, turn);
    enum face_quality quality = face_quality_of(&limits, &box, landmarks, &chip);
    image_finish(&chip);
    return quality;
}

static void test_each_reason(void **state) {
    (void)state;
    assert_int_equal(judge(100, 2, 40, 0), QUALITY_GOOD);
    assert_int_equal(judge(100, 2, 40, 0.5f), QUALITY_GOOD);
    assert_int_equal(judge(100, 2, 40, 0.7f), QUALITY_TURNED);
    assert_int_equal(judge(100, 2, 40, -0.7f), QUALITY_TURNED);
    assert_int_equal(judge(12, 2, 40, 0), QUALITY_SMALL);
    assert_int_equal(judge(100, 2, 0.4, 0), QUALITY_DARK);
    assert_int_equal(judge(100, 14, 60, 0), QUALITY_BLURRED);
}

static void test_measures(void **state) {
    (void)state;
    struct image chip;
    struct point landmarks[N_LANDMARKS];
    assert_true(image_init(&chip, 80, 80, PIXEL_GREY8));
    fill(&chip, 2, 40);
    float contrast = chip_contrast(&chip), sharpness = chip_sharpness(&chip);
    assert_true(fabsf(contrast - 20) < 1); // the deviation of a product of two waves: half
    fill(&chip, 2, 20);
    assert_true(fabsf(chip_sharpness(&chip) - sharpness) < 0.05f * sharpness); // whatever the light
    fill_landmarks(landmarks, 0.3f);
    assert_float_equal(face_turn(landmarks), 0.3, 1e-4);
    image_finish(&chip);
}

// The whole way: a face in light that fades is followed, but no longer judged.
static void test_the_drawn_face_in_the_dark(void **state) {
    (void)state;
    struct analyser *analyser = analyser_create(&(struct analyser_options){.deterministic = true});
    struct frame frame = {0};
    struct analysis *analysis = calloc(1, sizeof *analysis);
    assert_non_null(analyser);
    assert_true(image_init(&frame.picture, 480, 360, PIXEL_BGRX32));
    for (int i = 0; i < 60; i++) {
        double t = i / 30.0;
        demo_draw(&frame.picture, 0);
        for (ptrdiff_t k = 0; i >= 30 && k < frame.picture.stride * frame.picture.height; k++) {
            frame.picture.data[k] = (uint8_t)(100 + frame.picture.data[k] / 100);
        }
        frame.media_ns = (int64_t)(t * 1e9);
        assert_true(analyser_run(analyser, &frame, analysis));
        if (i == 29) {
            assert_int_equal(analysis->n_faces, 1);
            assert_int_equal(analysis->faces[0].quality, QUALITY_GOOD);
        }
        // Either it is not found any more, or it says why it is not judged.
        assert_true(i < 45 || analysis->n_faces == 0 || analysis->faces[0].quality == QUALITY_DARK);
    }
    image_finish(&frame.picture);
    free(analysis);
    analyser_destroy(analyser);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_reason),
        cmocka_unit_test(test_measures),
        cmocka_unit_test(test_the_drawn_face_in_the_dark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
