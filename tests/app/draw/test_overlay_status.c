// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/support/canvas.h"

#include <math.h>
#include <SDL_ttf.h>
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

static void draw_status(struct canvas *c, const struct overlay_view *view,
                        const struct overlay_status *status) {
    canvas_clear(c, GROUND);
    overlay_draw_status(c->overlay, view, status);
    SDL_RenderFlush(c->renderer);
}

// Nothing reaches the border, so nothing is cut off.
static void assert_border_untouched(const struct canvas *c) {
    SDL_Rect inside = {1, 1, c->surface->w - 2, c->surface->h - 2};
    canvas_assert_untouched_outside(c, inside);
}

static const SDL_Point sizes[] = {{320, 240}, {640, 480}, {1280, 720}, {1080, 1920}, {3840, 2160}};

static double linear(double c) {
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

// Relative luminance of a colour laid over white, as the Web Content Accessibility Guidelines 2.1
// define it.
static double luminance(SDL_Color c) {
    double a = c.a / 255.0;
    return 0.2126 * linear((c.r * a + 255 * (1 - a)) / 255) +
           0.7152 * linear((c.g * a + 255 * (1 - a)) / 255) +
           0.0722 * linear((c.b * a + 255 * (1 - a)) / 255);
}

static double contrast(SDL_Color a, SDL_Color b) {
    double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

// Even where the plate lies over white; marks need less than text.
static void test_text_stands_out(void **state) {
    (void)state;
    const SDL_Color texts[] = {ink, ink_dim, accent, quiet};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_true(contrast(texts[i], plate) >= 4.5);
    }
    assert_true(contrast(alarm_red, plate) >= 3);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) { // AAA asks for 7
        assert_true(contrast(palette_contrast(texts[i]), palette_contrast(plate)) >= 15);
    }
    const SDL_Color alone[] = {ink, ink_dim, quiet};
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) { // as an idle kiosk shows them
        assert_true(contrast(alone[i], ground) >= 4.5);
    }
}

static int count_colour(const struct canvas *c, SDL_Color wanted) {
    int n = 0;
    for (int y = 0; y < c->surface->h; y++) {
        for (int x = 0; x < c->surface->w; x++) {
            n += (canvas_pixel(c, x, y) & 0xffffff) ==
                 ((uint32_t)wanted.r << 16 | (uint32_t)wanted.g << 8 | wanted.b);
        }
    }
    return n;
}

// A smile of ten seconds in a minute, and what happens to it later.
static void test_strip_shows_the_last_minute(void **state) {
    (void)state;
    struct canvas c = canvas_make(640, 360);
    struct overlay_view view = {{0, 0, 640, 360}, 640, 360, false};
    struct smile_strip strip = {0};
    struct analysis *analysis = calloc(1, sizeof *analysis);
    assert_non_null(analysis);
    for (int i = 0; i < 60 * 25; i++) {
        analysis->n_faces = i >= 10 * 25;
        analysis->faces[0].smiling = i >= 20 * 25 && i < 30 * 25;
        analysis->faces[0].shown_score = analysis->faces[0].smiling ? 0.9f : 0.1f;
        smile_strip_add(&strip, i / 25.0, analysis);
    }
    int n_smiling = 0, n_present = 0;
    for (int i = 0; i < STRIP_BINS; i++) {
        n_smiling += smile_strip_at(&strip, i).smiling;
        n_present += smile_strip_at(&strip, i).present;
    }
    assert_int_equal(n_smiling, 10 * STRIP_BINS_PER_S);
    assert_int_equal(n_present, 50 * STRIP_BINS_PER_S);
    draw_status(&c, &view, &(struct overlay_status){.window.strip = &strip});
    assert_border_untouched(&c);
    int drawn = count_colour(&c, accent);
    assert_true(drawn > 500);
    overlay_set_look(c.overlay, (struct overlay_look){.high_contrast = true});
    draw_status(&c, &view, &(struct overlay_status){.window.strip = &strip});
    assert_true(count_colour(&c, palette_contrast(accent)) >= drawn);
    smile_strip_add(&strip, 100, analysis); // 40 s without a frame
    assert_int_equal(smile_strip_at(&strip, 0).smiling, 0);
    assert_true(smile_strip_at(&strip, 0).present);
    smile_strip_add(&strip, 3, analysis);
    assert_false(smile_strip_at(&strip, STRIP_BINS - 2).present);
    free(analysis);
    canvas_free(&c);
}

