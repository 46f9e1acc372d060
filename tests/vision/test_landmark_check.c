// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// What the check of a landmark file accepts and what it refuses, with which words.

#include "core/base/file.h"
#include "vision/landmark_check.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define N_POINTS 5
#define N_VALUES (2 * N_POINTS)

// A predictor of two levels with a tree each, of one split and two leaves, on three pixels.
struct tiny {
    int64_t version, rows, n_levels, n_trees, n_splits, n_leaves, leaf_rows;
    int64_t pixel, anchor, n_anchors, n_offsets, n_offset_levels;
    double x, leaf, offset, threshold;
    bool infinite, one_place;
};

static const struct tiny good = {
    .version = 1,
    .rows = -N_VALUES,
    .n_levels = 2,
    .n_trees = 1,
    .n_splits = 1,
    .n_leaves = 2,
    .leaf_rows = -N_VALUES,
    .pixel = 2,
    .anchor = 4,
    .n_anchors = 3,
    .n_offsets = 3,
    .n_offset_levels = 2,
    .x = 0.25,
    .leaf = -0.125,
    .offset = 0.1,
    .threshold = -20,
};

struct writer {
    uint8_t bytes[1 << 14];
    size_t n;
};

static void put_integer(struct writer *w, int64_t value) {
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    uint8_t *head = &w->bytes[w->n++];
    *head = value < 0 ? 0x80 : 0;
    do {
        w->bytes[w->n++] = rest & 0xff;
        rest >>= 8;
        ++*head;
    } while (rest);
}

static void put_real(struct writer *w, double value) {
    int exponent;
    double mantissa = frexp(value, &exponent);
    put_integer(w, (int64_t)ldexp(mantissa, 24));
    put_integer(w, exponent - 24);
}

static void put_column(struct writer *w, int64_t rows, double value, bool one_place) {
    put_integer(w, rows);
    put_integer(w, -1);
    for (int i = 0; i < N_VALUES; i++) {
        put_real(w, one_place ? value : value + 0.05 * i);
    }
}

static void put_tree(struct writer *w, const struct tiny *tiny) {
    put_integer(w, tiny->n_splits);
    put_integer(w, 0);
    put_integer(w, tiny->pixel);
    put_real(w, tiny->threshold);
    put_integer(w, tiny->n_leaves);
    put_column(w, tiny->leaf_rows, tiny->leaf, true);
    put_column(w, tiny->leaf_rows, 0.5, true);
}

static void put_all(struct writer *w, const struct tiny *tiny) {
    *w = (struct writer){.n = 0};
    put_integer(w, tiny->version);
    put_column(w, tiny->rows, tiny->x, tiny->one_place);
    put_integer(w, tiny->n_levels);
    for (int level = 0; level < 2; level++) {
        put_integer(w, tiny->n_trees);
        put_tree(w, tiny);
    }
    put_integer(w, 2);
    for (int level = 0; level < 2; level++) {
        put_integer(w, tiny->n_anchors);
        for (int i = 0; i < 3; i++) {
            put_integer(w, tiny->anchor);
        }
    }
    put_integer(w, tiny->n_offset_levels);
    for (int level = 0; level < 2; level++) {
        put_integer(w, tiny->n_offsets);
        for (int i = 0; i < 6; i++) {
            put_real(w, tiny->offset);
        }
    }
    if (tiny->infinite) { // the last number
        w->n -= 2;
        put_integer(w, 32000);
    }
}

static const char *check(const struct tiny *tiny) {
    static struct writer w;
    size_t used;
    put_all(&w, tiny);
    return landmark_check(w.bytes, w.n, N_POINTS, &used);
}

static void test_accepts(void **state) {
    (void)state;
    struct writer w;
    size_t used, len;
    put_all(&w, &good);
    len = w.n;
    assert_null(landmark_check(w.bytes, len, N_POINTS, &used));
    assert_int_equal(used, len);
    assert_null(landmark_check(w.bytes, len + 10, N_POINTS, &used)); // what follows is not its own
    assert_int_equal(used, len);
    assert_non_null(landmark_check(w.bytes, len, 68, &used));
}

static void test_truncated(void **state) {
    (void)state;
    struct writer w;
    size_t used;
    put_all(&w, &good);
    for (size_t n = 0; n < w.n; n++) {
        assert_string_equal(landmark_check(w.bytes, n, N_POINTS, &used), "it is cut short");
    }
}

