// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Any detector behind the interface: it finds the drawn face, gives it a tight box in pixels of the
// picture, and always the same.
#include "app/faces/face_detector.h"
#include "tests/support/drawn_face.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_finds_the_drawn_face(void **state) {
    struct face_detector *detector = *state;
    struct face_thresholds thresholds = face_detector_thresholds(detector);
    assert_true(thresholds.keep < thresholds.start);
    struct box first = {0};
    for (int scale = 1; scale <= 3; scale++) {
        struct image grey = drawn_face(320 * scale, 240 * scale);
        struct face_box found[4];
        int n = face_detector_find(detector, &grey, 240.0f * (float)scale / 6, found, 4);
        assert_true(n >= 1 && found[0].score >= thresholds.start);
        struct box box = found[0].box;
        assert_true(box.h > 1.1f * box.w && box.h < 1.6f * box.w); // from forehead to chin
        box = (struct box){box.x / (float)scale, box.y / (float)scale, box.w / (float)scale,
                           box.h / (float)scale};
        first = scale == 1 ? box : first;
        assert_true(box_iou(&box, &first) > 0.6);
        image_finish(&grey);
    }
}

static void test_is_asked_for_small_faces(void **state) {
    struct face_detector *detector = *state;
    struct image grey = drawn_face(640, 480);
    struct face_box found[4];
    assert_true(face_detector_find(detector, &grey, 60, found, 4) >= 1);
    assert_int_equal(face_detector_find(detector, &grey, 400, found, 4), 0);
    assert_int_equal(face_detector_find(detector, &grey, 60, found, 0), 0);
    image_finish(&grey);
}

static void test_the_surest_come_first_and_repeat(void **state) {
    struct face_detector *detector = *state;
    struct image grey = drawn_face(640, 480), small = drawn_face(320, 240);
    struct image corner = image_view(&grey, 0, 0, 320, 240);
    struct face_box found[8], again[8];
    image_copy(&corner, &small);
    int n = face_detector_find(detector, &grey, 40, found, 8);
    assert_true(n >= 1);
    for (int i = 1; i < n; i++) {
        assert_true(found[i].score <= found[i - 1].score);
        assert_true(box_iou(&found[i].box, &found[i - 1].box) < 0.5);
    }
    assert_int_equal(face_detector_find(detector, &small, 40, again, 8), 1);
    assert_int_equal(face_detector_find(detector, &grey, 40, again, 8), n);
    assert_memory_equal(found, again, (size_t)n * sizeof *found);
    image_finish(&grey);
    image_finish(&small);
}

static int set_up(enum face_detector_kind kind, void **state) {
    *state = face_detector_create(&(struct face_detector_options){.kind = kind});
    return *state ? 0 : -1;
}

static int set_up_hog(void **state) {
    return set_up(FACE_DETECTOR_HOG, state);
}

static int set_up_network(void **state) {
    return set_up(FACE_DETECTOR_NETWORK, state);
}

static int tear_down(void **state) {
    face_detector_destroy(*state);
    face_detector_destroy(NULL);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_drawn_face),
        cmocka_unit_test(test_is_asked_for_small_faces),
        cmocka_unit_test(test_the_surest_come_first_and_repeat),
    };
    int failed = cmocka_run_group_tests_name("network", tests, set_up_network, tear_down);
    return failed + cmocka_run_group_tests_name("hog", tests, set_up_hog, tear_down);
}
