// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Plans in int8: the same bits with every table, near to float arithmetic; the ranges they
// need, measured, to metadata and back, and refused when they are nonsense.

#include "core/network/arch.h"
#include "core/run/range_observer.h"
#include "core/run/classifier.h"
#include "core/kernels/cpu.h"
#include "core/network/fold.h"
#include "core/base/log.h"
#include "core/onnx/onnx.h"
#include "core/run/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define N 4
#define MAX_TEST_OUTPUTS 16384

static const char *const networks[] = {
    "input 1x64x64\nconv 12 3x3\nbatch_norm\nrelu\nconv 24 3x3 stride 2\nbatch_norm\nrelu\n"
    "conv 24 3x3\nbatch_norm\nrelu\npool global\ndense 3",
    "input 2x9x9\nresidual\nconv 2 3x3\nend\nrelu",
    "input 20x11x13\nresidual\nconv 20 3x3\nbatch_norm\nrelu\nconv 20 3x3\nend\nrelu\nconv 12 3x3",
    "input 16x10x9\nresidual\nconv 16 3x3\nshortcut\nconv 16 1x1\nend\nrelu\nconv 17 3x3 pad full",
    "input 17x12x12\nconv 16 3x3\npool max 2x2\nconv 31 3x3\ntanh\nconv 8 5x5 stride 3\nrelu",
    "input 3x7x5\nbranches\nconv 4 1x1\nbranch\nconv 4 3x3\nrelu\nbranch\nconv 5 5x5\nend\n"
    "conv 6 2x2 pad valid\nsigmoid",
    "input 4x8x8\nconv 8 3x3 groups 4\nrelu\nconv 16 3x3 dilation 2\nbatch_norm\nrelu\n"
    "conv 8 1x1\nconv 8 3x3 groups 8\ndense 5",
    "input 3x3x3\nconv 70 1x1\nrelu\nconv 3 3x3",
};

static struct graph *random_graph(const char *text) {
    struct graph *graph = arch_parse("test", text);
    assert_non_null(graph);
    struct rng rng;
    rng_init(&rng, 41, 0);
    graph_init(graph, &rng);
    return graph;
}

static real *random_input(const struct graph *graph) {
    size_t len = N * shape_len(graph_input_shape(graph));
    real *x = malloc(len * sizeof *x);
    assert_non_null(x);
    struct rng rng;
    rng_init(&rng, 42, 0);
    for (size_t i = 0; i < len; i++) {
        x[i] = (real)rng_normal(&rng);
    }
    return x;
}

static struct ranges measured(const struct graph *graph, const real *x) {
    struct range_observer *range_observer = range_observer_create(graph, cpu_kernels());
    struct ranges ranges;
    assert_non_null(range_observer);
    for (int i = 0; i < N; i++) {
        range_observer_add(range_observer, x + (size_t)i * shape_len(graph_input_shape(graph)));
    }
    assert_true(range_observer_ranges(range_observer, &ranges));
    range_observer_destroy(range_observer);
    return ranges;
}

static void run(struct plan *plan, const real *x, real *y) {
    assert_non_null(plan);
    for (int again = 0; again < 2; again++) { // the second run finds used memory
        plan_run(plan, x, N, y);
    }
    plan_destroy(plan);
}

// Root of the mean square of the difference, by that of what is wanted.
static double distance(const real *y, const real *wanted, size_t n) {
    double difference = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (double)y[i] - (double)wanted[i];
        difference += d * d;
        size += (double)wanted[i] * (double)wanted[i];
    }
    return sqrt(difference / size);
}

static void check_graph(const char *what, const struct graph *graph, double tolerance) {
    static real wanted[MAX_TEST_OUTPUTS], exact[MAX_TEST_OUTPUTS], y[MAX_TEST_OUTPUTS];
    const struct int8_kernels *tables[8];
    size_t n = N * shape_len(graph_output_shape(graph));
    assert_true(n <= MAX_TEST_OUTPUTS);
    real *x = random_input(graph);
    struct ranges ranges = measured(graph, x);
    run(plan_create_as(graph, N, cpu_kernels(), PLAN_DIRECT), x, wanted);
    for (int t = 0, n_tables = cpu_int8_list(tables, 8); t < n_tables; t++) {
        if (cpu_kernels()->lanes % tables[t]->lanes == 0) {
            struct int8_kernels reference = int8_scalar;
            reference.largest_weight = tables[t]->largest_weight;
            run(plan_create_int8(graph, N, cpu_kernels(), &reference, &ranges), x, exact);
            run(plan_create_int8(graph, N, cpu_kernels(), tables[t], &ranges), x, y);
            assert_memory_equal(y, exact, n * sizeof *y);
            if (!(distance(y, wanted, n) <= tolerance)) {
                fail_msg("%s: off by %g of the outputs' size\n%s", tables[t]->name,
                         distance(y, wanted, n), what);
            }
        }
    }
    ranges_finish(&ranges);
    free(x);
}

