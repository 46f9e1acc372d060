// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Five landmarks: learnt from drawn faces, placed in them, refused when the file is damaged; and
// the chip that is cut by them.

#include "core/base/rng.h"
#include "tests/support/scratch.h"
#include "vision/vision.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SIDE 120
#define N_FACES 24

static struct face_example faces[N_FACES];

// ---- drawn faces ----

static void disc(struct image *grey, float x, float y, float radius, int level) {
    for (int v = 0; v < grey->height; v++) {
        for (int u = 0; u < grey->width; u++) {
            float far = hypotf((float)u + 0.5f - x, (float)v + 0.5f - y) - radius;
            uint8_t *at = grey->data + v * grey->stride + u;
            float share = fminf(fmaxf(0.5f - far, 0), 1);
            *at = (uint8_t)lrintf((1 - share) * *at + share * (float)level);
        }
    }
}

// A face of about 60 pixels, rolled a little, somewhere near the middle.
static void draw_face(struct face_example *face, struct rng *rng) {
    static const struct point at[N_FACE_POINTS] = {
        {-0.18f, -0.1f}, {0.18f, -0.1f}, {0, 0.1f}, {-0.14f, 0.28f}, {0.14f, 0.28f}};
    float x = SIDE / 2.0f + (float)rng_range(rng, -6, 6), y = SIDE / 2.0f;
    float side = (float)rng_range(rng, 55, 70), roll = (float)rng_range(rng, -0.2, 0.2);
    assert_true(image_init(&face->grey, SIDE, SIDE, PIXEL_GREY8));
    for (int i = 0; i < SIDE; i++) {
        memset(face->grey.data + i * face->grey.stride, 90, SIDE);
    }
    disc(&face->grey, x, y, 0.5f * side, 190);
    for (int i = 0; i < N_FACE_POINTS; i++) {
        float u = side * at[i].x, v = side * at[i].y;
        face->points[i].x = x + cosf(roll) * u - sinf(roll) * v;
        face->points[i].y = y + sinf(roll) * u + cosf(roll) * v;
        disc(&face->grey, face->points[i].x, face->points[i].y, i < 2 ? 4 : 2.5f,
             i == POINT_NOSE ? 240 : 40);
    }
    face->box = (struct box){x - 0.37f * side, y - 0.5f * side, 0.745f * side, side};
    face->copies = 6;
}

static int set_up(void **state) {
    (void)state;
    struct rng rng;
    scratch_init();
    rng_init(&rng, 1, 0);
    for (int i = 0; i < N_FACES; i++) {
        draw_face(&faces[i], &rng);
    }
    return face_points_train(faces, N_FACES, 1, scratch_path("good.dat")) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < N_FACES; i++) {
        image_finish(&faces[i].grey);
    }
    scratch_finish();
    return 0;
}

// ---- placing ----

// In distances of the eyes.
static float error_of(const struct point *points, const struct point *truth) {
    float sum = 0, eyes = hypotf(truth[0].x - truth[1].x, truth[0].y - truth[1].y);
    for (int i = 0; i < N_FACE_POINTS; i++) {
        sum += hypotf(points[i].x - truth[i].x, points[i].y - truth[i].y);
    }
    return sum / N_FACE_POINTS / eyes;
}

static void test_places(void **state) {
    (void)state;
    struct face_points *model = face_points_create(scratch_path("good.dat"));
    assert_non_null(model);
    for (int i = 0; i < N_FACES; i++) {
        struct point points[N_FACE_POINTS];
        struct box box = faces[i].box;
        box.x += 2;
        box.y -= 2;
        assert_true(face_points_place(model, &faces[i].grey, box, points));
        assert_true(error_of(points, faces[i].points) < 0.1f);
    }
    face_points_destroy(model);
}

static void test_same_bytes(void **state) {
    (void)state;
    size_t n, n_again;
    assert_true(face_points_train(faces, N_FACES, 1, scratch_path("again.dat")));
    void *good = scratch_read(scratch_path("good.dat"), &n);
    void *again = scratch_read(scratch_path("again.dat"), &n_again);
    assert_int_equal(n, n_again);
    assert_memory_equal(good, again, n);
    free(good);
    free(again);
}

static void test_box_without_face(void **state) {
    (void)state;
    static const struct box far[] = {{-500, -500, 60, 80}, {3, 3, 2, 2}, {-30, -30, 400, 400}};
    static const struct box bad[] = {
        {3, 3, 1, 1}, {1e9f, 0, 60, 80}, {NAN, 0, 60, 80}, {0, 0, 60, INFINITY}};
    struct face_points *model = face_points_create(scratch_path("good.dat"));
    struct point points[N_FACE_POINTS];
    assert_non_null(model);
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        assert_true(face_points_place(model, &faces[0].grey, far[i], points));
        assert_true(isfinite(points[0].x) && isfinite(points[4].y));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        stderr_begin();
        assert_false(face_points_place(model, &faces[0].grey, bad[i], points));
        assert_true(is_one_error(stderr_end(), "no face fits into a box"));
    }
    face_points_destroy(model);
}

// ---- files ----

static void assert_refused(const char *path, const char *words) {
    stderr_begin();
    assert_null(face_points_create(path));
    assert_true(is_one_error(stderr_end(), words));
}

static void test_damaged_files(void **state) {
    (void)state;
    size_t n;
    uint8_t *bytes = scratch_read(scratch_path("good.dat"), &n);
    const char *path = scratch_path("bad.dat");
    scratch_write(path, bytes, 0);
    assert_refused(path, "it is empty");
    scratch_write(path, bytes, n - 1);
    assert_refused(path, "it is cut short");
    scratch_write(path, "GIF89a, a picture", 17);
    assert_refused(path, "it is not a shape predictor of dlib's");
    assert_refused(scratch_path("none.dat"), "No such file");
    free(bytes);
}