static void test_countdown_and_flash(void **state) {
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        static const SDL_Point targets[] = {
            {320, 240}, {640, 360}, {1280, 720}, {720, 1280}, {1920, 1080}};
        struct canvas c = canvas_make(targets[i].x, targets[i].y);
        struct overlay_view view = {{0, 0, targets[i].x, targets[i].y}, 1280, 720, false};
        struct overlay_status status = {.shutter.countdown = 3};
        draw_status(&c, &view, &status);
        assert_border_untouched(&c);
        int three = canvas_count_dark(&c);
        status.shutter.countdown = 0;
        draw_status(&c, &view, &status);
        assert_true(three > canvas_count_dark(&c) + 1000);
        SDL_RenderFlush(c.renderer);
        SDL_FillRect(c.surface, NULL, 0);
        overlay_draw_status(c.overlay, &view, &(struct overlay_status){.shutter.flash = 1});
        SDL_RenderFlush(c.renderer);
        assert_true((canvas_pixel(&c, 5, targets[i].y - 5) & 255) > 100);
        canvas_free(&c);
    }
}

static void test_status_is_never_cut_off(void **state) {
    (void)state;
    char lengthy[1000];
    for (size_t i = 0; i < sizeof lengthy; i++) {
        lengthy[i] = i % 9 == 8 ? ' ' : 'W';
    }
    lengthy[sizeof lengthy - 1] = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct canvas c = canvas_make(sizes[i].x, sizes[i].y);
        struct overlay_view view = {{0, 0, sizes[i].x, sizes[i].y}, 1280, 720, false};
        struct overlay_status status = {
            .recording = true,
            .paused = true,
            .window.stats = true,
            .recording_s = 359999,
            .n_smiles = 1234567,
            .stats.capture_hz = 29.97,
            .stats.analysis_hz = NAN,
            .stats.find_ms = INFINITY,
            .stats.age_ms = 1e300,
            .stats.dropped = 9223372036854775807,
            .stats.source = "a camera with a rather long name, 1920x1080 MJPG at 30 fps",
            .stats.model = "smile.onnx"};
        draw_status(&c, &view, &status);
        assert_border_untouched(&c);
        status.window.stats = false;
        status.message = lengthy;
        draw_status(&c, &view, &status);
        assert_border_untouched(&c);
        status.message =
            "/a/path/without/any/spaces/that/is/longer/than/a/small/window/is/wide/smile.png";
        draw_status(&c, &view, &status);
        assert_border_untouched(&c);
        canvas_free(&c);
    }
}

static void test_help_and_waiting_fit_everywhere(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct canvas c = canvas_make(sizes[i].x, sizes[i].y);
        struct overlay_view view = {{0, 0, sizes[i].x, sizes[i].y}, 1280, 720, false};
        draw_status(&c, &view, &(struct overlay_status){.window.help = true});
        uint32_t dimmed = canvas_pixel(&c, 0, 0);
        assert_true(dimmed != GROUND);
        for (int x = 0; x < sizes[i].x; x++) {
            assert_int_equal(canvas_pixel(&c, x, 0), dimmed);
            assert_int_equal(canvas_pixel(&c, x, sizes[i].y - 1), dimmed);
        }
        assert_true(canvas_count_dark(&c) > sizes[i].y * 20);
        overlay_draw_waiting(c.overlay, "waiting for the camera", 0);
        SDL_RenderFlush(c.renderer);
        uint32_t calm = canvas_pixel(&c, 0, 0);
        for (int y = 0; y < sizes[i].y; y++) {
            assert_int_equal(canvas_pixel(&c, 0, y), calm);
            assert_int_equal(canvas_pixel(&c, sizes[i].x - 1, y), calm);
        }
        canvas_free(&c);
    }
}

static void test_recording_mark_shows(void **state) {
    (void)state;
    struct canvas c = canvas_make(640, 480);
    struct overlay_view view = {{0, 0, 640, 480}, 640, 480, false};
    int red[2] = {0, 0};
    for (int on = 0; on < 2; on++) {
        draw_status(&c, &view, &(struct overlay_status){.recording = on, .recording_s = 12});
        for (int i = 0; i < 320 * 60; i++) {
            uint32_t p = canvas_pixel(&c, i % 320, i / 320);
            red[on] += (p >> 16) > 200 && (p >> 8 & 255) < 120;
        }
    }
    assert_int_equal(red[0], 0);
    assert_true(red[1] > 40);
    canvas_free(&c);
}

