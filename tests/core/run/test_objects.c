// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Maps of objects read as boxes, non-maximum suppression, and detectors made of networks.

#include "core/base/log.h"
#include "core/network/arch.h"
#include "core/run/detector.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct object_grid grid = {8, 3, 4};
enum { AREA = 12 };

static void decodes_places(void **state) {
    (void)state;
    real map[6 * AREA] = {0};
    for (int i = 0; i < 2 * AREA; i++) {
        map[i] = -5;
    }
    map[1 * AREA + 6] = 2; // row 1, column 2, the second label
    real *d = map + 2 * AREA + 6;
    d[OBJECT_DX * AREA] = 0.25f;
    d[OBJECT_DY * AREA] = -0.5f;
    d[OBJECT_DW * AREA] = logf(2);
    d[OBJECT_DH * AREA] = logf(3);
    struct object found[4];
    assert_int_equal(objects_decode(&grid, 2, map, 0.5f, found, 0, 4), 1);
    assert_int_equal(found[0].label, 1);
    assert_float_equal(found[0].score, 1 / (1 + exp(-2)), 1e-6);
    assert_float_equal(found[0].box.x, 22 - 8, 1e-4);
    assert_float_equal(found[0].box.y, 8 - 12, 1e-4);
    assert_float_equal(found[0].box.w, 16, 1e-4);
    assert_float_equal(found[0].box.h, 24, 1e-4);
}

static void the_strongest_stay_when_there_are_many(void **state) {
    (void)state;
    real map[5 * AREA] = {0};
    for (int i = 0; i < AREA; i++) {
        map[i] = (real)(i * 5 % AREA);
    }
    struct object found[3];
    assert_int_equal(objects_decode(&grid, 1, map, 0.5f, found, 0, 3), 3);
    assert_int_equal(objects_suppress(found, 3, 1), 3);
    for (int i = 0; i < 3; i++) {
        assert_float_equal(found[i].score, 1 / (1 + exp(-(11.0 - i))), 1e-6);
    }
}

static void hostile_numbers_give_finite_boxes(void **state) {
    (void)state;
    const real numbers[] = {(real)INFINITY, (real)-INFINITY, (real)NAN, 1e30f, -1e30f};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        real map[5 * AREA];
        for (int k = 0; k < 5 * AREA; k++) {
            map[k] = k < AREA ? 1 : numbers[i];
        }
        struct object found[AREA];
        int n = objects_decode(&grid, 1, map, 0.5f, found, 0, AREA);
        assert_int_equal(n, AREA);
        n = objects_suppress(found, n, 0.5f);
        for (int k = 0; k < n; k++) {
            assert_true(isfinite(found[k].box.x) && isfinite(found[k].box.y));
            assert_true(found[k].box.w > 0 && isfinite(found[k].box.w));
        }
        for (int k = 0; k < AREA; k++) {
            map[k] = numbers[i];
        }
        objects_decode(&grid, 1, map, 0.5f, found, 0, AREA);
    }
}

static void overlapping_ones_are_suppressed(void **state) {
    (void)state;
    struct object objects[] = {{{0, 0, 10, 10}, 0, 0.6f},
                               {{1, 0, 10, 10}, 0, 0.9f},
                               {{1, 0, 10, 10}, 1, 0.5f}, // another label
                               {{30, 0, 10, 10}, 0, 0.7f},
                               {{6, 0, 10, 10}, 0, 0.8f}}; // a third of both: 5 / 15
    assert_int_equal(objects_suppress(objects, 5, 0.45f), 4);
    assert_float_equal(objects[0].score, 0.9f, 0);
    assert_float_equal(objects[1].score, 0.8f, 0);
    assert_float_equal(objects[2].score, 0.7f, 0);
    assert_int_equal(objects[3].label, 1);
}

// A network that answers with the brightness of the middle of each place.
static struct graph *brightness_network(void) {
    struct graph *graph = arch_parse("test", "input 1x64x64\npool average 8x8\nconv 5 1x1\noutput");
    assert_non_null(graph);
    int last = graph->n_nodes - 1;
    graph_values(graph, last, "weight")[0] = 10;
    graph_values(graph, last, "bias")[0] = -5;
    return graph;
}

static void detector_takes_any_size(void **state) {
    (void)state;
    struct graph *graph = brightness_network();
    struct detector *detector = detector_of(graph, "test");
    assert_non_null(detector);
    struct image image;
    assert_true(image_init(&image, 150, 70, PIXEL_GREY8));
    for (int y = 40; y < 48; y++) {
        memset(image.data + y * image.stride + 120, 255, 8);
    }
    for (int again = 0; again < 2; again++) {
        struct object found[4];
        assert_true(detector_resize(detector, image.width, image.height));
        assert_int_equal(detector_run(detector, &image, 0.5f, found, 4), 1);
        assert_float_equal(found[0].box.x, 120, 1e-3);
        assert_float_equal(found[0].box.y, 40, 1e-3);
        assert_float_equal(found[0].box.w, 8, 1e-3);
        assert_int_equal(detector_run(detector, &image, 0.9999999f, found, 4), 0);
        assert_true(detector_resize(detector, 640, 360)); // and back
    }
    image_finish(&image);
    detector_destroy(detector);
    graph_destroy(graph);
}

static void other_networks_are_no_detectors(void **state) {
    (void)state;
    static const char *const texts[] = {
        "input 3x64x64\nconv 5 3x3 stride 8",
        "input 1x64x64\nconv 4 3x3 stride 8",
        "input 1x64x64\nconv 13 3x3 stride 8",
        "input 1x64x64\nconv 5 3x3 stride 8x16",
        "input 1x64x64\ndense 2\nsoftmax",
        "input 1x64x64\nconv 5 3x3 stride 8\noutput\nconv 6 3x3 stride 2\noutput",
        "input 1x65x65\nconv 5 3x3 stride 8",
    };
    log_set_level((enum log_level) - 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct graph *graph = arch_parse("test", texts[i]);
        assert_non_null(graph);
        struct detector *detector = detector_of(graph, "test");
        if (detector) {
            fail_msg("accepted: %s", texts[i]);
        }
        graph_destroy(graph);
    }
    log_set_level(LOG_INFO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_places),
        cmocka_unit_test(the_strongest_stay_when_there_are_many),
        cmocka_unit_test(hostile_numbers_give_finite_boxes),
        cmocka_unit_test(overlapping_ones_are_suppressed),
        cmocka_unit_test(detector_takes_any_size),
        cmocka_unit_test(other_networks_are_no_detectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
