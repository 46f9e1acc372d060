// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/smile_classifier.h"
#include "app/faces/face_detector.h"
#include "app/photos/photo_search.h"
#include "tests/support/drawn_face.h"
#include "app/system/model_files.h"
#include "vision/vision.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct hog_detector *detector;
static struct face_points *model;

static struct face find_one(const struct image *grey, float scale) {
    struct face_box found[4];
    struct face face = {.confidence = 0};
    assert_int_equal(hog_detector_find(detector, grey, scale, 0, found, 4), 1);
    assert_true(found[0].score > 0);
    face.box = found[0].box;
    assert_true(face_points_place(model, grey, face.box, face.points));
    return face;
}

static float distance(struct point a, struct point b) {
    return hypotf(a.x - b.x, a.y - b.y);
}

// ---- the landmark file ----

static void test_other_landmark_files_are_refused(void **state) {
    (void)state;
    scratch_write(scratch_path("wrong.dat"), "\x01\x44\x08\x81\x10", 5);
    scratch_write(scratch_path("empty.dat"), "", 0);
    const char *const names[] = {"wrong.dat", "empty.dat", "missing.dat", ""};
    for (int i = 0; i < 4; i++) {
        stderr_begin();
        struct landmarks *none =
            landmarks_create(&(struct landmark_file){.path = scratch_path(names[i])});
        const char *said = stderr_end();
        assert_null(none);
        assert_true(is_one_error(said, scratch_path(names[i])));
        assert_non_null(strstr(said, "apt-get install libdlib-data"));
    }
}

static void test_trust_goes_only_so_far(void **state) {
    (void)state;
    scratch_write(scratch_path("wrong.dat"), "\x01\x44\x08\x81\x10", 5);
    stderr_begin();
    struct landmarks *none = landmarks_create(
        &(struct landmark_file){.path = scratch_path("wrong.dat"), .trusted = true});
    assert_true(is_one_error(stderr_end(), "wrong.dat"));
    assert_null(none);
    landmarks_destroy(NULL);
}

// ---- finding ----

static void test_scales_agree_on_a_face(void **state) {
    (void)state;
    struct image grey = drawn_face(640, 480);
    struct face whole = find_one(&grey, 1);
    assert_true(whole.box.w > 80 && whole.box.x > 0 && whole.box.x + whole.box.w < 640);
    static const float scales[] = {0.5f, 0.73f, 2};
    for (int i = 0; i < 3; i++) {
        struct face other = find_one(&grey, scales[i]);
        assert_true(fabsf(other.box.x + other.box.w / 2 - whole.box.x - whole.box.w / 2) <
                    0.1f * whole.box.w);
        assert_true(fabsf(other.box.w / whole.box.w - 1) < 0.25f);
        for (int k = 0; k < N_FACE_POINTS; k++) {
            assert_true(distance(other.points[k], whole.points[k]) < 0.05f * whole.box.w);
        }
    }
    image_finish(&grey);
}

static void test_a_part_of_a_larger_picture_is_found_the_same(void **state) {
    (void)state;
    struct image large = drawn_face(640, 480), view = image_view(&large, 16, 8, 616, 464), copy;
    assert_true(image_init(&copy, view.width, view.height, PIXEL_GREY8));
    image_copy(&copy, &view);
    struct face a = find_one(&view, 1), b = find_one(&copy, 1);
    assert_memory_equal(&a, &b, sizeof a);
    image_finish(&copy);
    image_finish(&large);
}

static void test_capacity_is_kept(void **state) {
    (void)state;
    struct image grey = drawn_face(640, 480);
    struct face_box none;
    assert_int_equal(hog_detector_find(detector, &grey, 1, 0, &none, 0), 0);
    assert_int_equal(hog_detector_find(detector, &grey, 1, 0, &none, 1), 1);
    image_finish(&grey);
}