static void test_maps_are_explained(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct canvas c = canvas_make(sizes[i].x, sizes[i].y);
        struct overlay_view view = {{0, 0, sizes[i].x, sizes[i].y}, 640, 480, false};
        struct overlay_status status = {.n_smiles = 1};
        draw_status(&c, &view, &status);
        int without = canvas_count_dark(&c);
        status.maps = true;
        draw_status(&c, &view, &status);
        assert_true(canvas_count_dark(&c) > without);
        canvas_free(&c);
    }
}

static void test_kiosk_shows_the_countdown_and_messages(void **state) {
    (void)state;
    struct canvas c = canvas_make(1280, 720);
    struct overlay_status status = {.kiosk = {.on = true, .smiles_today = 3}};
    int dark[3];
    uint32_t below[3]; // the line, where the disc of the countdown reaches
    for (int i = 0; i < 3; i++) {
        status.shutter.countdown = i == 1 ? 3 : 0;
        status.message =
            i == 2 ? "a message that is longer than what stands there otherwise, by far" : NULL;
        canvas_clear(&c, GROUND);
        overlay_draw_kiosk(c.overlay, &status);
        SDL_RenderFlush(c.renderer);
        dark[i] = canvas_count_dark(&c);
        below[i] = canvas_pixel(&c, 640, 128);
        assert_border_untouched(&c);
    }
    assert_int_equal(below[0], GROUND);
    assert_true(below[1] != GROUND);
    assert_true(dark[2] > dark[0] + 1000);
    canvas_free(&c);
}

// ---- a screen that stands for months ----

enum scene { SCENE_IDLE, SCENE_BLIND, SCENE_LIVE, SCENE_WAITING, N_SCENES };

static void draw_scene(struct canvas *c, enum scene scene, double t) {
    struct overlay_kiosk kiosk = {.on = true, .smiles_today = 1234, .t = t};
    canvas_clear(c, 0);
    kiosk.blind = scene == SCENE_BLIND;
    if (scene == SCENE_IDLE || scene == SCENE_BLIND) {
        overlay_draw_idle(c->overlay, &kiosk);
    } else if (scene == SCENE_LIVE) {
        overlay_draw_kiosk(c->overlay, &(struct overlay_status){.kiosk = kiosk});
    } else {
        overlay_draw_waiting(c->overlay, "the camera is gone - waiting for it to come back", t);
    }
    SDL_RenderFlush(c->renderer);
}

static bool is_bright(uint32_t p) {
    return (p >> 16) + (p >> 8 & 255) + (p & 255) > 3 * 100;
}

// Of the times at which a pixel was looked at, how many it was bright; the worst pixel's.
static double worst_share(enum scene scene) {
    enum { WIDTH = 640, HEIGHT = 360, TIMES = 150 };
    struct canvas c = canvas_make(WIDTH, HEIGHT);
    int *bright = calloc(WIDTH * HEIGHT, sizeof *bright), worst = 0;
    assert_non_null(bright);
    for (int k = 0; k < TIMES; k++) {
        draw_scene(&c, scene, 1000 + 23.7 * k);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            bright[i] += is_bright(canvas_pixel(&c, i % WIDTH, i / WIDTH));
            worst = bright[i] > worst ? bright[i] : worst;
        }
    }
    free(bright);
    canvas_free(&c);
    return (double)worst / TIMES;
}

static void test_nothing_burns_in(void **state) {
    (void)state;
    for (enum scene scene = 0; scene < N_SCENES; scene++) {
        double share = worst_share(scene);
        assert_true(share > 0.1); // something is there
        assert_true(share < 0.67);
    }
}

// Nothing is cut off where the border is of one colour.
static void assert_edge_is_even(const struct canvas *c) {
    int w = c->surface->w, h = c->surface->h;
    uint32_t edge = canvas_pixel(c, 0, 0);
    for (int x = 0; x < w; x++) {
        assert_int_equal(canvas_pixel(c, x, 0), edge);
        assert_int_equal(canvas_pixel(c, x, h - 1), edge);
    }
    for (int y = 0; y < h; y++) {
        assert_int_equal(canvas_pixel(c, 0, y), edge);
        assert_int_equal(canvas_pixel(c, w - 1, y), edge);
    }
}

static void test_kiosk_scenes_fit_everywhere(void **state) {
    (void)state;
    static const SDL_Point panels[] = {
        {320, 240}, {800, 480}, {1080, 1920}, {1920, 1080}, {3840, 2160}};
    for (size_t i = 0; i < sizeof panels / sizeof *panels; i++) {
        struct canvas c = canvas_make(panels[i].x, panels[i].y);
        for (enum scene scene = 0; scene < N_SCENES; scene++) {
            for (int k = 0; k < 4; k++) {
                draw_scene(&c, scene, 19.0 * k);
                assert_edge_is_even(&c);
            }
        }
        canvas_free(&c);
    }
}

