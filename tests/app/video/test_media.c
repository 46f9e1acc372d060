// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// What record writes is read back by source_file: count, time stamps, size, pictures.

#include "tests/support/film.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

// ---- time ----

static void test_ticks_survive_nanoseconds(void **state) {
    (void)state;
    static const AVRational bases[] = {{1, 1000},  {1, 90000}, {1001, 30000}, {1, 11988},
                                       {1, 15360}, {1, 44100}, {1, 1000000},  {1, 12288000}};
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
        for (int64_t ticks = -5; ticks < INT64_C(4000000000);
             ticks += 1 + ticks / 3 + (ticks & 7)) {
            int64_t ns = media_ns_from_ticks(ticks, bases[b]);
            assert_int_equal(media_ticks_from_ns(ns, bases[b]), ticks);
        }
    }
}

static void check_round_trip(const char *name, int unit_den) {
    const char *path = film_record(name, film_options());
    struct source *source = film_open(path);
    assert_non_null(source);
    assert_int_equal(source->info.width, FILM_WIDTH);
    assert_int_equal(source->info.height, FILM_HEIGHT);
    assert_int_equal(source->info.time_base_num, 1);
    assert_int_equal(source->info.time_base_den, unit_den);
    int64_t end =
        film_time(FILM_FRAMES - 1) + film_time(FILM_FRAMES - 1) - film_time(FILM_FRAMES - 2);
    assert_in_range(source->info.duration_ns, end - NS_PER_S / 500, end + NS_PER_S / 500);
    struct film_reading reading;
    film_read(source, &reading, true);
    source->driver->destroy(source);
    assert_int_equal(reading.n, FILM_FRAMES);
    assert_int_equal(reading.status, SOURCE_END);
    for (int i = 0; i < FILM_FRAMES; i++) {
        AVRational unit = {1, unit_den};
        int64_t kept = media_ns_from_ticks(media_ticks_from_ns(film_time(i), unit), unit);
        assert_int_equal(reading.times[i], kept);
    }
}

static void test_mkv(void **state) {
    (void)state;
    check_round_trip("round.mkv", 1000);
}

static void test_mp4(void **state) {
    (void)state;
    check_round_trip("round.mp4", FILM_TICKS_PER_S);
    assert_int_equal(access(scratch_path("round.part.mp4"), F_OK), -1);
}

static void test_mov(void **state) {
    (void)state;
    check_round_trip("round.MOV", FILM_TICKS_PER_S);
}

static void test_webm(void **state) {
    (void)state;
    check_round_trip("round.webm", 1000);
}

// Any place is found to the picture, from anywhere, also from the end.
static void check_seeking(const char *name) {
    static const int numbers[] = {40, 3, FILM_FRAMES - 1, 0, 41, 40, 39};
    const char *path = film_record(name, film_options());
    struct source *source = film_open(path);
    struct film_reading reading;
    struct frame frame = {0};
    assert_non_null(source);
    assert_true(source->info.seekable);
    film_read(source, &reading, true);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        assert_true(source_seek(source, reading.times[numbers[i]]));
        assert_int_equal(source_read(source, &frame), SOURCE_FRAME);
        assert_int_equal(film_number(&frame.picture), numbers[i]);
        assert_int_equal(frame.media_ns, reading.times[numbers[i]]);
    }
    for (int i = 40; i < FILM_FRAMES; i++) {
        assert_int_equal(source_read(source, &frame), SOURCE_FRAME);
        assert_int_equal(film_number(&frame.picture), i);
    }
    assert_int_equal(source_read(source, &frame), SOURCE_END);
    assert_true(source_seek(source, reading.times[5] + 1)); // between two
    assert_int_equal(source_read(source, &frame), SOURCE_FRAME);
    assert_int_equal(film_number(&frame.picture), 6);
    image_finish(&frame.picture);
    source_close(source);
}

static void test_seeking(void **state) {
    (void)state;
    check_seeking("seek.mkv");
    check_seeking("seek.mp4");
}

// ---- shapes ----

static void test_odd_sides_lose_one_pixel(void **state) {
    (void)state;
    struct record_options options = film_options();
    options.video.width = FILM_WIDTH + 1;
    options.video.height = FILM_HEIGHT + 1;
    struct source *source = film_open(film_record("odd.mkv", options));
    assert_non_null(source);
    assert_int_equal(source->info.width, FILM_WIDTH);
    assert_int_equal(source->info.height, FILM_HEIGHT);
    source->driver->destroy(source);
}

static void test_other_sizes_are_fitted(void **state) {
    (void)state;
    struct record_options options = film_options();
    const char *path = scratch_path("fit.mkv");
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    film_write(sink, 0, 10, FILM_WIDTH / 2, FILM_HEIGHT); // black at the left and the right
    assert_true(sink_close(sink));
    struct source *source = film_open(path);
    struct frame frame = {0};
    assert_int_equal(source->driver->read(source, &frame), SOURCE_FRAME);
    assert_int_equal(frame.picture.width, FILM_WIDTH);
    const uint8_t *middle = frame.picture.data + FILM_HEIGHT * 3 / 4 * frame.picture.stride;
    assert_true(middle[4 * 20 + 2] < 12);
    assert_true(middle[4 * (FILM_WIDTH - 20) + 2] < 12);
    assert_true(middle[4 * (FILM_WIDTH / 2) + 2] > 100);
    image_finish(&frame.picture);
    source->driver->destroy(source);
}

static void test_mirrored(void **state) {
    (void)state;
    struct record_options options = film_options();
    options.mirrored = true;
    struct source *source = film_open(film_record("mirror.mkv", options));
    assert_non_null(source);
    struct frame frame = {0};
    for (int i = 0; i <= 5; i++) {
        assert_int_equal(source->driver->read(source, &frame), SOURCE_FRAME);
    }
    assert_int_equal(film_number(&frame.picture), 0xA0); // 5, from the other end
    image_finish(&frame.picture);
    source->driver->destroy(source);
}

// ---- live ----

static void test_live_never_loses_count(void **state) {
    (void)state;
    struct record_options options = film_options();
    options.video.live = true;
    const char *path = scratch_path("live.mkv");
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    struct frame frame = {0};
    assert_true(image_init(&frame.picture, FILM_WIDTH, FILM_HEIGHT, PIXEL_BGRX32));
    stderr_begin();
    for (int i = 0; i < FILM_FRAMES; i++) {
        film_draw(&frame.picture, i);
        frame.media_ns = 12345 * NS_PER_S + film_time(i);
        assert_true(sink_write(sink, &frame, &film_nothing));
        usleep(2000);
    }
    struct record_counts counts = film_wait(sink, FILM_FRAMES);
    assert_int_equal(counts.written + counts.dropped, FILM_FRAMES);
    assert_true(sink_close(sink));
    stderr_end();
    image_finish(&frame.picture);
    struct film_reading reading;
    film_read_path(path, &reading, false);
    assert_int_equal(reading.n, counts.written);
    assert_int_equal(reading.times[0], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks_survive_nanoseconds),
        cmocka_unit_test(test_mkv),
        cmocka_unit_test(test_mp4),
        cmocka_unit_test(test_mov),
        cmocka_unit_test(test_webm),
        cmocka_unit_test(test_seeking),
        cmocka_unit_test(test_odd_sides_lose_one_pixel),
        cmocka_unit_test(test_other_sizes_are_fitted),
        cmocka_unit_test(test_mirrored),
        cmocka_unit_test(test_live_never_loses_count),
    };
    return cmocka_run_group_tests(tests, film_setup, film_teardown);
}