static void test_tiny_pictures_do_no_harm(void **state) {
    (void)state;
    struct face_box found[2];
    struct point points[N_FACE_POINTS];
    struct image grey = {0}, chip;
    assert_true(image_init(&chip, 32, 32, PIXEL_GREY8));
    for (int side = 1; side <= 100; side += side < 10 ? 1 : 13) {
        for (int shape = 0; shape < 3; shape++) {
            int w = shape == 1 ? 1 : side, h = shape == 2 ? 3 : side;
            assert_true(image_resize_storage(&grey, w, h, PIXEL_GREY8));
            assert_int_equal(hog_detector_find(detector, &grey, 1, 0, found, 2), 0);
            assert_int_equal(hog_detector_find(detector, &grey, 3.3f, 0, found, 2), 0);
            assert_int_equal(hog_detector_find(detector, &grey, 0.01f, 0, found, 2), 0);
            struct box box = {0, 0, (float)w + 2, (float)h + 2};
            assert_true(face_points_place(model, &grey, box, points));
            assert_true(face_chip(&grey, points, 0.25f, &chip));
        }
    }
    image_finish(&grey);
    image_finish(&chip);
}

static void test_any_scale_is_bounded(void **state) {
    (void)state;
    struct image grey;
    struct face_box found;
    assert_true(image_init(&grey, 16, 16, PIXEL_GREY8));
    assert_int_equal(hog_detector_find(detector, &grey, 1e9f, 0, &found, 1), 0);
    image_finish(&grey);
}

// ---- 68 landmarks ----

// Of the packaged file; skips the test without it.
static struct landmarks *load_landmarks(void) {
    static const char path[] = "/usr/share/dlib/shape_predictor_68_face_landmarks.dat";
    if (access(path, R_OK) != 0) {
        print_message("skipped: no %s\n", path);
        skip();
    }
    struct landmarks *landmarks = landmarks_create(NULL);
    assert_non_null(landmarks);
    return landmarks;
}

static void test_landmarks_are_finer_than_pixels_and_move_with_the_box(void **state) {
    (void)state;
    struct landmarks *landmarks = load_landmarks();
    struct image grey = drawn_face(640, 480), view = image_view(&grey, 9, 5, 620, 460);
    struct box box = find_one(&grey, 1).box, moved = {box.x - 9, box.y - 5, box.w, box.h};
    struct point whole[N_LANDMARKS], part[N_LANDMARKS];
    int fractions = 0;
    assert_true(landmarks_place(landmarks, &grey, box, whole));
    assert_true(landmarks_place(landmarks, &view, moved, part));
    for (int k = 0; k < N_LANDMARKS; k++) {
        struct point there = {part[k].x + 9, part[k].y + 5};
        assert_true(distance(there, whole[k]) < 1e-3f);
        assert_true(k < 27 || box_contains(&box, whole[k])); // nose, eyes, mouth
        fractions += fabsf(part[k].x - roundf(part[k].x)) > 0.05f;
    }
    assert_true(fractions > N_LANDMARKS / 2);
    image_finish(&grey);
    landmarks_destroy(landmarks);
}

static void test_impossible_boxes_are_refused(void **state) {
    (void)state;
    struct landmarks *landmarks = load_landmarks();
    struct image grey = drawn_face(320, 240);
    struct point points[N_LANDMARKS];
    static const struct box boxes[] = {
        {0, 0, 0, 0}, {0, 0, -5, 10}, {NAN, 0, 9, 9}, {0, 1e30f, 9, 9}, {0, 0, 9, INFINITY}};
    for (int i = 0; i < 5; i++) {
        stderr_begin();
        bool placed = landmarks_place(landmarks, &grey, boxes[i], points);
        assert_true(is_one_error(stderr_end(), "box"));
        assert_false(placed);
    }
    struct box outside = {-4000, 9000, 200, 200};
    assert_true(landmarks_place(landmarks, &grey, outside, points));
    image_finish(&grey);
    landmarks_destroy(landmarks);
}

// ---- chips ----

static void cut(const struct image *grey, const struct point *points, struct image *chip) {
    memset(chip->data, 0x77, (size_t)chip->stride * (size_t)chip->height);
    assert_true(face_chip(grey, points, 0.25f, chip));
}

