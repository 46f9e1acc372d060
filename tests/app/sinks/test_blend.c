// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Drawing over Y'CbCr planes: what was not drawn on stays to the bit, what was looks as if it had
// been drawn in colours and converted.
#include "app/sinks/blend.h"
#include "app/sinks/frame_painter.h"
#include "app/video/encode_convert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static AVFrame *frame_new(int width, int height) {
    AVFrame *frame = av_frame_alloc();
    assert_non_null(frame);
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = width;
    frame->height = height;
    frame->colorspace = image_is_hd(width, height) ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    assert_true(av_frame_get_buffer(frame, 0) >= 0);
    return frame;
}

static void take_frame(struct image *i420, const AVFrame *frame) {
    assert_true(image_init(i420, frame->width, frame->height, PIXEL_I420));
    for (int p = 0; p < 3; p++) {
        struct image plane = image_plane(i420, p);
        image_copy(&plane, &(struct image){frame->data[p], plane.width, plane.height,
                                           frame->linesize[p], PIXEL_GREY8});
    }
}

static void convert(const struct image *bgrx, struct image *i420) {
    struct encode_convert to_yuv = {0};
    AVFrame *frame = frame_new(bgrx->width, bgrx->height);
    assert_true(encode_convert_convert(&to_yuv, bgrx, frame));
    take_frame(i420, frame);
    encode_convert_finish(&to_yuv);
    av_frame_free(&frame);
}

static void fill_smooth(struct image *bgrx) {
    for (int y = 0; y < bgrx->height; y++) {
        for (int x = 0; x < bgrx->width; x++) {
            uint8_t *pixel = bgrx->data + y * bgrx->stride + 4 * (ptrdiff_t)x;
            pixel[0] = (uint8_t)(255 * x / bgrx->width);
            pixel[1] = (uint8_t)(255 * y / bgrx->height);
            pixel[2] = (uint8_t)(255 - 255 * x / bgrx->width);
        }
    }
}

static int most_difference(const struct image *a, const struct image *b) {
    int most = 0;
    for (int p = 0; p < 3; p++) {
        struct image one = image_plane(a, p), other = image_plane(b, p);
        for (int y = 0; y < one.height; y++) {
            for (int x = 0; x < one.width; x++) {
                int d = abs(one.data[y * one.stride + x] - other.data[y * other.stride + x]);
                most = d > most ? d : most;
            }
        }
    }
    return most;
}

static double mean_difference(const struct image *a, const struct image *b) {
    double sum = 0;
    struct image one = image_plane(a, 0), other = image_plane(b, 0);
    for (int y = 0; y < one.height; y++) {
        for (int x = 0; x < one.width; x++) {
            sum += abs(one.data[y * one.stride + x] - other.data[y * other.stride + x]);
        }
    }
    return sum / one.width / one.height;
}

static void fill_layer(struct image *layer, struct box box, const uint8_t bgra[4]) {
    for (int y = (int)box.y; y < (int)(box.y + box.h); y++) {
        for (int x = (int)box.x; x < (int)(box.x + box.w); x++) {
            memcpy(layer->data + y * layer->stride + 4 * (ptrdiff_t)x, bgra, 4);
        }
    }
}

static void check_colour(int width, int height, const uint8_t bgra[4]) {
    struct image picture, layer, expected, i420;
    assert_true(image_init(&picture, width, height, PIXEL_BGRX32));
    assert_true(image_init(&layer, width, height, PIXEL_BGRX32));
    fill_smooth(&picture);
    convert(&picture, &i420);
    struct box all = {0, 0, (float)width, (float)height};
    fill_layer(&layer, all, bgra);
    fill_layer(&picture, all, bgra);
    convert(&picture, &expected);
    blend_layer(&i420, &layer);
    assert_in_range(most_difference(&i420, &expected), 0, 1);
    for (ptrdiff_t i = 0; i < layer.stride * height; i++) {
        assert_int_equal(layer.data[i], 0);
    }
    image_finish(&picture);
    image_finish(&layer);
    image_finish(&expected);
    image_finish(&i420);
}

