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

static const struct quality_limits limits = {20, 1, 0.055f, 1};

static void fill(struct image *chip, double wave, double amplitude) {
    for (int y = 0; y < chip->height; y++) {
        for (int x = 0; x < chip->width; x++) {
            chip->data[y * chip->stride + x] =
                (uint8_t)lrint(100 + amplitude * sin(x / wave) * cos(y / wave));
        }
    }
}

// Eyes that are 40 pixels apart, and a nose that is off their middle.
static void fill_points(struct point points[N_FACE_POINTS], float turn) {
    const struct point frontal[N_FACE_POINTS] = {{30, 40}, {70, 40}, {50, 60}, {35, 75}, {65, 75}};
    memcpy(points, frontal, sizeof frontal);
    points[POINT_NOSE].x += 40 / 1.75f * turn;
}

static enum face_quality judge(float width, double wave, double amplitude, float turn) {
    struct image chip;
    struct point points[N_FACE_POINTS];
    struct box box = {0, 0, width, width};
    assert_true(image_init(&chip, 80, 80, PIXEL_GREY8));
    fill(&chip, wave, amplitude);
    fill_points(points, turn);
    enum face_quality quality = face_quality_of(&limits, &box, points, &chip);
    image_finish(&chip);
    return quality;
}

static void test_each_reason(void **state) {
    (void)state;
    assert_int_equal(judge(100, 2, 40, 0), QUALITY_GOOD);
    assert_int_equal(judge(100, 2, 40, 0.9f), QUALITY_GOOD);
    assert_int_equal(judge(100, 2, 40, 1.1f), QUALITY_TURNED);
    assert_int_equal(judge(100, 2, 40, -1.1f), QUALITY_TURNED);
    assert_int_equal(judge(12, 2, 40, 0), QUALITY_SMALL);
    assert_int_equal(judge(100, 2, 0.4, 0), QUALITY_DARK);
    assert_int_equal(judge(100, 14, 60, 0), QUALITY_BLURRED);
}

static void test_measures(void **state) {
    (void)state;
    struct image chip;
    struct point points[N_FACE_POINTS];
    assert_true(image_init(&chip, 80, 80, PIXEL_GREY8));
    fill(&chip, 2, 40);
    float contrast = chip_contrast(&chip), sharpness = chip_sharpness(&chip);
    assert_true(fabsf(contrast - 20) < 1); // the deviation of a product of two waves: half
    fill(&chip, 2, 20);
    assert_true(fabsf(chip_sharpness(&chip) - sharpness) < 0.05f * sharpness); // whatever the light
    fill_points(points, 0.3f);
    assert_float_equal(face_turn(points), 0.3, 1e-4);
    image_finish(&chip);
}

// The whole way: a face in light that fades is followed, but no longer judged.
static void test_the_drawn_face_in_the_dark(void **state) {
    (void)state;
    struct analyser *analyser = analyser_create(&(struct analyser_options){0});
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