static bool same(const struct image *a, const struct image *b) {
    for (int y = 0; y < a->height; y++) {
        if (memcmp(a->data + y * a->stride, b->data + y * b->stride, (size_t)a->width) != 0) {
            return false;
        }
    }
    return true;
}

static void test_chips_repeat_to_the_byte(void **state) {
    (void)state;
    for (int scale = 1; scale <= 4; scale++) {
        struct image grey = drawn_face(320 * scale, 240 * scale), a, b;
        assert_true(image_init(&a, 96, 96, PIXEL_GREY8) && image_init(&b, 96, 96, PIXEL_GREY8));
        struct face face = find_one(&grey, 1);
        cut(&grey, face.points, &a);
        cut(&grey, face.points, &b);
        assert_true(same(&a, &b));
        image_finish(&grey);
        image_finish(&a);
        image_finish(&b);
    }
}

static void test_chips_of_a_turned_face_look_alike(void **state) {
    (void)state;
    struct image grey = drawn_face(480, 480), turned, a, b;
    assert_true(image_init(&turned, 480, 480, PIXEL_GREY8));
    assert_true(image_init(&a, 96, 96, PIXEL_GREY8) && image_init(&b, 96, 96, PIXEL_GREY8));
    struct face face = find_one(&grey, 1), face_turned = face;
    for (int i = 0; i < 480 * 480; i++) { // a quarter turn
        turned.data[i / 480 * turned.stride + i % 480] =
            grey.data[i % 480 * grey.stride + 479 - i / 480];
    }
    for (int k = 0; k < N_FACE_POINTS; k++) {
        face_turned.points[k] = (struct point){face.points[k].y, 480 - face.points[k].x};
    }
    cut(&grey, face.points, &a);
    cut(&turned, face_turned.points, &b);
    double sum = 0;
    for (int i = 0; i < 96 * 96; i++) {
        sum += abs(a.data[i / 96 * a.stride + i % 96] - b.data[i / 96 * b.stride + i % 96]);
    }
    assert_true(sum / (96 * 96) < 1); // 2.4 with dlib's pyramid as it is
    image_finish(&grey);
    image_finish(&turned);
    image_finish(&a);
    image_finish(&b);
}

static void test_chips_outside_are_black_and_nonsense_is_refused(void **state) {
    (void)state;
    struct image grey = drawn_face(320, 240), chip;
    assert_true(image_init(&chip, 64, 64, PIXEL_GREY8));
    struct face face = find_one(&grey, 1), wrong = face;
    for (int k = 0; k < N_FACE_POINTS; k++) {
        wrong.points[k].x += 5000;
    }
    cut(&grey, wrong.points, &chip);
    for (int i = 0; i < 64 * 64; i++) {
        assert_int_equal(chip.data[i / 64 * chip.stride + i % 64], 0);
    }
    struct point nonsense[2][N_FACE_POINTS] = {0};
    nonsense[1][3].x = NAN;
    for (int i = 0; i < 2; i++) {
        stderr_begin();
        bool done = face_chip(&grey, nonsense[i], 0.25f, &chip);
        assert_true(is_one_error(stderr_end(), "landmarks"));
        assert_false(done);
    }
    image_finish(&grey);
    image_finish(&chip);
}

// A face that leaves the picture step by step: every border and corner case of dlib's cropping.
static void test_chips_across_the_border_do_no_harm(void **state) {
    (void)state;
    struct image grey = drawn_face(320, 240), chip;
    struct face face = find_one(&grey, 1);
    for (int i = 0; i < 200; i++) {
        int size = 16 + i % 3 * 40;
        float angle = 0.3f * (float)i, away = 3.0f * (float)i, grow = 0.1f + (float)(i % 7);
        struct point moved[N_FACE_POINTS];
        for (int k = 0; k < N_FACE_POINTS; k++) {
            struct point p = {grow * (face.points[k].x - 160), grow * (face.points[k].y - 120)};
            moved[k].x = 160 + away * cosf(angle) + p.x * cosf(angle) - p.y * sinf(angle);
            moved[k].y = 120 + away * sinf(angle) + p.x * sinf(angle) + p.y * cosf(angle);
        }
        assert_true(image_init(&chip, size, size, PIXEL_GREY8));
        cut(&grey, moved, &chip);
        image_finish(&chip);
    }
    image_finish(&grey);
}