static void test_kiosk_invites_in_large_letters(void **state) {
    (void)state;
    struct canvas c = canvas_make(320, 240);
    overlay_draw_idle(c.overlay, &(struct overlay_kiosk){.on = true});
    SDL_RenderFlush(c.renderer);
    int n = 0; // rows with letters of the invitation
    for (int y = 120; y < 160; y++) {
        bool lit = false;
        for (int x = 0; x < 320; x++) {
            lit = lit || (canvas_pixel(&c, x, y) & 255) > 200;
        }
        n += lit;
    }
    assert_true(n > 14);
    canvas_free(&c);
}

// Of the place's own words and picture nothing is cut off either; outside the hours all is black.
static void test_kiosk_invites_with_own_words(void **state) {
    (void)state;
    static const SDL_Point panels[] = {{320, 240}, {1080, 1920}, {1920, 1080}};
    static const char *const words[] = {
        "Smile for the museum!",
        "Welcome to the open day of the museum of natural history. Stand here, look into the "
        "camera "
        "and show us your friendliest smile: at noon we tell how many there were"};
    for (size_t i = 0; i < 2 * sizeof panels / sizeof *panels; i++) {
        SDL_Point panel = panels[i / 2];
        struct canvas c = canvas_make(panel.x, panel.y);
        struct image picture;
        assert_true(image_init(&picture, i % 2 ? 900 : 30, 300, PIXEL_BGRX32));
        memset(picture.data, 0xf1, (size_t)picture.stride * 300);
        struct overlay_kiosk kiosk = {
            .on = true, .smiles_today = 12, .words = words[i % 2], .picture = &picture};
        overlay_draw_idle(c.overlay, &kiosk);
        SDL_RenderFlush(c.renderer);
        assert_edge_is_even(&c);
        assert_int_equal(canvas_pixel(&c, panel.x / 2, panel.y / 2 - 2) & 0xffffff, 0xf1f1f1);
        kiosk.closed = true;
        overlay_draw_idle(c.overlay, &kiosk);
        SDL_RenderFlush(c.renderer);
        for (int k = 0; k < panel.x * panel.y; k++) {
            assert_int_equal(canvas_pixel(&c, k % panel.x, k / panel.x), 0);
        }
        image_finish(&picture);
        canvas_free(&c);
    }
}

// Of the row's pixels that are lit, the first and the last; false without any.
static bool lit_in_row(const struct canvas *c, int y, int *left, int *right) {
    *left = -1;
    for (int x = 0; x < c->surface->w; x++) {
        if (is_bright(canvas_pixel(c, x, y))) {
            *left = *left < 0 ? x : *left;
            *right = x;
        }
    }
    return *left >= 0;
}

static void test_broken_lines_are_centred(void **state) {
    (void)state;
#if !SDL_TTF_VERSION_ATLEAST(2, 20, 0)
    skip();
#endif
    struct canvas c = canvas_make(300, 640);
    draw_scene(&c, SCENE_IDLE, 0); // when nothing has moved yet
    int widest = 0, narrowest = 300;
    for (int y = 560; y < 640;) { // the line about privacy, which is two here
        int first = 300, last = -1, left, right;
        for (; y < 640 && lit_in_row(&c, y, &left, &right); y++) {
            first = left < first ? left : first;
            last = right > last ? right : last;
        }
        if (last - first > 20) {
            assert_true(abs(first + last - 300) < 8);
            widest = last - first > widest ? last - first : widest;
            narrowest = last - first < narrowest ? last - first : narrowest;
        }
        y++;
    }
    assert_true(widest > narrowest + 15); // or they would look centred in any case
    canvas_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_stands_out),
        cmocka_unit_test(test_strip_shows_the_last_minute),
        cmocka_unit_test(test_countdown_and_flash),
        cmocka_unit_test(test_status_is_never_cut_off),
        cmocka_unit_test(test_help_and_waiting_fit_everywhere),
        cmocka_unit_test(test_recording_mark_shows),
        cmocka_unit_test(test_maps_are_explained),
        cmocka_unit_test(test_kiosk_shows_the_countdown_and_messages),
        cmocka_unit_test(test_nothing_burns_in),
        cmocka_unit_test(test_kiosk_scenes_fit_everywhere),
        cmocka_unit_test(test_kiosk_invites_in_large_letters),
        cmocka_unit_test(test_kiosk_invites_with_own_words),
        cmocka_unit_test(test_broken_lines_are_centred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
