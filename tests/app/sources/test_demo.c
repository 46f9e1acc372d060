// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/demo/demo_face.h"
#include "app/sources/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_schedule_crosses_half_at_scheduled_times(void **state) {
    (void)state;
    for (int k = 0; k < 1000; k++) {
        double begin = DEMO_FIRST_SMILE_S + k * DEMO_PERIOD_S;
        assert_true(demo_smile(begin) == 0.5);
        assert_true(demo_smile(begin + DEMO_SMILE_S) == 0.5);
        assert_true(demo_smile(begin + DEMO_SMILE_S / 2) == 1);
        assert_true(demo_smile(begin - 1) == 0);
        assert_true(demo_smile(begin + DEMO_SMILE_S + 1) == 0);
    }
    assert_true(demo_smile(0) == 0);
}

static void test_ramps_are_monotone_and_no_longer_than_said(void **state) {
    (void)state;
    double begin = DEMO_FIRST_SMILE_S + DEMO_PERIOD_S, half = DEMO_RAMP_S / 2;
    assert_true(demo_smile(begin - half) == 0);
    assert_true(demo_smile(begin + half + 1e-9) == 1);
    for (double x = -half; x < half; x += half / 50) {
        assert_true(demo_smile(begin + x) <= demo_smile(begin + x + half / 50));
        assert_true(demo_smile(begin + DEMO_SMILE_S + x) >=
                    demo_smile(begin + DEMO_SMILE_S + x + half / 50));
    }
}

static bool same_pixels(const struct image *a, const struct image *b) {
    for (int y = 0; y < a->height; y++) {
        if (memcmp(a->data + y * a->stride, b->data + y * b->stride, 4 * (size_t)a->width) != 0) {
            return false;
        }
    }
    return true;
}

static void test_equal_times_give_equal_pixels(void **state) {
    (void)state;
    struct image a = {0}, b = {0};
    assert_true(image_init(&a, 323, 241, PIXEL_BGRX32) && image_init(&b, 323, 241, PIXEL_BGRX32));
    struct demo_scene *scene = demo_scene_create(323, 241);
    assert_non_null(scene);
    static const double times[] = {0, 1.95, 2.0, 3.5, 5.05, 3601.234};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        memset(b.data, 0x55, (size_t)b.stride * (size_t)b.height);
        demo_draw(&a, times[i]);
        demo_scene_draw(scene, &b, times[i]);
        assert_true(same_pixels(&a, &b));
    }
    demo_draw(&b, 0);
    assert_false(same_pixels(&a, &b));
    demo_scene_destroy(scene);
    image_finish(&a);
    image_finish(&b);
}

// The mean grey value around the middle of the mouth shows the teeth.
static double mouth_grey(const struct image *image, int size) {
    double sum = 0;
    int cx = image->width / 2,
        cy = (int)(image->height - 3.02 * 0.178 * size + 1.14 * 0.178 * size), n = 0;
    for (int y = cy - size / 60; y <= cy + size / 60; y++) {
        for (int x = cx - size / 30; x <= cx + size / 30; x++, n++) {
            sum += image->data[y * image->stride + 4 * x + 1];
        }
    }
    return sum / n;
}

static void test_every_size_is_filled_and_smiles(void **state) {
    (void)state;
    static const int sizes[][2] = {{160, 120},   {161, 123}, {320, 240},  {641, 479}, {1280, 720},
                                   {1920, 1080}, {480, 640}, {160, 1200}, {1200, 120}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int w = sizes[i][0], h = sizes[i][1];
        struct image rest = {0}, smile = {0};
        assert_true(image_init(&rest, w, h, PIXEL_BGRX32) &&
                    image_init(&smile, w, h, PIXEL_BGRX32));
        demo_draw(&rest, 1);
        demo_draw(&smile, 3.5);
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                assert_int_equal(rest.data[y * rest.stride + 4 * x + 3], 255);
            }
        }
        if (w >= h && h >= 240) {
            assert_true(mouth_grey(&smile, h) > mouth_grey(&rest, h) + 10);
        }
        image_finish(&rest);
        image_finish(&smile);
    }
}

static void test_talks_only_when_it_does_not_smile(void **state) {
    (void)state;
    struct image silent = {0}, talking = {0};
    struct demo_scene *scene = demo_scene_create(320, 240);
    assert_true(scene && image_init(&silent, 320, 240, PIXEL_BGRX32) &&
                image_init(&talking, 320, 240, PIXEL_BGRX32));
    scene->talking = true;
    int n_open = 0;
    for (int i = 0; i < 60; i++) {
        double t = i * 0.1;
        demo_draw(&silent, t);
        demo_scene_draw(scene, &talking, t);
        bool same = same_pixels(&silent, &talking);
        assert_true(same || demo_smile(t) < 0.5);
        n_open += !same;
    }
    assert_in_range(n_open, 15, 29); // of 30 pictures without a smile
    demo_scene_destroy(scene);
    image_finish(&silent);
    image_finish(&talking);
}

static void test_stays_inside_a_view(void **state) {
    (void)state;
    struct image whole = {0};
    assert_true(image_init(&whole, 200, 160, PIXEL_BGRX32));
    memset(whole.data, 7, (size_t)whole.stride * 160);
    struct image part = image_view(&whole, 20, 20, 160, 120);
    demo_draw(&part, 3);
    for (int y = 0; y < 160; y++) {
        for (int x = 0; x < 200; x++) {
            bool inside = x >= 20 && x < 180 && y >= 20 && y < 140;
            assert_true(inside || whole.data[y * whole.stride + 4 * x] == 7);
        }
    }
    image_finish(&whole);
}

static void test_source_gives_exact_times(void **state) {
    (void)state;
    struct source_options options = {.width = 160, .height = 120, .rate_hz = 25};
    struct source *source = source_demo.create("", &options);
    assert_non_null(source);
    assert_string_equal(source->info.description, "demo face, 160x120 at 25 fps");
    assert_true(source->info.live);
    struct frame frame = {0};
    for (uint64_t i = 0; i < 30; i++) {
        assert_int_equal(source_demo.read(source, &frame), SOURCE_FRAME);
        assert_int_equal(frame.number, i);
        assert_int_equal(frame.media_ns, i * 40000000);
    }
    source_demo.interrupt(source);
    assert_int_equal(source_demo.read(source, &frame), SOURCE_END);
    image_finish(&frame.picture);
    source_demo.destroy(source);
    source_demo.destroy(NULL);
}

static void test_source_has_defaults_and_limits(void **state) {
    (void)state;
    struct source *source = source_demo.create(NULL, NULL);
    assert_non_null(source);
    assert_string_equal(source->info.description, "demo face, 1280x720 at 30 fps");
    assert_int_equal(source->info.time_base_den, 30);
    source_demo.destroy(source);
    assert_null(source_demo.create("", &(struct source_options){.width = 100, .height = 100}));
    assert_null(source_demo.create("", &(struct source_options){.rate_hz = -1}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schedule_crosses_half_at_scheduled_times),
        cmocka_unit_test(test_ramps_are_monotone_and_no_longer_than_said),
        cmocka_unit_test(test_equal_times_give_equal_pixels),
        cmocka_unit_test(test_every_size_is_filled_and_smiles),
        cmocka_unit_test(test_talks_only_when_it_does_not_smile),
        cmocka_unit_test(test_stays_inside_a_view),
        cmocka_unit_test(test_source_gives_exact_times),
        cmocka_unit_test(test_source_has_defaults_and_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