// ---- photographs, where the data is ----

#define N_PHOTOGRAPHS 60

static bool unpack(const char *archive) {
    char command[8192];
    snprintf(command, sizeof command,
             "tar -xf '%s' -C '%s' --wildcards 'genki4k/files/file00[0-6]*.jpg'", archive,
             scratch_path(""));
    return system(command) == 0;
}

static int find_in_file(const char *path) {
    struct image picture, grey;
    struct face_box face;
    assert_true(picture_read(path, &picture));
    assert_true(image_init(&grey, picture.width, picture.height, PIXEL_GREY8));
    assert_true(picture_convert(&picture, &grey));
    int n = hog_detector_find(detector, &grey, 1, 0, &face, 1);
    n = n ? n : hog_detector_find(detector, &grey, 2, 0, &face, 1);
    image_finish(&picture);
    image_finish(&grey);
    return n;
}

static void test_faces_in_photographs_are_found(void **state) {
    (void)state;
    const char *folder = getenv("SMILECAM_DATA");
    char path[4096];
    snprintf(path, sizeof path, "%s/genki4k.tar", folder ? folder : "");
    FILE *archive = fopen(path, "rb");
    if (!archive) {
        print_message("skipped: SMILECAM_DATA names no folder with genki4k.tar\n");
        skip();
    }
    fclose(archive);
    assert_true(unpack(path));
    int seen = 0, found = 0;
    for (int i = 1; i < 100 && seen < N_PHOTOGRAPHS; i++) {
        snprintf(path, sizeof path, "genki4k/files/file%04d.jpg", i);
        FILE *file = fopen(scratch_path(path), "rb");
        if (file) {
            fclose(file);
            seen++;
            found += find_in_file(scratch_path(path));
        }
    }
    print_message("found %d of %d\n", found, seen);
    assert_true(seen > N_PHOTOGRAPHS / 2 && found >= 0.9 * seen);
}

static int setup(void **state) {
    (void)state;
    scratch_init();
    char path[MODEL_PATH_LEN];
    detector = hog_detector_create();
    model = face_points_create(model_file_landmarks(path));
    return detector && model ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    face_points_destroy(model);
    hog_detector_destroy(detector);
    scratch_finish();
    return 0;
}

// ---- photographs ----

static uint8_t dark(uint8_t x) {
    return x / 6;
}

static uint8_t hazy(uint8_t x) {
    return (uint8_t)(128 + (x - 128) / 8);
}

// The drawn face, turned, in worse light: found in the given step by the portrait's search, and in
// no step without it when that step is the best match.
static void check_turned_face(float radians, uint8_t (*light)(uint8_t), enum photo_step step) {
    struct image grey = drawn_face(320, 240), turned, bgr, storage = {0};
    struct face upright = find_one(&grey, 2), faces[4];
    struct photo_search search;
    assert_true(image_init(&turned, 320, 240, PIXEL_GREY8));
    assert_true(image_init(&bgr, 320, 240, PIXEL_BGR24));
    assert_true(picture_turn(&grey, radians, &turned));
    for (int y = 0; y < 240; y++) {
        for (int x = 0; x < 320; x++) {
            uint8_t *pixel = &turned.data[y * turned.stride + x];
            *pixel = light(*pixel);
        }
    }
    assert_true(picture_convert(&turned, &bgr));
    struct photo_finder *finder = photo_finder_create();
    assert_non_null(finder);
    bool faint = step == PHOTO_BEST_MATCH;
    assert_int_equal(photo_find_faces(finder, &bgr, false, &storage, faces, 4, &search), !faint);
    assert_int_equal(search.step, faint ? PHOTO_NO_FACE : step);
    assert_int_equal(search.took_ns[PHOTO_BEST_MATCH], 0);
    assert_int_equal(photo_find_faces(finder, &bgr, true, &storage, faces, 4, &search), 1);
    assert_int_equal(search.step, step);
    assert_true(search.took_ns[step] > 0);
    for (int i = 0; i < N_FACE_POINTS; i++) {
        float x = upright.points[i].x - 160, y = upright.points[i].y - 120;
        float c = cosf(radians), s = sinf(radians);
        struct point expected = {160 + c * x + s * y, 120 + c * y - s * x};
        assert_true(distance(faces[0].points[i], expected) < 0.1f * upright.box.w);
    }
    image_finish(&grey);
    image_finish(&turned);
    image_finish(&bgr);
    image_finish(&storage);
    photo_finder_destroy(finder);
}

