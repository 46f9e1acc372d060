// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/app/pipeline/fake_stages.h"

#include "app/pipeline/pipeline_private.h"
#include "core/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

// Takes everything; returns how it ended, and how many frames there were.
static enum pipeline_status drain(struct pipeline *pipeline, int take_ms, int *n) {
    struct pipeline_item item;
    enum pipeline_status status;
    int last = 0;
    *n = 0;
    while ((status = pipeline_take(pipeline, LONG_NS, &item)) == PIPELINE_FRAME) {
        assert_int_equal(item.analysis->faces[0].id, (int)item.frame->number + 1);
        assert_true(item.analysis->faces[0].id > last);
        last = item.analysis->faces[0].id;
        ++*n;
        sleep_ms(take_ms);
        pipeline_release(pipeline, &item);
    }
    return status;
}

static void destroy_quickly(struct pipeline *pipeline) {
    int64_t begin_ns = now_ns();
    pipeline_destroy(pipeline);
    assert_true(now_ns() - begin_ns < 500 * MS);
}

// ---- tests ----

static void a_file_loses_nothing(void **state) {
    (void)state;
    const int delays_ms[][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (int i = 0; i < 4; i++) {
        int n;
        script.n_frames = 100;
        script.read_ms = delays_ms[i][0];
        analyser_script.run_ms = delays_ms[i][1];
        struct pipeline_options options = usual_options();
        struct pipeline *pipeline = pipeline_create(&options);
        assert_int_equal(drain(pipeline, delays_ms[i][2], &n), PIPELINE_END);
        assert_int_equal(n, 100);
        assert_int_equal(pipeline_get_stats(pipeline).n_dropped, 0);
        destroy_quickly(pipeline);
    }
}

static void the_mailbox_keeps_the_newest(void **state) {
    (void)state;
    int n;
    script.n_frames = 100;
    script.read_ms = 2;
    analyser_script.run_ms = 20; // ten times a read, so that a busy machine drops some, too
    struct pipeline_options options = usual_options();
    options.newest = true;
    struct pipeline *pipeline = pipeline_create(&options);
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_END);
    struct pipeline_stats stats = pipeline_get_stats(pipeline);
    assert_true(n > 5 && n < 60);
    assert_int_equal(stats.n_captured, 100);
    assert_int_equal(stats.n_analysed, n);
    // What goes by before the analysis is ready does not count; on a busy machine that is more.
    assert_true(stats.n_dropped > 0 && stats.n_dropped <= 100 - n);
    destroy_quickly(pipeline);
}

static void it_stops_at_any_moment(void **state) {
    (void)state;
    const int delays_ms[] = {0, 1, 3, 10, 30};
    for (int mode = 0; mode < 8; mode++) {
        for (size_t i = 0; i < sizeof delays_ms / sizeof *delays_ms; i++) {
            script.n_frames = mode & 1 ? 3 : 100000;
            script.block = true;
            analyser_script.create_ms = mode & 4 ? 20 : 0;
            struct pipeline_options options = usual_options();
            options.newest = mode & 2;
            options.paced = mode & 4;
            struct pipeline *pipeline = pipeline_create(&options);
            sleep_ms(delays_ms[i]);
            destroy_quickly(pipeline);
        }
    }
    pipeline_destroy(NULL);
}

static void a_damaged_file_gives_what_it_has(void **state) {
    (void)state;
    int n;
    script.n_frames = 7;
    script.then = SOURCE_FAILED;
    struct pipeline_options options = usual_options();
    struct pipeline *pipeline = pipeline_create(&options);
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_DAMAGED);
    assert_int_equal(n, 7);
    pipeline_destroy(pipeline);
}

static void no_model_is_told(void **state) {
    (void)state;
    int n;
    script.n_frames = 1000;
    analyser_script.create_fails = true;
    struct pipeline_options options = usual_options();
    struct pipeline *pipeline = pipeline_create(&options);
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_BROKEN);
    assert_int_equal(n, 0);
    destroy_quickly(pipeline);
    analyser_script.create_fails = false;
    analyser_script.fails_at = 5;
    options = usual_options();
    pipeline = pipeline_create(&options);
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_BROKEN);
    assert_int_equal(n, 5);
    destroy_quickly(pipeline);
}

