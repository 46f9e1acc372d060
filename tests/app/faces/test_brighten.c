// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/brighten.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SIDE 320

static struct brightener brightener;
static struct image grey;

static int make(void **state) {
    (void)state;
    brightener = (struct brightener){0};
    return image_init(&grey, SIDE, SIDE, PIXEL_GREY8) ? 0 : -1;
}

static int finish(void **state) {
    (void)state;
    brightener_finish(&brightener);
    image_finish(&grey);
    return 0;
}

// A slope from black to the brightest level, and back to see what becomes of it.
static const struct image *slope(int brightest) {
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            grey.data[y * grey.stride + x] = (uint8_t)(x * (brightest + 1) / SIDE);
        }
    }
    return brightener_apply(&brightener, &grey);
}

static void test_what_is_light_enough_stays(void **state) {
    (void)state;
    assert_ptr_equal(slope(255), &grey);
    assert_ptr_equal(slope(80), &grey);
}

static void test_a_dim_picture_is_made_bright(void **state) {
    (void)state;
    const struct image *bright = slope(27);
    assert_ptr_not_equal(bright, &grey);
    for (int x = 0; x < SIDE; x++) {
        assert_int_equal(bright->data[x], 8 * grey.data[x]);
    }
}

static void test_the_gain_stays_while_the_light_does(void **state) {
    (void)state;
    slope(27);
    for (int brightest = 24; brightest <= 31; brightest++) {
        slope(brightest);
        assert_int_equal(brightener.gain, 8);
    }
    slope(34);
    assert_int_equal(brightener.gain, 4);
    slope(27);
    assert_int_equal(brightener.gain, 4);
    slope(24);
    assert_int_equal(brightener.gain, 8);
}

static void test_a_lamp_becomes_white_but_a_face_does_not(void **state) {
    (void)state;
    slope(27);
    int lamp = 4 * grey.stride + 100;
    grey.data[lamp] = 255; // a pixel that is looked at
    assert_int_equal(brightener_apply(&brightener, &grey)->data[lamp], 255);
    assert_int_equal(brightener.gain, 8);
    for (int y = 0; y < SIDE / 12; y++) {
        memset(grey.data + y * grey.stride, 90, SIDE / 12);
    }
    brightener_apply(&brightener, &grey);
    assert_int_equal(brightener.gain, 2);
}

static void test_what_is_black_but_for_noise_stays(void **state) {
    (void)state;
    assert_ptr_equal(slope(0), &grey);
    assert_ptr_equal(slope(7), &grey);
    assert_ptr_not_equal(slope(8), &grey);
    assert_int_equal(brightener.gain, 16);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_light_enough_stays, make, finish),
        cmocka_unit_test_setup_teardown(test_a_dim_picture_is_made_bright, make, finish),
        cmocka_unit_test_setup_teardown(test_the_gain_stays_while_the_light_does, make, finish),
        cmocka_unit_test_setup_teardown(test_a_lamp_becomes_white_but_a_face_does_not, make,
                                        finish),
        cmocka_unit_test_setup_teardown(test_what_is_black_but_for_noise_stays, make, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
