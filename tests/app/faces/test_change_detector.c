// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Where a new face can be: what counts as a change and what does not.
#include "app/faces/change_detector.h"
#include "core/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define WIDTH 640
#define HEIGHT 360
#define FACE_PX 48

// A textured room, shifted, lightened and with noise.
static void draw_room(struct image *grey, double dx, double dy, double lighter, double noise,
                      uint64_t seed) {
    struct rng rng;
    rng_init(&rng, seed, 0);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            double u = x - dx, v = y - dy;
            double level = 120 + 40 * sin(u / 31) * cos(v / 23) + 30 * sin(u / 11 + v / 17);
            level += lighter + noise * rng_normal(&rng);
            grey->data[y * grey->stride + x] = (uint8_t)fmin(fmax(level, 0), 255);
        }
    }
}

// Something new of the size of a face, with texture of its own.
static void draw_newcomer(struct image *grey, int left, int top, int side) {
    for (int y = top; y < top + side; y++) {
        for (int x = left; x < left + side; x++) {
            grey->data[y * grey->stride + x] =
                (uint8_t)(90 + 80 * sin((x - left) * 6.28 / side) * sin((y - top) * 9.4 / side));
        }
    }
}

struct scene {
    struct change_map *map;
    struct image grey;
};

static int setup(void **state) {
    struct scene *scene = calloc(1, sizeof *scene);
    scene->map = calloc(1, sizeof *scene->map);
    if (!image_init(&scene->grey, WIDTH, HEIGHT, PIXEL_GREY8)) {
        return -1;
    }
    draw_room(&scene->grey, 0, 0, 0, 2, 0);
    change_map_update(scene->map, &scene->grey, 0);
    for (int octave = 0; octave < 3; octave++) {
        change_map_done(scene->map, octave, (struct box){0, 0, WIDTH, HEIGHT});
    }
    *state = scene;
    return 0;
}

static int teardown(void **state) {
    struct scene *scene = *state;
    image_finish(&scene->grey);
    free(scene->map);
    free(scene);
    return 0;
}

static struct change_areas areas_of(const struct scene *scene, int octave) {
    struct change_areas areas;
    change_map_areas(scene->map, octave, (float)(FACE_PX << octave), &areas);
    return areas;
}

static void test_everything_is_new_at_first(void **state) {
    struct scene *scene = *state;
    struct change_map *map = calloc(1, sizeof *map);
    struct change_areas areas;
    change_map_update(map, &scene->grey, 0);
    change_map_areas(map, 1, 2 * FACE_PX, &areas);
    assert_int_equal(areas.n, 1);
    assert_true(areas.boxes[0].w >= WIDTH && areas.boxes[0].h >= HEIGHT);
    free(map);
}

static void test_noise_light_and_shake_are_no_change(void **state) {
    struct scene *scene = *state;
    for (int i = 1; i < 40; i++) {
        double dx = 5 * sin(i * 1.7), dy = 5 * sin(i * 2.3), lighter = 20 * sin(i * 0.4);
        draw_room(&scene->grey, dx, dy, lighter, 2, (uint64_t)i);
        change_map_update(scene->map, &scene->grey, i * 0.033);
        for (int octave = 0; octave < 3; octave++) {
            assert_int_equal(areas_of(scene, octave).n, 0);
        }
    }
}

static void test_a_newcomer_is_seen_while_the_camera_shakes(void **state) {
    struct scene *scene = *state;
    int n_seen = 0;
    for (int i = 0; i < 25; i++) {
        int left = 40 + 20 * i, top = 30 + 10 * i;
        draw_room(&scene->grey, 4 * sin(i * 1.7), 4 * sin(i * 2.3), 0, 2, (uint64_t)i);
        draw_newcomer(&scene->grey, left, top, FACE_PX);
        change_map_update(scene->map, &scene->grey, 0.1 + i * 0.033);
        struct change_areas areas = areas_of(scene, 0);
        bool seen = false;
        for (int k = 0; k < areas.n; k++) {
            const struct box *box = &areas.boxes[k];
            seen = seen || (box->x < (float)left + FACE_PX / 2 &&
                            box->x + box->w > (float)left + FACE_PX / 2 &&
                            box->y < (float)top + FACE_PX / 2 &&
                            box->y + box->h > (float)top + FACE_PX / 2);
        }
        n_seen += seen;
    }
    assert_true(n_seen >= 22); // by chance it may look like the room for a moment
}

static void test_a_small_change_is_no_large_face(void **state) {
    struct scene *scene = *state;
    draw_newcomer(&scene->grey, 300, 150, FACE_PX);
    change_map_update(scene->map, &scene->grey, 0.1);
    assert_true(areas_of(scene, 0).n > 0);
    assert_int_equal(areas_of(scene, 2).n, 0);
}

// What was searched bit by bit for small faces is still new to the search for large ones.
static void test_a_large_face_that_slides_in_is_seen(void **state) {
    struct scene *scene = *state;
    int seen = 0;
    for (int i = 1; i <= 8; i++) {
        draw_room(&scene->grey, 0, 0, 0, 2, (uint64_t)i);
        int shown = 24 * i; // of a face of 192 pixels
        for (int y = 100; y < 292; y++) {
            for (int x = 0; x < shown; x++) {
                scene->grey.data[y * scene->grey.stride + x] =
                    (uint8_t)(90 + 80 * sin((x - shown) / 30.0) * sin(y / 20.0));
            }
        }
        change_map_update(scene->map, &scene->grey, i * 0.2);
        struct change_areas small = areas_of(scene, 0);
        for (int k = 0; k < small.n; k++) {
            change_map_done(scene->map, 0, small.boxes[k]);
        }
        seen += areas_of(scene, 2).n > 0;
    }
    assert_true(seen > 0);
}

static void test_what_was_searched_is_known_until_it_is_old(void **state) {
    struct scene *scene = *state;
    draw_newcomer(&scene->grey, 300, 150, FACE_PX);
    change_map_update(scene->map, &scene->grey, 0.1);
    change_map_done(scene->map, 0, (struct box){280, 130, 90, 90});
    assert_int_equal(areas_of(scene, 0).n, 0);
    change_map_update(scene->map, &scene->grey, CHANGE_REFRESH_S + 0.05);
    struct change_areas areas = areas_of(scene, 0);
    assert_true(areas.n > 0); // all but what was searched later
    change_map_update(scene->map, &scene->grey, CHANGE_REFRESH_S + 0.2);
    areas = areas_of(scene, 0);
    assert_int_equal(areas.n, 1);
    assert_true(areas.boxes[0].w >= WIDTH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_everything_is_new_at_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_noise_light_and_shake_are_no_change, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_newcomer_is_seen_while_the_camera_shakes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_small_change_is_no_large_face, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_large_face_that_slides_in_is_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_was_searched_is_known_until_it_is_old, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
