// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/support/drawn_face.h"

#include "app/sources/demo/demo_face.h"
#include "vision/vision.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct image drawn_face(int width, int height) {
    struct image colour, grey;
    assert_true(image_init(&colour, width, height, PIXEL_BGRX32));
    assert_true(image_init(&grey, width, height, PIXEL_GREY8));
    demo_draw(&colour, 0.5);
    assert_true(picture_convert(&colour, &grey));
    image_finish(&colour);
    return grey;
}
