// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "../../vision/vision.h"
#include "../fake_camera/fake_v4l2.h"
#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

// Runs with tests/fake_camera preloaded, which answers for this path.
static const char PATH[] = "/dev/video0";
static const struct camera_format VGA = {.width = 640, .height = 480, .rate_hz = 30};

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct camera *open_with(const char *fault, const char *back_s) {
    setenv("SMILECAM_FAKE_CAMERA_FAULT", fault, 1);
    setenv("SMILECAM_FAKE_CAMERA_BACK_S", back_s, 1);
    struct camera_format got;
    return camera_open(PATH, &VGA, &got);
}

static void test_the_format_is_what_the_driver_gives(void **state) {
    (void)state;
    struct camera_format wanted = {.width = 1280, .height = 720, .rate_hz = 60}, got;
    setenv("SMILECAM_FAKE_CAMERA_FAULT", "", 1);
    struct camera *camera = camera_open(PATH, &wanted, &got);
    assert_non_null(camera);
    assert_int_equal(got.width, 640);
    assert_int_equal(got.height, 480);
    assert_true(got.rate_hz == 30);
    assert_string_equal(got.fourcc, "YUYV");
    camera_close(camera);
}

// The full-range grey of a video luma, as OpenCV converts it; within one.
static int grey_of(int luma) {
    return (int)(1.164 * (luma - 16) + 0.5);
}

// Of an early frame: the ramp's left end rises by two from frame to frame.
static long frame_number(const struct image *frame) {
    long k = 0;
    while (k < 8 && abs(frame->data[1] - grey_of(fake_luma(0, k))) > 1) {
        k++;
    }
    assert_true(k < 8);
    return k;
}

static void test_frames_come_in_order_whole_and_on_time(void **state) {
    (void)state;
    struct camera *camera = open_with("", "");
    assert_non_null(camera);
    struct image frame = {0};
    int64_t stamp_ns = 0, before_ns = 0;
    long first = 0;
    for (long i = 0; i < 20; i++) {
        assert_int_equal(camera_read(camera, &frame, &stamp_ns), CAMERA_FRAME);
        first = i == 0 ? frame_number(&frame) : first; // opening took some
        long k = first + i;
        assert_int_equal(frame.format, PIXEL_BGRX32);
        for (int x = 0; x < 640; x++) {
            const uint8_t *pixel = frame.data + 479 * frame.stride + 4 * x;
            int grey = grey_of(fake_luma(x, k));
            assert_in_range(pixel[1] + 2, grey, grey + 4);
            assert_int_equal(pixel[3], 255);
        }
        double age_s = now_s() - 1e-9 * (double)stamp_ns;
        assert_true(age_s > 0 && age_s < 0.5);
        assert_true(i == 0 || llabs(stamp_ns - before_ns - 33333333) < 100000);
        before_ns = stamp_ns;
    }
    image_finish(&frame);
    camera_close(camera);
}

static void test_it_opens_again_after_closing(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct camera *camera = open_with("", "");
        assert_non_null(camera);
        camera_close(camera);
    }
    camera_close(NULL);
}

static void assert_refused(const char *path, const char *fault, const char *remedy) {
    struct camera_format got;
    setenv("SMILECAM_FAKE_CAMERA_FAULT", fault, 1);
    double start_s = now_s();
    stderr_begin();
    struct camera *camera = camera_open(path, &VGA, &got);
    const char *said = stderr_end();
    print_message("%s", said);
    assert_null(camera);
    assert_true(is_one_error(said, path));
    assert_non_null(strstr(said, remedy));
    assert_true(now_s() - start_s < 1.5);
}

static void test_each_reason_not_to_open_has_its_sentence(void **state) {
    (void)state;
    assert_refused("/dev/video77", "", "plug it in");
    assert_refused("/dev/null", "", "not a camera");
    assert_refused("/dev", "", "folder");
    assert_refused(PATH, "denied", "group video");
    assert_refused(PATH, "busy", "another program");
    assert_refused(PATH, "metadata", "no pictures");
}

