// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// Decoded pictures as players show them: square pixels.

#include "app/video/decode_convert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void check_size(int width, int height, int num, int den, int wanted_width,
                       int wanted_height) {
    struct display_size size = decode_convert_size(width, height, (AVRational){num, den});
    assert_int_equal(size.width, wanted_width);
    assert_int_equal(size.height, wanted_height);
}

static void test_sizes_are_those_of_players(void **state) {
    (void)state;
    check_size(720, 576, 64, 45, 1024, 576);  // PAL, 16:9
    check_size(720, 576, 16, 15, 768, 576);   // PAL, 4:3
    check_size(720, 480, 8, 9, 720, 540);     // NTSC, 4:3: no line is lost
    check_size(1440, 1080, 4, 3, 1920, 1080); // HDV
    check_size(640, 480, 0, 1, 640, 480);     // not said
    check_size(641, 479, 1, 1, 641, 479);     // odd and square stays
    check_size(1920, 1080, 4095, 4096, 1920, 1080);
    check_size(640, 480, 1000, 1, 640, 480);    // senseless
    check_size(12000, 6000, 2, 1, 12000, 3000); // too wide otherwise
    check_size(6000, 12000, 1, 2, 3000, 12000);
}

// A bright square of square pixels in the middle of a stored picture of narrow ones.
static void test_stored_pixels_are_stretched(void **state) {
    (void)state;
    AVFrame *frame = av_frame_alloc();
    assert_non_null(frame);
    frame->width = 90;
    frame->height = 80;
    frame->format = AV_PIX_FMT_YUV420P;
    frame->sample_aspect_ratio = (AVRational){16, 9};
    assert_int_equal(av_frame_get_buffer(frame, 0), 0);
    for (int y = 0; y < 80; y++) {
        for (int x = 0; x < 90; x++) {
            bool bright = x >= 36 && x < 54 && y >= 24 && y < 56; // 18 * 16/9 = 32
            frame->data[0][y * frame->linesize[0] + x] = bright ? 235 : 16;
        }
    }
    for (int y = 0; y < 40; y++) {
        memset(frame->data[1] + y * frame->linesize[1], 128, 45);
        memset(frame->data[2] + y * frame->linesize[2], 128, 45);
    }
    struct decode_convert upright;
    struct image picture = {0};
    decode_convert_init(&upright, UPRIGHT, true);
    assert_true(decode_convert_convert(&upright, frame, &picture, "a film"));
    assert_int_equal(picture.width, 160);
    assert_int_equal(picture.height, 80);
    int across = 0, down = 0;
    for (int x = 0; x < 160; x++) {
        across += picture.data[40 * picture.stride + (ptrdiff_t)x * 4] > 127;
    }
    for (int y = 0; y < 80; y++) {
        down += picture.data[y * picture.stride + (ptrdiff_t)80 * 4] > 127;
    }
    assert_int_equal(across, 32);
    assert_int_equal(down, 32);
    decode_convert_finish(&upright);
    image_finish(&picture);
    av_frame_free(&frame);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_those_of_players),
        cmocka_unit_test(test_stored_pixels_are_stretched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