// Whatever is wrong with one byte, the check ends, within the bytes.
static void test_flipped(void **state) {
    (void)state;
    struct writer w;
    size_t used;
    put_all(&w, &good);
    for (size_t i = 0; i < w.n; i++) {
        for (int value = 0; value < 256; value++) {
            uint8_t before = w.bytes[i];
            w.bytes[i] = (uint8_t)value;
            landmark_check(w.bytes, w.n, N_POINTS, &used);
            assert_true(used <= w.n);
            w.bytes[i] = before;
        }
    }
}

#define REFUSES(words, ...)                                                                        \
    do {                                                                                           \
        struct tiny tiny = good;                                                                   \
        tiny.__VA_ARGS__;                                                                          \
        const char *problem = check(&tiny);                                                        \
        assert_non_null(problem);                                                                  \
        assert_string_equal(problem, words);                                                       \
    } while (0)

static void test_faults(void **state) {
    (void)state;
    assert_null(check(&good));
    REFUSES("it is not a shape predictor of dlib's", version = 2);
    REFUSES("it is of another number of points", rows = -136);
    REFUSES("it is of another number of points", rows = INT64_MIN + 1);
    REFUSES("it is of another number of points", leaf_rows = 0);
    REFUSES("its points lie in one place", one_place = true);
    REFUSES("it has too many levels", n_levels = 1000000000000);
    REFUSES("a count in it is negative", n_trees = -1);
    REFUSES("a tree in it lacks leaves", n_leaves = 1);
    REFUSES("it refers to a pixel that it does not have", pixel = 3);
    REFUSES("it refers to a point that it does not have", anchor = N_POINTS);
    REFUSES("it refers to a pixel that it does not have", n_offsets = 2);
    REFUSES("it does not have the same levels throughout", n_offset_levels = 3);
    REFUSES("a number in it is out of range", x = 1e3);
    REFUSES("a number in it is out of range", leaf = 1e30);
    REFUSES("a number in it is out of range", offset = -17);
    REFUSES("a number in it is out of range", threshold = 1e9);
    REFUSES("a number in it is out of range", infinite = true);
}

// A count of minus zero, which dlib does not read.
static void test_minus_zero(void **state) {
    (void)state;
    struct writer w;
    size_t used;
    put_all(&w, &good);
    for (size_t i = 0; i + 8 < w.n; i++) {
        static const uint8_t tree[] = {1, 1, 1, 1, 1, 0, 1, 2}; // one tree of one split: 0 and 2
        if (memcmp(&w.bytes[i], tree, sizeof tree) == 0) {
            w.bytes[i + 4] |= 0x80;
            assert_string_equal(landmark_check(w.bytes, w.n, N_POINTS, &used),
                                "a count in it is negative");
            return;
        }
    }
    fail();
}

// Counts for which memory would not suffice are refused at the end of the bytes.
static void test_absurd_counts(void **state) {
    (void)state;
    for (int64_t n = 1 << 20; n > 0 && n < INT64_MAX / 8; n *= 8) {
        struct tiny tiny = good;
        tiny.n_trees = n;
        assert_non_null(check(&tiny));
        tiny = good;
        tiny.n_splits = n;
        tiny.n_leaves = n + 1;
        assert_non_null(check(&tiny));
        tiny = good;
        tiny.n_anchors = tiny.n_offsets = n;
        assert_non_null(check(&tiny));
    }
}

// Debian's file of 68 points is one that the check accepts.
static void test_68(void **state) {
    (void)state;
    static const char path[] = "/usr/share/dlib/shape_predictor_68_face_landmarks.dat";
    size_t len, used;
    uint8_t *bytes = file_read(path, (size_t)128 << 20, &len);
    if (!bytes) {
        skip();
    }
    assert_null(landmark_check(bytes, len, 68, &used));
    assert_int_equal(used, len);
    free(bytes);
}

int main(int argc, char **argv) {
    if (argc == 2) { // writes the file that is good, for the fuzzer's seeds
        struct writer w;
        put_all(&w, &good);
        return file_write(argv[1], w.bytes, w.n) ? 0 : 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),    cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_flipped),    cmocka_unit_test(test_faults),
        cmocka_unit_test(test_minus_zero), cmocka_unit_test(test_absurd_counts),
        cmocka_unit_test(test_68),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
