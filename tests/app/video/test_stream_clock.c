// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/stream_clock.h"

#include "app/video/media_time.h"
#include "core/base/rng.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NONE AV_NOPTS_VALUE

static const AVRational ms = {1, 1000}, rate = {25, 1};

// The ticks of pictures stamped so.
static void play(struct stream_clock *clock, const int64_t *stamps, int n, int64_t *ticks) {
    for (int i = 0; i < n; i++) {
        stream_clock_tick(clock, stamps[i]);
        ticks[i] = clock->last;
    }
}

static void check(int64_t start, const int64_t *stamps, const int64_t *wanted, int n) {
    struct stream_clock clock;
    int64_t ticks[16];
    stream_clock_init(&clock, ms, rate, start);
    play(&clock, stamps, n, ticks);
    for (int i = 0; i < n; i++) {
        assert_int_equal(ticks[i], wanted[i]);
    }
}

static void test_time_begins_where_the_file_does_or_at_the_first_picture(void **state) {
    (void)state;
    check(1000, (int64_t[]){1040, 1080, 1120}, (int64_t[]){40, 80, 120}, 3);
    check(NONE, (int64_t[]){1040, 1080, 1120}, (int64_t[]){0, 40, 80}, 3);
    check(INT64_MAX, (int64_t[]){1040, 1080}, (int64_t[]){0, 40}, 2);
}

static void test_missing_and_repeated_stamps_are_made_up(void **state) {
    (void)state;
    check(0, (int64_t[]){NONE, NONE, 80, 80, 160}, (int64_t[]){0, 40, 80, 81, 160}, 5);
    check(0, (int64_t[]){0, 400, 320, 440}, (int64_t[]){0, 400, 401, 440}, 4);
}

static void test_a_jump_back_begins_a_new_count(void **state) {
    (void)state;
    check(0, (int64_t[]){0, 5000, 0, 40, 5000, 0}, (int64_t[]){0, 5000, 5040, 5080, 10040, 10080},
          6);
}

static void test_what_is_no_time_counts_as_missing(void **state) {
    (void)state;
    check(0, (int64_t[]){0, INT64_MAX, 80, INT64_MIN + 1, INT64_MAX / 2, 200},
          (int64_t[]){0, 40, 80, 120, 160, 200}, 6);
}

// Of any size, and as often small as large.
static int64_t any_number(struct rng *rng) {
    uint64_t bits = (uint64_t)rng_next(rng) << 32 | rng_next(rng);
    return (int64_t)bits >> rng_below(rng, 64);
}

// With the sanitizers this is what finds an overflow.
static void test_hostile_stamps_never_go_backward(void **state) {
    (void)state;
    static const AVRational bases[] = {{1, 1000},      {1, 90000},     {1, 1},
                                       {INT32_MAX, 1}, {1, INT32_MAX}, {1, 1000000000}};
    struct rng rng;
    rng_init(&rng, 5, 0);
    for (int trial = 0; trial < 20000; trial++) {
        AVRational base = bases[rng_below(&rng, 6)];
        AVRational pace = {(int)(rng_next(&rng) >> 1 >> rng_below(&rng, 32)), 1};
        struct stream_clock clock;
        stream_clock_init(&clock, base, pace, any_number(&rng));
        for (int i = 0; i < 50; i++) {
            int64_t before = clock.last; // AV_NOPTS_VALUE is the least
            stream_clock_tick(&clock, any_number(&rng));
            assert_true(clock.last >= before);
            assert_true(stream_clock_ns(&clock) != INT64_MIN);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_begins_where_the_file_does_or_at_the_first_picture),
        cmocka_unit_test(test_missing_and_repeated_stamps_are_made_up),
        cmocka_unit_test(test_a_jump_back_begins_a_new_count),
        cmocka_unit_test(test_what_is_no_time_counts_as_missing),
        cmocka_unit_test(test_hostile_stamps_never_go_backward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
