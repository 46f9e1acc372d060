// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/orientation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

// Several tiles, and no whole number of them.
#define WIDTH 70
#define HEIGHT 45

// Every pixel is another one.
static void draw(struct image *picture) {
    assert_true(image_init(picture, WIDTH, HEIGHT, PIXEL_BGRX32));
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            memcpy(picture->data + y * picture->stride + 4 * x, (uint8_t[]){x, y, x ^ y, 255}, 4);
        }
    }
}

static bool shows(const struct image *picture, int x, int y, int p, int q) {
    const uint8_t *pixel = picture->data + y * picture->stride + 4 * (ptrdiff_t)x;
    return memcmp(pixel, (uint8_t[]){p, q, p ^ q, 255}, 4) == 0;
}

// Where (p, q) goes when the picture is turned clockwise, in words that owe nothing to matrices.
static bool is_turned(const struct image *picture, int degrees, int p, int q) {
    switch (degrees) {
    case 90:
        return shows(picture, HEIGHT - 1 - q, p, p, q);
    case 180:
        return shows(picture, WIDTH - 1 - p, HEIGHT - 1 - q, p, q);
    case 270:
        return shows(picture, q, WIDTH - 1 - p, p, q);
    default:
        return shows(picture, p, q, p, q);
    }
}

static void test_each_quarter_turn_is_clockwise(void **state) {
    (void)state;
    struct image from, to = {0};
    draw(&from);
    for (int degrees = 0; degrees < 360; degrees += 90) {
        struct orientation orientation = orientation_turned(UPRIGHT, degrees);
        bool sideways = degrees % 180 != 0;
        assert_int_equal(orientation_is_upright(orientation), degrees == 0);
        assert_int_equal(orientation_is_sideways(orientation), sideways);
        assert_true(orientation_apply(orientation, &from, &to));
        assert_int_equal(to.width, sideways ? HEIGHT : WIDTH);
        assert_int_equal(to.height, sideways ? WIDTH : HEIGHT);
        for (int q = 0; q < HEIGHT; q++) {
            for (int p = 0; p < WIDTH; p++) {
                assert_true(is_turned(&to, degrees, p, q));
            }
        }
    }
    image_finish(&from);
    image_finish(&to);
}

// A stream that is mirrored and then turned: what comes last acts on what is shown.
static void test_turns_add_up(void **state) {
    (void)state;
    struct orientation mirrored = {-1, 0, 0, 1}, turned = orientation_turned(mirrored, 90);
    struct orientation more = orientation_turned(orientation_turned(mirrored, 270), 180);
    assert_memory_equal(&more, &turned, sizeof more);
    struct image from, to = {0};
    draw(&from);
    assert_true(orientation_apply(turned, &from, &to));
    assert_true(shows(&to, 0, 0, WIDTH - 1, HEIGHT - 1));
    assert_true(shows(&to, HEIGHT - 1, 0, WIDTH - 1, 0));
    assert_true(shows(&to, 0, WIDTH - 1, 0, HEIGHT - 1));
    image_finish(&from);
    image_finish(&to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_quarter_turn_is_clockwise),
        cmocka_unit_test(test_turns_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
