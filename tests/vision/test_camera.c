// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/vision.h"
#include "tests/fake_camera/fake_v4l2.h"
#include "tests/support/scratch.h"

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

// Runs with tests/fake_camera preloaded; the camera is a file in the scratch folder.
static char PATH[512];
static const struct camera_format VGA = {.width = 640, .height = 480, .rate_hz = 30};

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Plugs the camera in, if it is not, and tells it what to do.
static void tell(const char *settings) {
    char text[1024];
    snprintf(text, sizeof text, "%s\n", settings);
    scratch_write(PATH, text, strlen(text));
}

static void unplug(void) {
    assert_int_equal(unlink(PATH), 0);
}

static struct camera *open_with(const char *settings) {
    struct camera_format got;
    tell(settings);
    return camera_open(PATH, &VGA, &got);
}

static void test_the_format_is_what_the_driver_gives(void **state) {
    (void)state;
    struct camera_format wanted = {.width = 1280, .height = 720, .rate_hz = 60}, got;
    const char *drivers[] = {"size 640x480\nrate 30", "size 640x480\nrate 30\nfault refuse"};
    for (int i = 0; i < 2; i++) {
        tell(drivers[i]);
        struct camera *camera = camera_open(PATH, &wanted, &got);
        assert_non_null(camera);
        assert_int_equal(got.width, 640);
        assert_int_equal(got.height, 480);
        assert_true(got.rate_hz == 30);
        assert_string_equal(got.fourcc, "YUYV");
        camera_close(camera);
    }
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
    struct camera *camera = open_with("");
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
        struct camera *camera = open_with("");
        assert_non_null(camera);
        camera_close(camera);
    }
    camera_close(NULL);
}

static void test_a_camera_without_a_format_gets_one(void **state) {
    (void)state;
    struct camera *camera = open_with("fault unset");
    assert_non_null(camera);
    camera_close(camera);
}

static void assert_refused(const char *path, const char *settings, const char *remedy) {
    struct camera_format got;
    tell(settings);
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
    assert_refused(PATH, "fault denied", "group video");
    assert_refused(PATH, "fault busy", "another program");
    assert_refused(PATH, "fault metadata", "no pictures");
    assert_refused(PATH, "fault streamon", "unplug it");
    assert_refused(PATH, "fault bandwidth", "USB bus has no room");
    assert_refused(PATH, "kind planes\nfault bandwidth", "USB bus has no room");
    assert_refused(PATH, "kind raw", "pw-v4l2 smilecam");
    assert_refused(PATH, "kind nothing", "no kind that is read here");
    assert_refused(PATH, "kind planes\nfault busy", "another program");
    assert_refused(PATH, "kind planes\nfault streamon", "unplug it");
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
    struct camera *camera = open_with("fault stall");
    const char *said = stderr_end();
    assert_null(camera);
    assert_true(is_one_error(said, PATH));
}

// Seconds until the camera is lost, or about limit_s if it is not.
static double seconds_to_loss(struct camera *camera, double limit_s) {
    struct image frame = {0};
    int64_t stamp_ns;
    double start_s = now_s();
    while (now_s() - start_s < limit_s && camera_read(camera, &frame, &stamp_ns) == CAMERA_FRAME) {
    }
    image_finish(&frame);
    return now_s() - start_s;
}

static void assert_lost_within(const char *settings, double least_s, double most_s) {
    struct camera *camera = open_with(settings);
    assert_non_null(camera);
    double lost_s = seconds_to_loss(camera, most_s);
    print_message("%s: lost after %.2f s\n", settings, lost_s);
    assert_true(lost_s > least_s && lost_s < most_s);
    camera_close(camera);
}

static void assert_not_lost(const char *settings, double watched_s) {
    struct camera *camera = open_with(settings);
    assert_non_null(camera);
    assert_true(seconds_to_loss(camera, watched_s) >= watched_s);
    camera_close(camera);
}