static void test_who_has_it_is_named(void **state) {
    (void)state;
    char who[80], wanted[32];
    const char *path = scratch_path("device");
    scratch_write(path, "", 0);
    assert_false(camera_holder(path, who, sizeof who));
    assert_false(camera_holder(scratch_path("missing"), who, sizeof who));
    int ready[2], done[2];
    assert_int_equal(pipe(ready) | pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        char c = 0;
        int fd = open(path, O_RDONLY);
        close(done[1]);
        _exit(fd < 0 || write(ready[1], &c, 1) != 1 || read(done[0], &c, 1) != 0);
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    bool found = camera_holder(path, who, sizeof who);
    close(done[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(found);
    snprintf(wanted, sizeof wanted, "(process %d)", (int)child);
    assert_non_null(strstr(who, wanted));
    assert_ptr_equal(strstr(who, "test_camera"), who);
}

static void test_a_camera_without_frames_is_refused(void **state) {
    (void)state;
    stderr_begin();
    struct camera *camera = open_with("stall=0", "1e6");
    const char *said = stderr_end();
    assert_null(camera);
    assert_true(is_one_error(said, PATH));
}

// Reads until the camera is lost, after some frames, and returns how long the last read took.
static double read_to_loss(struct camera *camera) {
    struct image frame = {0};
    int64_t stamp_ns;
    int frames = -1;
    double start_s;
    enum camera_status status;
    do {
        frames++;
        start_s = now_s();
        status = camera_read(camera, &frame, &stamp_ns);
    } while (status == CAMERA_FRAME && frames < 100);
    assert_in_range(frames, 3, 6);
    image_finish(&frame);
    return now_s() - start_s;
}

static void test_unplugged_is_known_at_once_and_replugged_works(void **state) {
    (void)state;
    struct camera *camera = open_with("unplug=6", "0.5");
    assert_non_null(camera);
    assert_true(read_to_loss(camera) < 0.5);
    camera_close(camera);
    stderr_begin();
    assert_null(open_with("unplug=6", "0.5"));
    assert_non_null(strstr(stderr_end(), "plug it in"));
    struct timespec wait = {.tv_nsec = 600000000};
    nanosleep(&wait, NULL);
    camera = open_with("unplug=6", "0.5");
    assert_non_null(camera);
    camera_close(camera);
}

static void test_a_stall_is_known_after_two_seconds(void **state) {
    (void)state;
    struct camera *camera = open_with("stall=6", "1e6");
    assert_non_null(camera);
    double waited_s = read_to_loss(camera);
    assert_true(waited_s > 1 && waited_s < 4);
    camera_close(camera);
}

// Seconds until the camera is lost, or about 6 if it is not.
static double seconds_to_loss(struct camera *camera) {
    struct image frame = {0};
    int64_t stamp_ns;
    double start_s = now_s();
    while (now_s() - start_s < 6 && camera_read(camera, &frame, &stamp_ns) == CAMERA_FRAME) {
    }
    image_finish(&frame);
    return now_s() - start_s;
}

static void test_a_picture_that_freezes_is_a_loss(void **state) {
    (void)state;
    struct camera *camera = open_with("freeze=6", "1e6");
    assert_non_null(camera);
    double lost_s = seconds_to_loss(camera);
    assert_true(lost_s > 3.5 && lost_s < 6);
    camera_close(camera);
}

static void test_a_picture_that_never_moved_is_none(void **state) {
    (void)state;
    struct camera *camera = open_with("freeze=0", "1e6");
    assert_non_null(camera);
    assert_true(seconds_to_loss(camera) >= 6);
    camera_close(camera);
}

static int setup(void **state) {
    return (void)state, scratch_init(), 0;
}
static int teardown(void **state) {
    return (void)state, scratch_finish(), 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_format_is_what_the_driver_gives),
        cmocka_unit_test(test_frames_come_in_order_whole_and_on_time),
        cmocka_unit_test(test_it_opens_again_after_closing),
        cmocka_unit_test(test_each_reason_not_to_open_has_its_sentence),
        cmocka_unit_test(test_who_has_it_is_named),
        cmocka_unit_test(test_a_camera_without_frames_is_refused),
        cmocka_unit_test(test_unplugged_is_known_at_once_and_replugged_works),
        cmocka_unit_test(test_a_stall_is_known_after_two_seconds),
        cmocka_unit_test(test_a_picture_that_freezes_is_a_loss),
        cmocka_unit_test(test_a_picture_that_never_moved_is_none),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