static void near_to_float(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        struct graph *graph = random_graph(networks[i]);
        check_graph(networks[i], graph, 0.05);
        graph_destroy(graph);
    }
}

static void shipped_model(void **state) {
    (void)state;
    struct metadata metadata = {0};
    struct graph *graph = onnx_read(SHIPPED_MODEL, &metadata);
    assert_non_null(graph);
    check_graph(SHIPPED_MODEL, graph, 0.05);
    graph_destroy(graph);
}

// With some ranges alone the other convolutions stay in float.
static void parts_of_ranges(void **state) {
    (void)state;
    struct graph *graph = random_graph(networks[2]);
    size_t n = N * shape_len(graph_output_shape(graph));
    static real wanted[MAX_TEST_OUTPUTS], y[MAX_TEST_OUTPUTS];
    assert_true(n <= sizeof y / sizeof *y);
    real *x = random_input(graph);
    run(plan_create_as(graph, N, cpu_kernels(), PLAN_DIRECT), x, wanted);
    struct ranges ranges = measured(graph, x);
    for (int hidden = 0; hidden < ranges.n; hidden++) {
        struct range range = ranges.of[hidden];
        ranges.of[hidden] = (struct range){0};
        run(plan_create_int8(graph, N, cpu_kernels(), &int8_scalar, &ranges), x, y);
        assert_true(distance(y, wanted, n) <= 0.05);
        ranges.of[hidden] = range;
    }
    ranges_finish(&ranges);
    free(x);
    graph_destroy(graph);
}

static void ranges_there_and_back(void **state) {
    (void)state;
    struct graph *graph = random_graph(networks[0]);
    struct ranges ranges, back;
    struct metadata metadata = {0};
    real *x = random_input(graph);
    assert_true(ranges_read("none", graph, &metadata, &back));
    assert_int_equal(back.n, 0);
    ranges = measured(graph, x);
    assert_true(ranges_write(&ranges, &metadata));
    assert_true(ranges_read("test", graph, &metadata, &back));
    assert_int_equal(back.n, ranges.n);
    for (int i = 0; i < ranges.n; i++) {
        assert_int_equal(ranges_known(&back, i), ranges_known(&ranges, i));
        assert_true(fabsf(back.of[i].low - ranges.of[i].low) <= -1e-5f * ranges.of[i].low);
        assert_true(fabsf(back.of[i].high - ranges.of[i].high) <= 1e-5f * ranges.of[i].high);
    }
    ranges_finish(&back);
    ranges_finish(&ranges);
    free(x);
    graph_destroy(graph);
}

// What is written can be read: a tensor that is hardly ever more than 0 has no range.
static void strange_ranges(void **state) {
    (void)state;
    static const struct range strange[] = {{0, 1e-9f}, {0, 2e6f}, {-INFINITY, 1}, {0, NAN}, {1, 2}};
    struct graph *graph = random_graph(networks[0]);
    struct ranges ranges, back;
    struct metadata metadata = {0};
    real *x = random_input(graph);
    ranges = measured(graph, x);
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        ranges.of[1] = strange[i];
        assert_false(ranges_known(&ranges, 1));
        assert_true(ranges_write(&ranges, &metadata));
        assert_true(ranges_read("test", graph, &metadata, &back));
        assert_false(ranges_known(&back, 1));
        ranges_finish(&back);
    }
    ranges_finish(&ranges);
    free(x);
    graph_destroy(graph);
}

