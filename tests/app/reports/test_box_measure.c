// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// What eval --boxes counts: finds against faces, small ones and those left out, and the figures
// that follow; scores may be negative, as dlib's are.

#include "app/reports/box_measure.h"
#include "tests/support/drawn_face.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static struct measured_box face(int image, float score) {
    return (struct measured_box){image, 0, {0, 0, 50, 50}, 50, score};
}

// Four faces in two images, one missed; two false finds; three images without a face.
static struct measured_box faces[] = {{0}, {0}, {0}, {0}}, falses[] = {{0}, {0}};
static float worst_empty[] = {-INFINITY, 0.2f, -0.7f};

static struct box_measure example(void) {
    faces[0] = face(0, 0.9f);
    faces[1] = face(0, -0.1f);
    faces[2] = face(1, -0.3f);
    faces[3] = face(1, NAN);
    falses[0] = face(0, 0.2f);
    falses[1] = face(1, -0.5f);
    return (struct box_measure){.n_images = 2,
                                .n_empty = 3,
                                .n_faces = 4,
                                .n_false = 2,
                                .faces = faces,
                                .falses = falses,
                                .worst_empty = worst_empty};
}

static void figures_of_finds(void **state) {
    (void)state;
    struct box_measure m = example();
    float threshold;
    assert_float_equal(box_measure_recall_at(&m, 0.5f), 0.25, 1e-9);
    assert_float_equal(box_measure_recall_at(&m, -0.2f), 0.5, 1e-9);
    assert_float_equal(box_measure_recall_at(&m, -1), 0.75, 1e-9);
    assert_float_equal(box_measure_precision_at(&m, -0.2f), 2.0 / 3, 1e-9);
    assert_true(isnan(box_measure_precision_at(&m, 1)));
    assert_float_equal(box_measure_recall(&m, 0.75, &threshold), 0.75, 1e-9);
    assert_float_equal(threshold, -0.3f, 1e-6);
    assert_float_equal(box_measure_recall(&m, 0.95, &threshold), 0.25, 1e-9);
    assert_float_equal(threshold, 0.9f, 1e-6);
    // precision 1 up to recall 1/4, then 3/4 up to 3/4
    assert_float_equal(box_measure_average_precision(&m), 0.25 + 0.5 * 0.75, 1e-9);
    assert_int_equal(box_measure_false_images(&m, 0), 1);
    assert_int_equal(box_measure_false_images(&m, -1), 2);
}

static void a_part_has_its_own_images(void **state) {
    (void)state;
    struct box_measure m = example(), part;
    const bool belongs[] = {false, true};
    assert_true(box_measure_part(&m, belongs, &part));
    assert_int_equal(part.n_faces, 2);
    assert_int_equal(part.n_false, 1);
    assert_int_equal(part.n_empty, 3);
    assert_float_equal(box_measure_recall_at(&part, -1), 0.5, 1e-9);
    box_measure_finish(&part);
}

// The drawn face of 640 x 480, labelled as box says; measured by the shipped network.
static struct box_measure measure_drawn_face(struct box box, const char *flags) {
    struct labelled_box labelled = {.box = box};
    for (int i = 0; flags[i]; i++) {
        labelled.flags[i] = flags[i];
    }
    struct boxed_image image = {.name = "drawn", .first = 0, .n = 1};
    struct box_set boxes = {.n = 1, .images = &image, .n_boxes = 1, .boxes = &labelled};
    struct scene_picture picture = {.n_levels = 1, .levels = {drawn_face(640, 480)}};
    struct scene_set scenes = {.n = 1, .pictures = &picture};
    struct face_detector *detector = face_detector_create(&(struct face_detector_options){0});
    struct box_measure m;
    assert_non_null(detector);
    assert_true(box_measure_run(&m, &boxes, &scenes, NULL, -1, detector, BOXES_AS_IS, 320));
    face_detector_destroy(detector);
    image_finish(&picture.levels[0]);
    return m;
}

static void finds_are_matched_with_labels(void **state) {
    (void)state;
    struct box_measure m = measure_drawn_face((struct box){5, 5, 90, 90}, ""); // elsewhere
    assert_int_equal(m.n_faces, 1);
    assert_true(isnan(m.faces[0].score));
    assert_int_equal(m.n_false, 1);
    struct box found = m.falses[0].box;
    box_measure_finish(&m);

    m = measure_drawn_face(found, "");
    assert_int_equal(m.n_faces, 1);
    assert_true(m.faces[0].score > 0.5f);
    assert_int_equal(m.n_false, 0);
    box_measure_finish(&m);

    m = measure_drawn_face(found, "blur=1;invalid=1"); // neither a face nor false
    assert_int_equal(m.n_faces + m.n_false, 0);
    box_measure_finish(&m);
}

static void conditions_move_the_boxes(void **state) {
    (void)state;
    struct image grey = drawn_face(320, 240), worse;
    struct box box = {140, 100, 40, 40}; // around the middle, which stays
    assert_true(box_condition_apply(&grey, BOXES_TURNED, 1, &worse, &box, 1));
    struct point middle = box_centre(&box);
    assert_float_equal(middle.x, (float)worse.width / 2, 1);
    assert_float_equal(middle.y, (float)worse.height / 2, 1);
    assert_float_equal(box.w, 40, 1e-3); // of a circle
    image_finish(&worse);
    assert_true(box_condition_apply(&grey, BOXES_DARK, 1, &worse, &box, 1));
    for (int y = 0; y < worse.height; y++) {
        for (int x = 0; x < worse.width; x++) {
            assert_true(worse.data[y * worse.stride + x] < 30);
        }
    }
    image_finish(&worse);
    image_finish(&grey);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_finds),
        cmocka_unit_test(a_part_has_its_own_images),
        cmocka_unit_test(finds_are_matched_with_labels),
        cmocka_unit_test(conditions_move_the_boxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