static void a_lost_camera_ends_it_if_so_wished(void **state) {
    (void)state;
    struct pipeline_item item;
    int n;
    script.n_frames = 5;
    script.then = SOURCE_LOST;
    struct pipeline_options options = usual_options();
    struct pipeline *pipeline = pipeline_create(&options);
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_NOTICE);
    assert_int_equal(n, 5);
    assert_int_equal(pipeline_take(pipeline, LONG_NS, &item), PIPELINE_LOST);
    destroy_quickly(pipeline);
}

static void expect_notice(struct pipeline_item *item, enum smile_event_kind kind, int n_events) {
    assert_int_equal(item->analysis->n_events, n_events);
    assert_int_equal(item->analysis->events[n_events - 1].kind, kind);
}

static void a_lost_camera_comes_back(void **state) {
    (void)state;
    struct pipeline_item item;
    int64_t last_ns = -1;
    int n = 0, lost = 0, back = 0;
    script.n_frames = 5;
    script.then = SOURCE_LOST;
    script.failed_opens = 1;
    struct pipeline_options options = usual_options();
    options.wait = true;
    options.newest = true;
    struct pipeline *pipeline = pipeline_create(&options);
    while (back < 2) {
        enum pipeline_status status = pipeline_take(pipeline, LONG_NS, &item);
        if (status == PIPELINE_FRAME) {
            assert_true(item.frame->media_ns > last_ns);
            last_ns = item.frame->media_ns;
            n++;
        } else {
            assert_int_equal(status, PIPELINE_NOTICE);
            assert_true(item.frame->media_ns >= last_ns);
            expect_notice(&item, lost == back ? EVENT_CAMERA_LOST : EVENT_CAMERA_BACK,
                          lost == back ? 2 : 1);
            *(lost == back ? &lost : &back) += 1;
        }
        pipeline_release(pipeline, &item);
    }
    assert_true(last_ns > 500 * MS); // the time away counts
    assert_true(n >= 2);
    destroy_quickly(pipeline);
}

static void it_stops_while_waiting_for_a_camera(void **state) {
    (void)state;
    struct pipeline_item item;
    int n;
    script.then = SOURCE_LOST;
    script.failed_opens = 1000;
    struct pipeline_options options = usual_options();
    options.wait = true;
    struct pipeline *pipeline = pipeline_create(&options);
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_NOTICE);
    assert_int_equal(pipeline_take(pipeline, 300 * MS, &item), PIPELINE_TIMEOUT);
    assert_true(pipeline_get_stats(pipeline).lost);
    destroy_quickly(pipeline);
}

// Takes frames until a notice of that kind has come; returns how many.
static int take_until(struct pipeline *pipeline, enum smile_event_kind kind, int n_events) {
    struct pipeline_item item;
    enum pipeline_status status;
    int n = 0;
    while ((status = pipeline_take(pipeline, LONG_NS, &item)) == PIPELINE_FRAME) {
        n++;
        pipeline_release(pipeline, &item);
    }
    assert_int_equal(status, PIPELINE_NOTICE);
    expect_notice(&item, kind, n_events);
    pipeline_release(pipeline, &item);
    return n;
}

static void rest(bool reopens) {
    struct pipeline_item item;
    script.n_frames = 1000000;
    script.read_ms = 1;
    struct pipeline_options options = usual_options();
    options.wait = options.newest = true;
    options.resting = true;
    if (reopens) {
        source_close(options.source);
        options.source = NULL; // closed from the start
    } else {
        options.place = (struct source_place){0};
    }
    struct pipeline *pipeline = pipeline_create(&options);
    for (int i = 0; i < 3; i++) {
        int n = take_until(pipeline, EVENT_CLOSED, 2);
        assert_true(i > 0 || n == 0);
        assert_int_equal(pipeline_take(pipeline, 300 * MS, &item), PIPELINE_TIMEOUT);
        assert_true(pipeline_get_stats(pipeline).lost);
        assert_int_equal(script.n_opened - script.n_closed, reopens ? 0 : 1);
        pipeline_rest(pipeline, false);
        assert_int_equal(take_until(pipeline, EVENT_OPENED, 1), 0);
        assert_int_equal(pipeline_take(pipeline, LONG_NS, &item), PIPELINE_FRAME);
        pipeline_release(pipeline, &item);
        assert_false(pipeline_get_stats(pipeline).lost);
        pipeline_rest(pipeline, true);
    }
    destroy_quickly(pipeline);
}