// A flipped byte is refused, or places points somewhere.
static void test_flipped_bytes(void **state) {
    (void)state;
    size_t n;
    uint8_t *bytes = scratch_read(scratch_path("good.dat"), &n);
    const char *path = scratch_path("flipped.dat");
    int n_refused = 0;
    struct rng rng;
    rng_init(&rng, 2, 0);
    for (int i = 0; i < 60; i++) {
        uint32_t at = i < 30 ? (uint32_t)i : rng_below(&rng, (uint32_t)n);
        uint8_t before = bytes[at];
        struct point points[N_FACE_POINTS];
        bytes[at] ^= (uint8_t)(1 + rng_below(&rng, 255));
        scratch_write(path, bytes, n);
        stderr_begin();
        struct face_points *model = face_points_create(path);
        const char *said = stderr_end();
        if (model) {
            assert_true(face_points_place(model, &faces[0].grey, faces[0].box, points));
            assert_true(isfinite(points[0].x) && isfinite(points[0].y));
        } else {
            assert_true(is_one_error(said, "flipped.dat cannot be used as landmarks"));
            n_refused++;
        }
        face_points_destroy(model);
        bytes[at] = before;
    }
    assert_true(n_refused > 10);
    free(bytes);
}

// ---- the chip ----

// Of a face that lies as the mean face does, in a square of 60 pixels.
static void mean_points(float x, float y, struct point points[N_FACE_POINTS]) {
    static const struct point mean[N_FACE_POINTS] = {{0.2293f, 0.2115f},
                                                     {0.7707f, 0.2115f},
                                                     {0.5f, 0.532f},
                                                     {0.2666f, 0.7962f},
                                                     {0.7334f, 0.7962f}};
    for (int i = 0; i < N_FACE_POINTS; i++) {
        points[i] = (struct point){x + 60 * mean[i].x, y + 60 * mean[i].y};
    }
}

static void test_chip_place(void **state) {
    (void)state;
    struct point points[N_FACE_POINTS], corners[4];
    mean_points(20, 30, points);
    assert_true(face_chip_place(points, 0.25f, corners));
    static const struct point expected[] = {{5, 15}, {95, 15}, {95, 105}, {5, 105}};
    for (int i = 0; i < 4; i++) {
        assert_float_equal(corners[i].x, expected[i].x, 0.01);
        assert_float_equal(corners[i].y, expected[i].y, 0.01);
    }
    for (int i = 0; i < N_FACE_POINTS; i++) { // a quarter turn clockwise as seen, about (0, 0)
        points[i] = (struct point){-points[i].y, points[i].x};
    }
    assert_true(face_chip_place(points, 0.25f, corners));
    assert_float_equal(corners[0].x, -15, 0.01);
    assert_float_equal(corners[0].y, 5, 0.01);
    memset(points, 0, sizeof points);
    assert_false(face_chip_place(points, 0.25f, corners));
}

// A ramp shows where each pixel of a chip comes from.
static void test_chip_pixels(void **state) {
    (void)state;
    struct image grey = {0}, chip = {0};
    struct point points[N_FACE_POINTS];
    assert_true(image_init(&grey, SIDE, SIDE, PIXEL_GREY8));
    assert_true(image_init(&chip, 90, 90, PIXEL_GREY8));
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            grey.data[y * grey.stride + x] = (uint8_t)(x + y);
        }
    }
    mean_points(20, 25, points);
    assert_true(face_chip(&grey, points, 0.25f, &chip)); // 90 pixels from (5, 10)
    for (int y = 1; y < 89; y++) {
        for (int x = 1; x < 89; x++) {
            assert_in_range(chip.data[y * chip.stride + x], x + y + 14, x + y + 16);
        }
    }
    for (int i = 0; i < N_FACE_POINTS; i++) { // turned by 90 degrees about the middle
        points[i] = (struct point){SIDE - points[i].y, points[i].x};
    }
    assert_true(face_chip(&grey, points, 0.25f, &chip));
    for (int y = 1; y < 89; y++) {
        for (int x = 1; x < 89; x++) { // (x, y) of the chip lies at (109 - y, x + 5)
            assert_in_range(chip.data[y * chip.stride + x], 113 + x - y, 115 + x - y);
        }
    }
    memset(points, 0, sizeof points);
    stderr_begin();
    assert_false(face_chip(&grey, points, 0.25f, &chip));
    assert_true(is_one_error(stderr_end(), "the landmarks do not span a face"));
    image_finish(&grey);
    image_finish(&chip);
}

static void test_turn(void **state) {
    (void)state;
    struct point points[N_FACE_POINTS];
    mean_points(0, 0, points);
    assert_float_equal(face_points_turn(points), 0, 1e-5);
    points[POINT_NOSE].x += 0.25f * (points[POINT_RIGHT_EYE].x - points[POINT_LEFT_EYE].x);
    assert_float_equal(face_points_turn(points), 0.25, 1e-5);
    for (int i = 0; i < N_FACE_POINTS; i++) {
        points[i] = (struct point){-points[i].y, points[i].x};
    }
    assert_float_equal(face_points_turn(points), 0.25, 1e-5); // whatever the roll
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),           cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_box_without_face), cmocka_unit_test(test_damaged_files),
        cmocka_unit_test(test_flipped_bytes),    cmocka_unit_test(test_chip_place),
        cmocka_unit_test(test_chip_pixels),      cmocka_unit_test(test_turn),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