static void test_unplugged_is_known_at_once_and_replugged_works(void **state) {
    (void)state;
    struct camera *camera = open_with("");
    assert_non_null(camera);
    unplug();
    assert_true(seconds_to_loss(camera, 1) < 0.5);
    struct camera_format got;
    stderr_begin();
    assert_null(camera_open(PATH, &VGA, &got));
    assert_non_null(strstr(stderr_end(), "plug it in"));
    tell("");
    assert_true(seconds_to_loss(camera, 1) < 0.5); // what was open stays dead
    camera_close(camera);
    assert_not_lost("", 0.3);
}

static void test_a_stall_is_known_within_two_seconds(void **state) {
    (void)state;
    assert_lost_within("fault stall 6", 0.5, 2);
}

static void test_a_picture_that_freezes_is_a_loss(void **state) {
    (void)state;
    assert_lost_within("fault freeze 6", 3.5, 5);
}

static void test_a_still_or_black_or_late_picture_is_none(void **state) {
    (void)state;
    assert_not_lost("fault freeze", 6);
    assert_not_lost("fault black", 1);
    assert_not_lost("rate 60\njitter 300", 1);
    assert_not_lost("rate 2", 2);
}

// ---- MJPG ----

static const char *jpeg_film(const char *name, int width, int height, int n) {
    const char *path = scratch_path(name);
    FILE *file = fopen(path, "wb");
    struct image image = {0};
    assert_non_null(file);
    assert_true(image_resize_storage(&image, width, height, PIXEL_BGRX32));
    for (int k = 0; k < n; k++) {
        uint8_t *bytes;
        size_t size;
        memset(image.data, 40 + 8 * k, (size_t)image.stride * (size_t)height);
        memset(image.data, 0, (size_t)image.stride * (size_t)height / 2);
        assert_true(picture_encode(&image, ".jpg", 90, &bytes, &size));
        assert_int_equal(fwrite(bytes, 1, size, file), size);
        free(bytes);
    }
    fclose(file);
    image_finish(&image);
    return path;
}

static struct camera *open_jpeg(const char *film, const char *more) {
    struct camera_format wanted = {.width = 1280, .height = 720, .rate_hz = 30}, got;
    char settings[900];
    snprintf(settings, sizeof settings, "mjpg %s\n%s", film, more);
    tell(settings);
    struct camera *camera = camera_open(PATH, &wanted, &got);
    assert_non_null(camera);
    assert_string_equal(got.fourcc, "MJPG");
    return camera;
}

static void read_size(struct camera *camera, int width, int height) {
    struct image frame = {0};
    int64_t stamp_ns;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(camera_read(camera, &frame, &stamp_ns), CAMERA_FRAME);
        assert_int_equal(frame.width, width);
        assert_int_equal(frame.height, height);
    }
    image_finish(&frame);
}

// OpenCV drops pictures of a size that it does not expect and shows the last one for ever.
static void test_another_size_of_jpegs_is_a_loss_and_opens_again(void **state) {
    (void)state;
    const char *large = jpeg_film("large.mjpg", 1280, 720, 5);
    const char *small = jpeg_film("small.mjpg", 640, 360, 5);
    struct camera *camera = open_jpeg(large, "size 1280x720");
    read_size(camera, 1280, 720);
    char settings[900];
    snprintf(settings, sizeof settings, "size 640x360\nmjpg %s", small);
    tell(settings);
    assert_true(seconds_to_loss(camera, 6) < 5);
    camera_close(camera);
    camera = open_jpeg(small, "size 640x360");
    read_size(camera, 640, 360);
    camera_close(camera);
}

static void test_broken_jpegs_are_passed_over_until_nothing_else_comes(void **state) {
    (void)state;
    const char *film = jpeg_film("film.mjpg", 1280, 720, 5);
    struct camera *camera = open_jpeg(film, "size 1280x720\nfault short 3");
    assert_true(seconds_to_loss(camera, 1) >= 1); // half a picture is one, too
    camera_close(camera);
    camera = open_jpeg(film, "size 1280x720\nfault broken 3");
    double lost_s = seconds_to_loss(camera, 6);
    assert_true(lost_s > 0.5 && lost_s < 5);
    camera_close(camera);
}

// ---- other kinds ----