static void test_opaque_colours_are_those_of_a_conversion(void **state) {
    (void)state;
    static const uint8_t colours[][4] = {
        {0, 0, 0, 255},   {255, 255, 255, 255}, {255, 0, 0, 255},   {0, 255, 0, 255},
        {0, 0, 255, 255}, {10, 200, 90, 255},   {178, 226, 84, 255}};
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        check_colour(64, 48, colours[i]);
        check_colour(1280, 16, colours[i]);
    }
}

static void test_half_transparent_is_half_way(void **state) {
    (void)state;
    struct image i420, layer;
    assert_true(image_init(&i420, 16, 16, PIXEL_I420));
    assert_true(image_init(&layer, 16, 16, PIXEL_BGRX32));
    struct image luma = image_plane(&i420, 0);
    memset(luma.data, 16, (size_t)(luma.stride * luma.height)); // black
    fill_layer(&layer, (struct box){0, 0, 16, 16}, (const uint8_t[]){128, 128, 128, 128});
    blend_layer(&i420, &layer);
    assert_in_range(luma.data[0], 16 + 219 / 2 - 1, 16 + 219 / 2 + 1);
    image_finish(&i420);
    image_finish(&layer);
}

static void test_what_is_not_drawn_on_stays(void **state) {
    (void)state;
    struct image i420, before, layer;
    assert_true(image_init(&i420, 64, 64, PIXEL_I420));
    assert_true(image_init(&before, 64, 64, PIXEL_I420));
    assert_true(image_init(&layer, 64, 64, PIXEL_BGRX32));
    for (int i = 0; i < 64 * 96; i++) {
        i420.data[i] = (uint8_t)(i * 37);
    }
    image_copy(&before, &i420);
    blend_layer(&i420, &layer);
    assert_int_equal(most_difference(&i420, &before), 0);
    fill_layer(&layer, (struct box){21, 11, 1, 1}, (const uint8_t[]){0, 0, 0, 255});
    blend_layer(&i420, &layer);
    assert_int_equal(i420.data[11 * i420.stride + 21], 16);
    i420.data[11 * i420.stride + 21] = before.data[11 * before.stride + 21];
    for (int p = 1; p < 3; p++) { // the block's colour is shared
        struct image plane = image_plane(&i420, p), old = image_plane(&before, p);
        plane.data[5 * plane.stride + 10] = old.data[5 * old.stride + 10];
    }
    assert_int_equal(most_difference(&i420, &before), 0);
    image_finish(&i420);
    image_finish(&before);
    image_finish(&layer);
}

static void test_overlay_looks_the_same_either_way(void **state) {
    (void)state;
    struct image picture, planes, expected;
    struct analysis analysis = {.n_faces = 1};
    analysis.faces[0] = (struct face_view){.id = 1,
                                           .box = {150, 60, 140, 140},
                                           .shown_score = 0.8f,
                                           .smiling = true,
                                           .seen = true,
                                           .age_s = 2};
    assert_true(image_init(&picture, 480, 320, PIXEL_BGRX32));
    fill_smooth(&picture);
    convert(&picture, &planes);
    struct frame_painter in_colour, in_planes;
    frame_painter_init(&in_colour, true, false);
    frame_painter_init(&in_planes, true, false);
    for (int i = 0; i < 2; i++) { // the second time over a layer that must be clear
        const struct image *painted = frame_painter_picture(&in_colour, &picture, &analysis);
        assert_non_null(painted);
        convert(painted, &expected);
        painted = frame_painter_picture(&in_planes, &planes, &analysis);
        assert_non_null(painted);
        assert_int_equal(painted->format, PIXEL_I420);
        assert_true(mean_difference(&expected, &planes) > 1); // something was drawn
        assert_true(mean_difference(painted, &expected) < 0.1);
        image_finish(&expected);
    }
    frame_painter_finish(&in_colour);
    frame_painter_finish(&in_planes);
    image_finish(&picture);
    image_finish(&planes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opaque_colours_are_those_of_a_conversion),
        cmocka_unit_test(test_half_transparent_is_half_way),
        cmocka_unit_test(test_what_is_not_drawn_on_stays),
        cmocka_unit_test(test_overlay_looks_the_same_either_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
