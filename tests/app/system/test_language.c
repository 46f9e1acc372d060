// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/i18n.h"
#include "core/base/log.h"
#include "app/draw/text.h"
#include "app/draw/text_fonts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SMILE_IN_CHINESE "\xe5\xbe\xae\xe7\xac\x91"

static void start_in(const char *locale, const char *language) {
    setenv("LC_ALL", locale, 1);
    setenv("LANGUAGE", language, 1);
    i18n_start();
}

// In a process of its own, since a language is for ever. Its exit code: 0 right, 77 skip.
static int status_of(int (*check)(void)) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(check());
    }
    int status = -1;
    assert_true(waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int check_chinese(void) {
    char number[8];
    start_in("C.UTF-8", "zh_CN");
    snprintf(number, sizeof number, "%.1f", 1.5);
    return strcmp(_("smile"), SMILE_IN_CHINESE) != 0 || strcmp(number, "1.5") != 0 ||
           strcmp(log_words("the source is back"), "the source is back") == 0;
}

static int check_english(void) {
    start_in("C", "zh_CN");
    bool plain = strcmp(_("smile"), "smile") == 0;
    start_in("C.UTF-8", "zh_CN");
    i18n_stay_english();
    return !plain || strcmp(_("smile"), "smile") != 0;
}

static void test_words_follow_the_locale(void **state) {
    (void)state;
    assert_int_equal(status_of(check_chinese), 0);
    assert_int_equal(status_of(check_english), 0);
}

// Of fonts, only DejaVu.
static int check_without_letters(void) {
    char path[] = "/tmp/smilecam-fonts-XXXXXX";
    int fd = mkstemp(path);
    dprintf(fd, "<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>");
    close(fd);
    setenv("FONTCONFIG_FILE", path, 1);
    start_in("C.UTF-8", "zh_CN");
    SDL_Surface *s = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_XRGB8888);
    struct text *text = text_create(SDL_CreateSoftwareRenderer(s));
    remove(path);
    return !text ? 77 : strcmp(_("smile"), "smile") != 0;
}

static void test_without_letters_it_is_english(void **state) {
    (void)state;
    int status = status_of(check_without_letters);
    if (status == 77) {
        skip(); // no DejaVu there
    }
    assert_int_equal(status, 0);
}

static void test_letters_come_from_another_font(void **state) {
    (void)state;
    struct fonts *fonts = fonts_create();
    assert_non_null(fonts);
    TTF_Font *usual = fonts_for(fonts, NULL, 20, false);
    assert_ptr_equal(fonts_for(fonts, "smile \xc3\xa4\n", 20, false), usual);
    assert_ptr_equal(fonts_for(fonts, "\xff\xfe\xc3", 20, false), usual); // no letters at all
    assert_true(fonts_can_show(fonts, "smile"));
    assert_false(fonts_can_show(fonts, "\xf4\x8f\xbf\xbd")); // nobody's letter
    bool chinese = fonts_can_show(fonts, SMILE_IN_CHINESE);
    if (chinese) {
        assert_ptr_not_equal(fonts_for(fonts, SMILE_IN_CHINESE, 20, false), usual);
    }
    fonts_destroy(fonts);
    if (!chinese) {
        skip(); // no font for it
    }
}

// Whatever the font, a line takes the same height, so that panels look alike in all languages.
static void test_lines_are_equally_high(void **state) {
    (void)state;
    SDL_Surface *s = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_XRGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(s);
    struct text *text = text_create(renderer);
    assert_non_null(text);
    struct text_style style = {.size = 20};
    SDL_Point latin = text_measure(text, "smile", style),
              chinese = text_measure(text, SMILE_IN_CHINESE, style),
              letters = text_measure_tabular(text, SMILE_IN_CHINESE, style);
    assert_int_equal(latin.y, chinese.y);
    assert_int_equal(latin.y, letters.y);
    assert_true(letters.x > 0 && letters.x <= chinese.x + 2);
    text_destroy(text);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_follow_the_locale),
        cmocka_unit_test(test_without_letters_it_is_english),
        cmocka_unit_test(test_letters_come_from_another_font),
        cmocka_unit_test(test_lines_are_equally_high),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