static void check_ramp(const char *settings, const char *fourcc) {
    struct camera_format got;
    struct image frame = {0};
    int64_t stamp_ns = 0, before_ns = 0;
    tell(settings);
    struct camera *camera = camera_open(PATH, &VGA, &got);
    assert_non_null(camera);
    assert_string_equal(got.fourcc, fourcc);
    assert_true(got.width == 640 && got.height == 480 && got.rate_hz == 30);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(camera_read(camera, &frame, &stamp_ns), CAMERA_FRAME);
        const uint8_t *left = frame.data, *middle = frame.data + 4 * 320;
        assert_true(middle[0] > left[0] + 50 && abs(middle[0] - middle[2]) < 3);
        assert_true(i == 0 || llabs(stamp_ns - before_ns - 33333333) < 100000);
        before_ns = stamp_ns;
    }
    assert_true(now_s() - 1e-9 * (double)stamp_ns < 0.5);
    image_finish(&frame);
    camera_close(camera);
}

static void test_grey_and_several_planes_and_padded_rows_are_read(void **state) {
    (void)state;
    check_ramp("kind grey", "GREY");
    check_ramp("kind planes", "NV12");
    check_ramp("padding 64", "YUYV");
    check_ramp("padding 64\nkind planes", "NV12");
    check_ramp("padding 64\nkind grey", "GREY");
    assert_lost_within("kind planes\nfault stall 6", 0.5, 2);
    assert_lost_within("kind planes\nfault freeze 6", 3.5, 5);
    assert_not_lost("kind planes\nfault unset", 0.3);
}

static void test_what_it_gives_is_known_without_opening_it(void **state) {
    (void)state;
    static const struct {
        const char *settings;
        enum camera_kind kind;
    } cases[] = {
        {"", CAMERA_COLOUR},
        {"kind planes", CAMERA_COLOUR},
        {"kind grey", CAMERA_GREY},
        {"name Integrated IR Camera", CAMERA_GREY},
        {"name FIRST Camera", CAMERA_COLOUR},
        {"kind loopback", CAMERA_VIRTUAL},
        {"kind raw", CAMERA_SENSOR},
        {"kind nothing", CAMERA_UNREADABLE},
        {"fault busy", CAMERA_COLOUR},
        {"fault denied", CAMERA_UNASKED},
        {"fault metadata", CAMERA_NONE},
    };
    char name[64] = "as it was";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tell(cases[i].settings);
        if (camera_ask(PATH, name, sizeof name) != cases[i].kind) {
            fail_msg("\"%s\": it is of another kind", cases[i].settings);
        }
    }
    assert_int_equal(camera_ask("/dev/null", name, sizeof name), CAMERA_NONE);
    assert_int_equal(camera_ask("/dev/video77", name, sizeof name), CAMERA_NONE);
    assert_string_equal(name, "Fake camera");
}

static int setup(void **state) {
    (void)state;
    scratch_init();
    snprintf(PATH, sizeof PATH, "%s", scratch_path("video0"));
    *strrchr(PATH, '/') = '\0';
    setenv("SMILECAM_DEV_ROOT", PATH, 1);
    strcat(PATH, "/video0");
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_format_is_what_the_driver_gives),
        cmocka_unit_test(test_frames_come_in_order_whole_and_on_time),
        cmocka_unit_test(test_it_opens_again_after_closing),
        cmocka_unit_test(test_a_camera_without_a_format_gets_one),
        cmocka_unit_test(test_each_reason_not_to_open_has_its_sentence),
        cmocka_unit_test(test_who_has_it_is_named),
        cmocka_unit_test(test_a_camera_without_frames_is_refused),
        cmocka_unit_test(test_unplugged_is_known_at_once_and_replugged_works),
        cmocka_unit_test(test_a_stall_is_known_within_two_seconds),
        cmocka_unit_test(test_a_picture_that_freezes_is_a_loss),
        cmocka_unit_test(test_a_still_or_black_or_late_picture_is_none),
        cmocka_unit_test(test_another_size_of_jpegs_is_a_loss_and_opens_again),
        cmocka_unit_test(test_broken_jpegs_are_passed_over_until_nothing_else_comes),
        cmocka_unit_test(test_grey_and_several_planes_and_padded_rows_are_read),
        cmocka_unit_test(test_what_it_gives_is_known_without_opening_it),
    };
    return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