static void a_rest_closes_the_camera(void **state) {
    (void)state;
    rest(true);
}

static void a_rest_holds_what_cannot_be_opened_again(void **state) {
    (void)state;
    rest(false);
}

static void time_stamps_set_the_pace(void **state) {
    (void)state;
    int n;
    script.n_frames = 11;
    script.period_ms = 30;
    struct pipeline_options options = usual_options();
    options.paced = true;
    int64_t begin_ns = now_ns();
    struct pipeline *pipeline = pipeline_create(&options);
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_END);
    assert_int_equal(n, 11);
    assert_true(now_ns() - begin_ns >= 295 * MS);
    pipeline_destroy(pipeline);
}

static void a_pause_stops_time(void **state) {
    (void)state;
    int n;
    script.n_frames = 11;
    script.period_ms = 10;
    struct pipeline_options options = usual_options();
    options.paced = true;
    int64_t begin_ns = now_ns();
    struct pipeline *pipeline = pipeline_create(&options);
    pipeline_pause(pipeline, true);
    sleep_ms(200);
    pipeline_pause(pipeline, false);
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_END);
    assert_int_equal(n, 11);
    assert_true(now_ns() - begin_ns >= 270 * MS);
    pipeline_destroy(pipeline);
}

// The number of the next frame.
static int take_number(struct pipeline *pipeline) {
    struct pipeline_item item;
    assert_int_equal(pipeline_take(pipeline, LONG_NS, &item), PIPELINE_FRAME);
    int number = (int)item.frame->number;
    pipeline_release(pipeline, &item);
    return number;
}

static void expect_end(struct pipeline *pipeline) {
    int n;
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_END);
}

static void a_file_goes_on_elsewhere(void **state) {
    (void)state;
    struct pipeline_item none;
    script.n_frames = 100;
    script.period_ms = 10;
    struct pipeline_options options = usual_options();
    options.paced = true;
    struct pipeline *pipeline = pipeline_create(&options);
    pipeline_set_speed(pipeline, 4);
    int64_t begin_ns = now_ns();
    expect_end(pipeline);
    int64_t passed_ns = now_ns() - begin_ns;
    assert_true(passed_ns > 240 * MS && passed_ns < 900 * MS); // instead of a second
    pipeline_pause(pipeline, true);
    analyser_script.n_run = 0;
    pipeline_seek(pipeline, 700 * MS); // from the end, and while it is paused
    assert_int_equal(take_number(pipeline), 70);
    assert_int_equal(analyser_script.n_restarts, 1);
    assert_int_equal(analyser_script.n_run, 51); // with half a second before it
    assert_int_equal(pipeline_take(pipeline, 50 * MS, &none), PIPELINE_TIMEOUT);
    pipeline_step(pipeline);
    assert_int_equal(take_number(pipeline), 71);
    pipeline_seek(pipeline, 200 * MS);
    assert_int_equal(take_number(pipeline), 20);
    assert_int_equal(pipeline_take(pipeline, 50 * MS, &none), PIPELINE_TIMEOUT);
    pipeline_pause(pipeline, false);
    assert_int_equal(take_number(pipeline), 21);
    pipeline_seek(pipeline, 980 * MS);
    expect_end(pipeline);
    assert_int_equal(pipeline_take(pipeline, 0, &none), PIPELINE_END); // still
    destroy_quickly(pipeline);
}

static void pictures_come_before_the_model(void **state) {
    (void)state;
    struct pipeline_item item = {0};
    script.n_frames = 1000;
    script.block = true;
    script.read_ms = 1;
    analyser_script.create_ms = 100;
    struct pipeline_options options = usual_options();
    options.newest = true;
    struct pipeline *pipeline = pipeline_create(&options);
    uint64_t first = UINT64_MAX, last = 0;
    while (pipeline_take(pipeline, 5 * MS, &item) == PIPELINE_TIMEOUT) {
        if (pipeline_preview(pipeline, &item)) {
            assert_int_equal(item.analysis->n_faces, 0);
            assert_int_equal(item.frame->picture.data[0], (uint8_t)item.frame->number);
            first = item.frame->number < first ? item.frame->number : first;
            last = item.frame->number;
            pipeline_release(pipeline, &item);
        }
    }
    pipeline_release(pipeline, &item);
    assert_true(last > first);
    assert_false(pipeline_preview(pipeline, &item));
    pipeline_destroy(pipeline);
}

