// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/analyser.h"
#include "app/analysis/attention_map.h"
#include "app/sources/demo/demo_face.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 640
#define HEIGHT 360

static struct frame demo_frame(double t) {
    struct frame frame = {.media_ns = (int64_t)(t * 1e9)};
    struct demo_scene *scene = demo_scene_create(WIDTH, HEIGHT);
    assert_non_null(scene);
    assert_true(image_init(&frame.picture, WIDTH, HEIGHT, PIXEL_BGRX32));
    demo_scene_draw(scene, &frame.picture, t);
    demo_scene_destroy(scene);
    return frame;
}

static void expect_map(const struct face_view *face) {
    const struct attention_map *map = &face->map;
    double sum = 0, p = (double)face->raw_score;
    int n = map->width * map->height;
    assert_true(n > 0);
    for (int k = 0; k < n; k++) {
        sum += (double)map->cells[k];
    }
    assert_float_equal(sum / n, log(p / (1 - p)), 1e-3);
    for (int i = 0; i < 4; i++) { // upright, and about where the box is
        const struct point *at = &map->corners[i];
        double right = i == 1 || i == 2, low = i >= 2;
        assert_true(fabs(at->x - (face->box.x + right * face->box.w)) < 0.3 * face->box.w);
        assert_true(fabs(at->y - (face->box.y + low * face->box.h)) < 0.3 * face->box.h);
    }
}

static void a_face_has_a_map_when_it_is_wanted(void **state) {
    (void)state;
    atomic_bool wanted = false;
    struct analysis *analysis = calloc(1, sizeof *analysis);
    struct analyser *analyser = analyser_create(&(struct analyser_options){.maps = &wanted});
    assert_non_null(analysis);
    assert_non_null(analyser);
    assert_true(analyser_model(analyser)->map_width > 0);
    for (int i = 0; i < 12; i++) { // into a smile
        struct frame frame = demo_frame(1.5 + 0.1 * i);
        wanted = i % 2 == 0;
        assert_true(analyser_run(analyser, &frame, analysis));
        image_finish(&frame.picture);
        if (i < 3) {
            continue; // it may take a look or two
        }
        assert_int_equal(analysis->n_faces, 1);
        if (wanted) {
            expect_map(&analysis->faces[0]);
        } else {
            assert_int_equal(analysis->faces[0].map.width, 0);
        }
    }
    analyser_lose(analyser, 5, analysis);
    assert_int_equal(analysis->n_faces, 0);
    analyser_destroy(analyser);
    free(analysis);
}

static struct frame empty_room(void) {
    struct frame room = {.number = 0};
    assert_true(image_init(&room.picture, 2 * WIDTH, 2 * HEIGHT, PIXEL_BGRX32));
    for (int y = 0; y < 2 * HEIGHT; y++) {
        for (int x = 0; x < 2 * WIDTH; x++) {
            memset(room.picture.data + y * room.picture.stride + (ptrdiff_t)4 * x,
                   20 + 90 * x / WIDTH, 4);
        }
    }
    return room;
}

// Puts a demo picture's head into another picture, its top left corner at (x, y).
static void put_head(struct image *picture, int x, int y, const struct image *demo) {
    static struct demo_pose at;
    if (at.px == 0) {
        struct demo_scene *scene = demo_scene_create(WIDTH, HEIGHT);
        assert_non_null(scene);
        at = scene->pose;
        demo_scene_destroy(scene);
    }
    int left = (int)(at.x + HEAD_LEFT * at.px), top = (int)(at.y + HEAD_TOP * at.px);
    int w = (int)((HEAD_RIGHT - HEAD_LEFT) * at.px), h = (int)((HEAD_BOTTOM - HEAD_TOP) * at.px);
    assert_true(left >= 0 && top >= 0 && left + w <= WIDTH && top + h <= HEIGHT);
    for (int j = 0; j < h; j++) {
        memcpy(picture->data + (y + j) * picture->stride + (ptrdiff_t)4 * x,
               demo->data + (top + j) * demo->stride + (ptrdiff_t)4 * left, (size_t)4 * w);
    }
}

// Somebody who was seen once stays in mind for a while, before those who came later.
static void a_map_is_of_the_face_it_lies_on(void **state) {
    (void)state;
    atomic_bool wanted = true;
    struct analysis *analysis = calloc(1, sizeof *analysis);
    struct analyser *analyser =
        analyser_create(&(struct analyser_options){.maps = &wanted, .min_face_px = 90});
    assert_non_null(analysis);
    assert_non_null(analyser);
    struct frame calm = demo_frame(0.5), smile = demo_frame(2.5);
    int n_maps = 0;
    for (int i = 0; i < 8; i++) {
        struct frame room = empty_room();
        room.media_ns = (int64_t)i * 33 * 1000 * 1000;
        if (i == 0) {
            put_head(&room.picture, 100, 20, &calm.picture);
        } else {
            put_head(&room.picture, 100, 390, &calm.picture);
            put_head(&room.picture, 800, 390, &smile.picture);
        }
        assert_true(analyser_run(analyser, &room, analysis));
        image_finish(&room.picture);
        for (int k = 0; k < analysis->n_faces; k++, n_maps++) {
            assert_true(analysis->faces[k].box.y > 360);
            expect_map(&analysis->faces[k]);
        }
    }
    assert_true(n_maps >= 4);
    image_finish(&calm.picture);
    image_finish(&smile.picture);
    analyser_destroy(analyser);
    free(analysis);
}

static void large_maps_are_averaged(void **state) {
    (void)state;
    struct model_info info = {.input_size = 64,
                              .map_width = 32,
                              .map_height = 4,
                              .map_x = 1,
                              .map_y = 15.5f,
                              .map_step_x = 2,
                              .map_step_y = 16};
    float cells[4 * 32];
    struct attention_map map;
    for (int k = 0; k < 4 * 32; k++) {
        cells[k] = (float)k;
    }
    attention_map_fill(&map, &info, cells);
    assert_int_equal(map.width, 16);
    assert_int_equal(map.height, 4);
    assert_float_equal(map.cells[0], 0.5f, 1e-6);
    assert_float_equal(map.cells[3 * 16 + 15], 126.5f, 1e-6);
    assert_float_equal(map.x, 2.0f / 64, 1e-6);
    assert_float_equal(map.step_x, 4.0f / 64, 1e-6);
    assert_float_equal(map.y, 15.5f / 64, 1e-6);
    assert_float_equal(map.step_y, 16.0f / 64, 1e-6);
}

static void colours_say_how_much(void **state) {
    (void)state;
    assert_int_equal(attention_map_colour(0) >> 24, 0);
    assert_true(attention_map_colour(1) >> 24 < attention_map_colour(4) >> 24);
    assert_int_equal(attention_map_colour(4) >> 24, attention_map_colour(-4) >> 24);
    assert_true(attention_map_colour(1e9f) >> 24 < 200); // the face stays visible
    assert_true(attention_map_colour(4) != attention_map_colour(-4));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_face_has_a_map_when_it_is_wanted),
        cmocka_unit_test(a_map_is_of_the_face_it_lies_on),
        cmocka_unit_test(large_maps_are_averaged),
        cmocka_unit_test(colours_say_how_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