// Ranges of many tensors take several entries, and shorter ones leave nothing of them behind.
static void many_ranges(void **state) {
    (void)state;
    struct metadata metadata = {0};
    struct ranges ranges;
    for (int n = 300; n >= 3; n /= 10) {
        assert_true(ranges_init(&ranges, n));
        for (int i = 0; i < n; i++) {
            ranges.of[i] = (struct range){-0.123456f * (float)i, 1 + 123.456f * (float)i};
        }
        assert_true(ranges_write(&ranges, &metadata));
        bool several = *metadata_get(&metadata, "smilecam.ranges.1") != 0;
        assert_int_equal(several, n == 300);
        ranges_finish(&ranges);
    }
    assert_string_equal(metadata_get(&metadata, "smilecam.ranges.1"), "");
    assert_true(ranges_init(&ranges, 30000));
    for (int i = 0; i < 30000; i++) {
        ranges.of[i] = (struct range){-1, 1};
    }
    log_set_level((enum log_level) - 1);
    assert_false(ranges_write(&ranges, &metadata));
    log_set_level(LOG_INFO);
    ranges_finish(&ranges);
}

static void nonsense_is_refused(void **state) {
    (void)state;
    struct graph *graph = random_graph(networks[0]);
    struct graph *folded = fold_graph(graph);
    static const char *const wrong[] = {
        "0:0:-1",      "0:-2:-1",     "0:1:2",   "0:nan:1",  "0:0:nan",        "0:0:inf",
        "0:-inf:1",    "0:0:0",       "0:0:1e7", "0:0:1e-9", "-1:0:1",         "999999:0:1",
        "0:0:1 0:0:1", "1:0:1 0:0:1", "0:0",     "rubbish",  "0:0:1 and more", "4294967296:0:1",
    };
    log_set_level((enum log_level) - 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct metadata metadata = {0};
        struct ranges ranges;
        metadata_format(&metadata, "smilecam.ranges", "%d", folded->n_nodes);
        metadata_set(&metadata, "smilecam.ranges.0", wrong[i]);
        assert_false(ranges_read("test", graph, &metadata, &ranges));
        assert_null(ranges.of);
        metadata_set(&metadata, "smilecam.ranges.0", "0:0:1");
        assert_true(ranges_read("test", graph, &metadata, &ranges));
        ranges_finish(&ranges);
        metadata_format(&metadata, "smilecam.ranges", "%d", folded->n_nodes + 1);
        assert_false(ranges_read("test", graph, &metadata, &ranges));
        metadata_set(&metadata, "smilecam.ranges", "-3");
        assert_false(ranges_read("test", graph, &metadata, &ranges));
    }
    log_set_level(LOG_INFO);
    graph_destroy(folded);
    graph_destroy(graph);
}

// A file with ranges is enough; one with nonsense is refused.
static void classifiers(void **state) {
    (void)state;
    char path[] = "/tmp/smilecam-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    struct metadata metadata = {0};
    struct graph *graph = onnx_read(SHIPPED_MODEL, &metadata);
    assert_non_null(graph);
    real *x = random_input(graph);
    struct ranges ranges = measured(graph, x);
    assert_true(ranges_write(&ranges, &metadata));
    assert_true(onnx_write(graph, &metadata, path));
    struct classifier *float_one = classifier_create(SHIPPED_MODEL, 1);
    struct classifier *int8_one = classifier_create(path, 1);
    assert_true(float_one && int8_one);
    int size = classifier_info(float_one)->chip_size;
    struct image chip;
    assert_true(image_init(&chip, size, size, PIXEL_GREY8));
    for (int i = 0; i < size * chip.stride; i++) {
        chip.data[i] = (uint8_t)(i * i % 251);
    }
    float wanted[2], got[2];
    classifier_run(float_one, &chip, 1, wanted);
    classifier_run(int8_one, &chip, 1, got);
    assert_true(fabsf(got[0] - wanted[0]) < 0.1f && fabsf(got[1] - wanted[1]) < 0.1f);
    metadata_set(&metadata, "smilecam.ranges.0", "0:1:-1");
    assert_true(onnx_write(graph, &metadata, path));
    log_set_level((enum log_level) - 1);
    assert_null(classifier_create(path, 1));
    log_set_level(LOG_INFO);
    image_finish(&chip);
    classifier_destroy(float_one);
    classifier_destroy(int8_one);
    ranges_finish(&ranges);
    graph_destroy(graph);
    free(x);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_to_float),       cmocka_unit_test(shipped_model),
        cmocka_unit_test(parts_of_ranges),     cmocka_unit_test(ranges_there_and_back),
        cmocka_unit_test(strange_ranges),      cmocka_unit_test(many_ranges),
        cmocka_unit_test(nonsense_is_refused), cmocka_unit_test(classifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
