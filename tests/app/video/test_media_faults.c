// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// Files that are damaged, and files that cannot be written.

#include "tests/support/film.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

// ---- damage ----

static void expect_refused(const char *path, const char *about) {
    stderr_begin();
    struct source *source = film_open(path);
    const char *said = stderr_end();
    assert_null(source);
    assert_true(is_one_error(said, path));
    assert_non_null(strstr(said, about));
}

static void test_not_videos(void **state) {
    (void)state;
    const char *text = scratch_path("text.mp4"), *plain = scratch_path("notes.txt");
    const char *empty = scratch_path("empty.mkv"), *list = scratch_path("list.m3u8");
    scratch_write(text, "hello\nthis is text\n", 19);
    scratch_write(plain, "hello\nthis is text\n", 19);
    scratch_write(empty, "", 0);
    static const char playlist[] = "#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n";
    scratch_write(list, playlist, sizeof playlist - 1);
    expect_refused(text, "not a video");
    expect_refused(plain, "not a video");
    expect_refused(empty, "empty");
    expect_refused(list, "");
    expect_refused(scratch_path("missing.mp4"), "No such file");
    expect_refused(scratch_path(""), "folder");
}

static void halve(const char *from, const char *to) {
    size_t n;
    void *bytes = scratch_read(from, &n);
    scratch_write(to, bytes, n / 2);
    free(bytes);
}

static void test_half_an_mp4(void **state) {
    (void)state;
    const char *half = scratch_path("half.mp4");
    halve(film_record("whole.mp4", film_options()), half);
    expect_refused(half, "cut off");
}

static void test_half_an_mkv(void **state) {
    (void)state;
    const char *half = scratch_path("half.mkv");
    halve(film_record("whole.mkv", film_options()), half);
    struct film_reading reading;
    stderr_begin();
    film_read_path(half, &reading, false);
    const char *said = stderr_end();
    assert_in_range(reading.n, FILM_FRAMES / 4, FILM_FRAMES - 1);
    assert_int_equal(reading.status, SOURCE_FAILED);
    assert_non_null(strstr(said, "cut short"));
    assert_non_null(strstr(said, half));
}

static void test_garbage_in_the_middle(void **state) {
    (void)state;
    const char *bad = scratch_path("garbage.mkv");
    size_t n;
    uint8_t *bytes = scratch_read(film_record("good.mkv", film_options()), &n);
    for (size_t i = n / 2; i < n / 2 + n / 10; i++) {
        bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    }
    scratch_write(bad, bytes, n);
    free(bytes);
    struct film_reading reading;
    stderr_begin();
    film_read_path(bad, &reading, false);
    const char *said = stderr_end();
    assert_in_range(reading.n, FILM_FRAMES / 2, FILM_FRAMES);
    assert_int_equal(reading.status,
                     reading.n == FILM_FRAMES && !*said ? SOURCE_END : SOURCE_FAILED);
    assert_true(reading.n == FILM_FRAMES || strstr(said, "smilecam: warning: "));
}

static void test_interrupt_ends(void **state) {
    (void)state;
    struct source *source = film_open(film_record("interrupt.mkv", film_options()));
    assert_non_null(source);
    struct frame frame = {0};
    assert_int_equal(source->driver->read(source, &frame), SOURCE_FRAME);
    source->driver->interrupt(source);
    assert_int_equal(source->driver->read(source, &frame), SOURCE_END);
    image_finish(&frame.picture);
    source->driver->destroy(source);
}

// ---- what cannot be written ----

static void expect_unwritable(const char *path, const struct record_options *options,
                              const char *about) {
    stderr_begin();
    struct sink *sink = record_create(path, options);
    const char *said = stderr_end();
    assert_null(sink);
    assert_true(is_one_error(said, path));
    assert_non_null(strstr(said, about));
}

static void test_unwritable(void **state) {
    (void)state;
    struct record_options options = film_options();
    expect_unwritable(scratch_path("none/a.mkv"), &options, "No such file");
    expect_unwritable(scratch_path("a.avi"), &options, ".mkv, .mp4, .mov or .webm");
    expect_unwritable(scratch_path("a"), &options, ".mkv, .mp4, .mov or .webm");
    const char *input = film_record("input.mkv", options);
    options.video.copy_from = input;
    expect_unwritable(input, &options, "being read");
    assert_int_equal(access(input, F_OK), 0);
}

// A file may grow no further: the same to the program as a full disk.
static void check_full_disk(const char *name) {
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){40000, before.rlim_max};
    const char *path = scratch_path(name);
    struct record_options options = film_options();
    struct sink *sink = record_create(path, &options);
    assert_non_null(sink);
    struct frame frame = {0};
    assert_true(image_init(&frame.picture, FILM_WIDTH, FILM_HEIGHT, PIXEL_BGRX32));
    stderr_begin();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool good = true;
    for (int i = 0; i < 1000 && good; i++) {
        film_draw(&frame.picture, i);
        frame.media_ns = film_time(i);
        good = sink_write(sink, &frame, &film_nothing);
    }
    bool again = sink_write(sink, &frame, &film_nothing), closed = sink_close(sink);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    const char *said = stderr_end();
    image_finish(&frame.picture);
    assert_false(good);
    assert_false(again);
    assert_false(closed);
    assert_true(is_one_error(said, path));
    struct film_reading reading;
    stderr_begin();
    film_read_path(path, &reading, true);
    stderr_end();
    assert_in_range(reading.n, 10, 1000);
}

static void test_full_disk(void **state) {
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    check_full_disk("full.mkv");
    check_full_disk("full.mp4");
}

static void test_nothing_written(void **state) {
    (void)state;
    static const char *const names[] = {"nothing.mkv", "nothing.mp4", "nothing.webm"};
    struct record_options options = film_options();
    for (int i = 0; i < 3; i++) {
        struct sink *sink = record_create(scratch_path(names[i]), &options);
        assert_non_null(sink);
        stderr_begin();
        sink_close(sink);
        stderr_end();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_videos),     cmocka_unit_test(test_half_an_mp4),
        cmocka_unit_test(test_half_an_mkv),    cmocka_unit_test(test_garbage_in_the_middle),
        cmocka_unit_test(test_interrupt_ends), cmocka_unit_test(test_unwritable),
        cmocka_unit_test(test_full_disk),      cmocka_unit_test(test_nothing_written),
    };
    return cmocka_run_group_tests(tests, film_setup, film_teardown);
}