static void test_a_turned_face_in_the_dark_is_found(void **state) {
    (void)state;
    check_turned_face(0.3f, dark, PHOTO_AS_IS);
}

static void test_a_turned_face_in_haze_is_found(void **state) {
    (void)state;
    check_turned_face(0.3f, hazy, PHOTO_ENLARGED);
}

// What is learnt from is what is judged, to the byte: a photograph's chip, as prepare cuts it, and
// the live view's.
static void test_training_and_live_view_see_the_same_chip(void **state) {
    (void)state;
    struct image grey = drawn_face(640, 480), bgr, storage = {0}, chip;
    struct photo_finder *finder = photo_finder_create();
    struct face_detector *live = face_detector_create(&(struct face_detector_options){0});
    struct smile_classifier *classifier = smile_classifier_create(NULL, NULL);
    assert_true(finder && live && classifier);
    const struct model_info *info = smile_classifier_info(classifier);
    assert_true(image_init(&bgr, 640, 480, PIXEL_BGR24) && picture_convert(&grey, &bgr));
    assert_true(image_init(&chip, info->chip_size, info->chip_size, PIXEL_GREY8));

    struct face face;
    assert_int_equal(photo_find_faces(finder, &bgr, true, &storage, &face, 1, NULL), 1);
    assert_true(face_chip(&storage, face.points, info->chip_padding, &chip));

    struct face_box found;
    assert_int_equal(face_detector_find(live, &grey, 640 / 32.0f, &found, 1), 1);
    struct sighting sighting = {.face = {.box = found.box}};
    assert_true(face_points_place(model, &grey, found.box, sighting.face.points));
    smile_classifier_read(classifier, &grey, &sighting, 1);
    assert_true(same(&chip, sighting.chip));

    smile_classifier_destroy(classifier);
    face_detector_destroy(live);
    photo_finder_destroy(finder);
    image_finish(&grey);
    image_finish(&bgr);
    image_finish(&storage);
    image_finish(&chip);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_landmark_files_are_refused),
        cmocka_unit_test(test_trust_goes_only_so_far),
        cmocka_unit_test(test_scales_agree_on_a_face),
        cmocka_unit_test(test_a_part_of_a_larger_picture_is_found_the_same),
        cmocka_unit_test(test_capacity_is_kept),
        cmocka_unit_test(test_tiny_pictures_do_no_harm),
        cmocka_unit_test(test_any_scale_is_bounded),
        cmocka_unit_test(test_landmarks_are_finer_than_pixels_and_move_with_the_box),
        cmocka_unit_test(test_impossible_boxes_are_refused),
        cmocka_unit_test(test_chips_repeat_to_the_byte),
        cmocka_unit_test(test_chips_of_a_turned_face_look_alike),
        cmocka_unit_test(test_chips_outside_are_black_and_nonsense_is_refused),
        cmocka_unit_test(test_chips_across_the_border_do_no_harm),
        cmocka_unit_test(test_faces_in_photographs_are_found),
        cmocka_unit_test(test_a_turned_face_in_the_dark_is_found),
        cmocka_unit_test(test_a_turned_face_in_haze_is_found),
        cmocka_unit_test(test_training_and_live_view_see_the_same_chip),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