static void another_source_can_take_over(void **state) {
    (void)state;
    struct pipeline_item item;
    int n = 0;
    script.n_frames = 5;
    script.block = true;
    struct pipeline_options options = usual_options();
    struct pipeline *pipeline = pipeline_create(&options);
    for (int i = 0; i < 3; i++) {
        int64_t last_ns = -1;
        for (int k = 0; k < 5; k++) {
            assert_int_equal(pipeline_take(pipeline, LONG_NS, &item), PIPELINE_FRAME);
            assert_true(item.frame->media_ns > last_ns);
            last_ns = item.frame->media_ns;
            pipeline_release(pipeline, &item);
            n++;
        }
        pipeline_switch(pipeline, fake_create("other", NULL), &options.place);
    }
    assert_int_equal(n, 15);
    destroy_quickly(pipeline);
}

// The caller may have returned, or put something else there, by the time that the thread starts.
static void the_driver_has_its_own_options(void **state) {
    (void)state;
    int n, option = DRIVER_OPTION;
    script.n_frames = 3;
    analyser_script.create_ms = 50;
    struct pipeline_options options = usual_options();
    options.driver_options = &option;
    struct pipeline *pipeline = pipeline_create(&options);
    option = DRIVER_OPTION + 1;
    assert_int_equal(drain(pipeline, 0, &n), PIPELINE_END);
    assert_int_equal(n, 3);
    pipeline_destroy(pipeline);
}

static int slots_for(int width, int height, enum pixel_format format) {
    static struct pipeline p;
    struct image picture = {.width = width, .height = height, .format = format};
    picture.stride = format == PIXEL_I420 ? width : 4 * width;
    pipeline_size_pool(&p, &picture);
    return p.n_slots;
}

static void large_pictures_are_fewer(void **state) {
    (void)state;
    assert_int_equal(slots_for(1920, 1080, PIXEL_BGRX32), POOL_SLOTS);
    assert_int_equal(slots_for(3840, 2160, PIXEL_I420), POOL_SLOTS);
    assert_int_equal(slots_for(3840, 2160, PIXEL_BGRX32), 6);
    assert_int_equal(slots_for(7680, 4320, PIXEL_I420), LEAST_SLOTS);
    assert_int_equal(slots_for(7680, 4320, PIXEL_BGRX32), LEAST_SLOTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_pictures_are_fewer),
        cmocka_unit_test_setup_teardown(a_file_loses_nothing, set_up, everything_was_closed),
        cmocka_unit_test_setup_teardown(the_mailbox_keeps_the_newest, set_up,
                                        everything_was_closed),
        cmocka_unit_test_setup_teardown(it_stops_at_any_moment, set_up, everything_was_closed),
        cmocka_unit_test_setup_teardown(a_damaged_file_gives_what_it_has, set_up,
                                        everything_was_closed),
        cmocka_unit_test_setup_teardown(no_model_is_told, set_up, everything_was_closed),
        cmocka_unit_test_setup_teardown(a_lost_camera_ends_it_if_so_wished, set_up,
                                        everything_was_closed),
        cmocka_unit_test_setup_teardown(a_lost_camera_comes_back, set_up, everything_was_closed),
        cmocka_unit_test_setup_teardown(it_stops_while_waiting_for_a_camera, set_up,
                                        everything_was_closed),
        cmocka_unit_test_setup_teardown(a_rest_closes_the_camera, set_up, everything_was_closed),
        cmocka_unit_test_setup_teardown(a_rest_holds_what_cannot_be_opened_again, set_up,
                                        everything_was_closed),
        cmocka_unit_test_setup_teardown(time_stamps_set_the_pace, set_up, everything_was_closed),
        cmocka_unit_test_setup_teardown(a_pause_stops_time, set_up, everything_was_closed),
        cmocka_unit_test_setup_teardown(a_file_goes_on_elsewhere, set_up, everything_was_closed),
        cmocka_unit_test_setup_teardown(pictures_come_before_the_model, set_up,
                                        everything_was_closed),
        cmocka_unit_test_setup_teardown(another_source_can_take_over, set_up,
                                        everything_was_closed),
        cmocka_unit_test_setup_teardown(the_driver_has_its_own_options, set_up,
                                        everything_was_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
