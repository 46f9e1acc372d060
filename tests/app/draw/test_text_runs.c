// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/text.h"
#include "app/draw/text_runs.h"
#include "tests/support/canvas.h"

#include <SDL_ttf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// The runs as they stand, "<" before what runs from right to left, "|" between them.
static void expect(const char *words, const char *wanted) {
    struct text_run runs[TEXT_MAX_RUNS];
    char got[512] = "";
    int n = text_runs_split(words, strlen(words), runs);
    for (int i = 0; i < n; i++) {
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s%.*s", i > 0 ? "|" : "",
                 runs[i].rtl ? "<" : "", (int)runs[i].n, words + runs[i].begin);
    }
    assert_string_equal(got, wanted);
}

static void test_lines_are_split(void **state) {
    (void)state;
    expect("Camera 2, 640x480", "Camera 2, 640x480");
    expect("كاميرا", "<كاميرا");
    expect("saved كاميرا.png", "saved |<كاميرا|.png");
    expect("كاميرا 2", "2|<كاميرا ");
    expect("מצלמה HD 12.5", "HD 12.5|<מצלמה ");
    expect("A كاميرا 12.5 مكتب B", "A |< مكتب|12.5|<كاميرا | B");
    expect("كاميرا (HD), 30", "30|<), |HD|<كاميرا ("); // both brackets go with the line
    expect("", "");
    expect("\xff\xd9", "\xff\xd9"); // no UTF-8
}

static void test_scripts_are_named(void **state) {
    (void)state;
    struct text_run runs[TEXT_MAX_RUNS];
    const char *hebrew = "מצלמה", *arabic = "كاميرا";
    assert_int_equal(text_runs_split(hebrew, strlen(hebrew), runs), 1);
    assert_string_equal(runs[0].script, "Hebr");
    assert_int_equal(text_runs_split(arabic, strlen(arabic), runs), 1);
    assert_string_equal(runs[0].script, "Arab");
    assert_true(text_has_rtl("camera מצלמה"));
    assert_false(text_has_rtl("摄像头 Kamera Ж"));
}

// More runs than there is room for: the rest goes into the last.
static void test_many_runs(void **state) {
    (void)state;
    struct text_run runs[TEXT_MAX_RUNS];
    char words[400] = "";
    size_t bytes = 0;
    for (int i = 0; i < 60; i++) {
        strcat(words, i % 2 ? " a" : " \u05d0");
    }
    int n = text_runs_split(words, strlen(words), runs);
    assert_int_equal(n, TEXT_MAX_RUNS);
    for (int i = 0; i < n; i++) {
        bytes += runs[i].n;
    }
    assert_int_equal(bytes, strlen(words));
}

// Joined letters are narrower than letters apart, also where the line is broken.
static void test_letters_join(void **state) {
    (void)state;
#if SDL_TTF_VERSION_ATLEAST(2, 20, 0)
    static const char *const letters[] = {"م", "ك", "ت", "ب"};
    struct canvas c = canvas_make(320, 240);
    struct text *text = text_create(c.renderer);
    struct text_style style = {.size = 40, .colour = {255, 255, 255, 255}};
    int apart = 0, n_white = 0;
    for (int i = 0; i < 4; i++) {
        apart += text_measure(text, letters[i], style).x;
    }
    SDL_Point joined = text_measure(text, "مكتب", style);
    assert_true(joined.x > 0 && joined.x < apart * 9 / 10);
    style.wrap = joined.x * 3 / 2;
    SDL_Point broken = text_measure(text, "مكتب مكتب", style);
    assert_true(broken.x <= style.wrap && broken.y > joined.y * 3 / 2);
    text_draw(text, "مكتب مكتب", style, 0, 0);
    SDL_RenderFlush(c.renderer);
    for (int i = 0; i < broken.x * broken.y; i++) {
        n_white += (canvas_pixel(&c, i % broken.x, i / broken.x) & 0xffffff) == 0xffffff;
    }
    assert_true(n_white > 20);
    text_destroy(text);
    canvas_free(&c);
#else
    skip();
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_split),
        cmocka_unit_test(test_scripts_are_named),
        cmocka_unit_test(test_many_runs),
        cmocka_unit_test(test_letters_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
