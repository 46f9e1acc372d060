// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "../../app/overlay_parts.h"

#include <math.h>
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

#define GROUND 0xffffffu // white, so that every mark and plate shows

struct canvas {
    SDL_Surface *surface;
    SDL_Renderer *renderer;
    struct overlay *overlay;
};

static struct canvas canvas_make(int w, int h) {
    struct canvas c;
    c.surface = SDL_CreateRGBSurfaceWithFormat(0, w, h, 32, SDL_PIXELFORMAT_XRGB8888);
    assert_non_null(c.surface);
    SDL_FillRect(c.surface, NULL, GROUND);
    c.renderer = SDL_CreateSoftwareRenderer(c.surface);
    assert_non_null(c.renderer);
    c.overlay = overlay_create(c.renderer);
    assert_non_null(c.overlay);
    return c;
}

static void canvas_free(struct canvas *c) {
    overlay_destroy(c->overlay);
    SDL_DestroyRenderer(c->renderer);
    SDL_FreeSurface(c->surface);
}

static uint32_t pixel(const struct canvas *c, int x, int y) {
    const uint8_t *row = (const uint8_t *)c->surface->pixels + (ptrdiff_t)y * c->surface->pitch;
    return ((const uint32_t *)(const void *)row)[x] & 0xffffff;
}

static void draw_faces(struct canvas *c, const struct overlay_view *view,
                       const struct analysis *a) {
    SDL_RenderFlush(c->renderer);
    SDL_FillRect(c->surface, NULL, GROUND);
    overlay_draw_faces(c->overlay, view, a);
    SDL_RenderFlush(c->renderer);
}

static void draw_status(struct canvas *c, const struct overlay_view *view,
                        const struct overlay_status *status) {
    SDL_RenderFlush(c->renderer);
    SDL_FillRect(c->surface, NULL, GROUND);
    overlay_draw_status(c->overlay, view, status);
    SDL_RenderFlush(c->renderer);
}

// Pixels that a plate darkened.
static int count_dark(const struct canvas *c) {
    int n = 0;
    for (int y = 0; y < c->surface->h; y++) {
        for (int x = 0; x < c->surface->w; x++) {
            uint32_t p = pixel(c, x, y);
            n += (p >> 16) < 90 && (p >> 8 & 255) < 90 && (p & 255) < 90;
        }
    }
    return n;
}

static void assert_untouched_outside(const struct canvas *c, SDL_Rect inside) {
    for (int y = 0; y < c->surface->h; y++) {
        for (int x = 0; x < c->surface->w; x++) {
            if (!SDL_PointInRect(&(SDL_Point){x, y}, &inside)) {
                assert_int_equal(pixel(c, x, y), GROUND);
            }
        }
    }
}

static struct face_view face_at(float x, float y, float w, float h) {
    return (struct face_view){
        .id = 1, .box = {x, y, w, h}, .score = 0.9f, .smiling = true, .seen = true, .age_s = 1};
}

static struct analysis *one_face(struct face_view face) {
    struct analysis *a = calloc(1, sizeof *a);
    assert_non_null(a);
    a->n_faces = 1;
    a->faces[0] = face;
    return a;
}

// Green prevails on the outline of a smiling face.
static bool is_accent(uint32_t p) {
    int r = (int)(p >> 16), g = (int)(p >> 8 & 255), b = (int)(p & 255);
    return g > 200 && r < 120 && b < 200;
}

static void test_box_lies_on_the_face(void **state) {
    (void)state;
    struct canvas c = canvas_make(640, 480);
    struct overlay_view view = {{0, 60, 640, 360}, 1280, 720, false};
    struct analysis *a = one_face(face_at(200, 160, 240, 240));
    draw_faces(&c, &view, a);
    assert_true(is_accent(pixel(&c, 100, 200))); // x: 200 / 2; y: 60 + 280 / 2
    assert_true(is_accent(pixel(&c, 219, 200)));
    assert_true(is_accent(pixel(&c, 160, 140)));
    assert_true(is_accent(pixel(&c, 160, 259)));
    assert_int_equal(pixel(&c, 160, 200), GROUND);
    assert_int_equal(pixel(&c, 100, 140), GROUND); // round corners
    free(a);
    canvas_free(&c);
}

static void test_mirrored_box_is_flipped(void **state) {
    (void)state;
    struct canvas c = canvas_make(640, 360);
    struct overlay_view view = {{0, 0, 640, 360}, 640, 360, true};
    struct analysis *a = one_face(face_at(100, 80, 120, 120));
    draw_faces(&c, &view, a);
    assert_true(is_accent(pixel(&c, 640 - 100 - 1, 140)));
    assert_true(is_accent(pixel(&c, 640 - 220, 140)));
    assert_int_equal(pixel(&c, 100, 140), GROUND);
    free(a);
    canvas_free(&c);
}

static void test_label_stays_in_the_picture(void **state) {
    (void)state;
    static const float boxes[][4] = {
        {-20, -20, 120, 120}, {540, -20, 120, 120}, {-20, 340, 120, 120}, {540, 340, 120, 120},
        {-50, -50, 740, 460}, {0, 0, 640, 360},     {600, 320, 30, 30},   {-9000, 100, 20000, 60}};
    struct canvas c = canvas_make(800, 600);
    struct overlay_view view = {{80, 120, 640, 360}, 640, 360, false};
    for (size_t i = 0; i < 2 * (sizeof boxes / sizeof *boxes); i++) {
        const float *b = boxes[i / 2];
        view.mirrored = i & 1;
        struct analysis *a = one_face(face_at(b[0], b[1], b[2], b[3]));
        draw_faces(&c, &view, a);
        assert_untouched_outside(&c, view.picture);
        assert_true(count_dark(&c) > 300);
        free(a);
    }
    canvas_free(&c);
}

static void test_face_outside_or_impossible_draws_nothing(void **state) {
    (void)state;
    const float none = NAN, far = INFINITY;
    const struct face_view faces[] = {
        face_at(-300, 10, 200, 200), face_at(700, 10, 100, 100),
        face_at(none, 10, 100, 100), face_at(10, 10, none, 100),
        face_at(-far, -far, far, 9), face_at(10, 10, -50, 50),
        face_at(10, 10, 0, 0),       face_at(1e30f, 1e30f, 1e30f, 1e30f)};
    struct canvas c = canvas_make(640, 480);
    struct overlay_view view = {{0, 0, 640, 480}, 640, 480, false};
    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
        struct analysis *a = one_face(faces[i]);
        draw_faces(&c, &view, a);
        assert_untouched_outside(&c, (SDL_Rect){0, 0, 0, 0});
        free(a);
    }
    canvas_free(&c);
}

static void test_strange_scores_and_labels(void **state) {
    (void)state;
    static const float scores[] = {NAN, INFINITY, -INFINITY, -3, 7, 0, 1, 1e-9f};
    struct canvas c = canvas_make(640, 480);
    struct overlay_view view = {{0, 0, 640, 480}, 640, 480, false};
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
        struct analysis *a = one_face(face_at(200, 100, 200, 200));
        a->faces[0].score = scores[i];
        a->faces[0].label = i & 1 ? "erstaunt \xc3\xa4\xc3\xb6" : i & 2 ? "" : "\xff\xfe";
        draw_faces(&c, &view, a);
        assert_true(count_dark(&c) > 300);
        free(a);
    }
    canvas_free(&c);
}

static struct analysis *crowd(int width, int height) {
    struct analysis *a = calloc(1, sizeof *a);
    assert_non_null(a);
    a->n_faces = MAX_FACES;
    for (int i = 0; i < MAX_FACES; i++) {
        float x = (float)(i % 8 * width / 8), y = (float)(i / 8 * height / 4);
        a->faces[i] = face_at(x + 4, y + 8, (float)width / 11, (float)width / 11);
        a->faces[i].score = (float)i / MAX_FACES;
        a->faces[i].smiling = i & 1;
        a->faces[i].seen = i % 5 != 0;
    }
    return a;
}

static void test_crowd_is_drawn_the_same_each_time(void **state) {
    (void)state;
    struct canvas c = canvas_make(700, 500);
    struct overlay_view view = {{30, 70, 640, 360}, 1280, 720, false};
    struct analysis *a = crowd(1280, 720);
    draw_faces(&c, &view, a);
    assert_untouched_outside(&c, view.picture);
    size_t n = (size_t)c.surface->pitch * 500;
    uint8_t *first = malloc(n);
    assert_non_null(first);
    memcpy(first, c.surface->pixels, n);
    for (int i = 0; i < 5; i++) {
        draw_faces(&c, &view, a);
        assert_memory_equal(first, c.surface->pixels, n);
    }
    free(first);
    free(a);
    canvas_free(&c);
}

static void test_unseen_face_is_fainter(void **state) {
    (void)state;
    struct canvas c = canvas_make(640, 480);
    struct overlay_view view = {{0, 0, 640, 480}, 640, 480, false};
    struct analysis *a = one_face(face_at(200, 100, 200, 200));
    draw_faces(&c, &view, a);
    uint32_t strong = pixel(&c, 200, 200) >> 16;
    a->faces[0].seen = false;
    a->faces[0].unseen_s = 0.3;
    draw_faces(&c, &view, a);
    uint32_t faint = pixel(&c, 200, 200) >> 16;
    assert_true(faint > strong + 30); // nearer to the white ground
    free(a);
    canvas_free(&c);
}

// Nothing reaches the border, so nothing is cut off.
static void assert_border_untouched(const struct canvas *c) {
    SDL_Rect inside = {1, 1, c->surface->w - 2, c->surface->h - 2};
    assert_untouched_outside(c, inside);
}

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
}

static void test_entering_face_fades_in(void **state) {
    (void)state;
    struct canvas c = canvas_make(640, 480);
    struct overlay_view view = {{0, 0, 640, 480}, 640, 480, false};
    struct analysis *a = one_face(face_at(200, 100, 200, 200));
    uint32_t red[3];
    for (int i = 0; i < 3; i++) {
        a->faces[0].age_s = 0.1 * i;
        draw_faces(&c, &view, a);
        red[i] = pixel(&c, 200, 200) >> 16;
    }
    assert_int_equal(red[0], 255); // the ground
    assert_true(red[1] < red[0] && red[2] < red[1]);
    free(a);
    canvas_free(&c);
}

static void test_countdown_and_flash(void **state) {
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        static const SDL_Point targets[] = {
            {320, 240}, {640, 360}, {1280, 720}, {720, 1280}, {1920, 1080}};
        struct canvas c = canvas_make(targets[i].x, targets[i].y);
        struct overlay_view view = {{0, 0, targets[i].x, targets[i].y}, 1280, 720, false};
        struct overlay_status status = {.countdown = 3};
        draw_status(&c, &view, &status);
        assert_border_untouched(&c);
        int three = count_dark(&c);
        status.countdown = 0;
        draw_status(&c, &view, &status);
        assert_true(three > count_dark(&c) + 1000);
        SDL_RenderFlush(c.renderer);
        SDL_FillRect(c.surface, NULL, 0);
        overlay_draw_status(c.overlay, &view, &(struct overlay_status){.flash = 1});
        SDL_RenderFlush(c.renderer);
        assert_true((pixel(&c, 5, targets[i].y - 5) & 255) > 100);
        canvas_free(&c);
    }
}

static const SDL_Point sizes[] = {{320, 240}, {640, 480}, {1280, 720}, {1080, 1920}, {3840, 2160}};

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
            .figures = true,
            .recording_s = 359999,
            .n_smiles = 1234567,
            .capture_hz = 29.97,
            .analysis_hz = NAN,
            .find_ms = INFINITY,
            .age_ms = 1e300,
            .dropped = 9223372036854775807,
            .source = "a camera with a rather long name, 1920x1080 MJPG at 30 fps",
            .model = "smile.onnx"};
        draw_status(&c, &view, &status);
        assert_border_untouched(&c);
        status.figures = false;
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
        draw_status(&c, &view, &(struct overlay_status){.help = true});
        uint32_t dimmed = pixel(&c, 0, 0);
        assert_true(dimmed != GROUND);
        for (int x = 0; x < sizes[i].x; x++) {
            assert_int_equal(pixel(&c, x, 0), dimmed);
            assert_int_equal(pixel(&c, x, sizes[i].y - 1), dimmed);
        }
        assert_true(count_dark(&c) > sizes[i].y * 20);
        overlay_draw_waiting(c.overlay, "waiting for the camera");
        SDL_RenderFlush(c.renderer);
        uint32_t calm = pixel(&c, 0, 0);
        for (int y = 0; y < sizes[i].y; y++) {
            assert_int_equal(pixel(&c, 0, y), calm);
            assert_int_equal(pixel(&c, sizes[i].x - 1, y), calm);
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
            uint32_t p = pixel(&c, i % 320, i / 320);
            red[on] += (p >> 16) > 200 && (p >> 8 & 255) < 120;
        }
    }
    assert_int_equal(red[0], 0);
    assert_true(red[1] > 40);
    canvas_free(&c);
}

// In a process of its own, since fontconfig reads its settings once.
static void test_no_font_is_told(void **state) {
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char folder[] = "/tmp/smilecam-fonts-XXXXXX", path[64];
        int wrong = !mkdtemp(folder);
        snprintf(path, sizeof path, "%s/fonts.conf", folder);
        FILE *f = fopen(path, "w");
        wrong |=
            !f || fprintf(f, "<fontconfig><dir>%s</dir></fontconfig>", folder) < 0 || fclose(f);
        setenv("FONTCONFIG_FILE", path, 1);
        SDL_Surface *s = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_XRGB8888);
        SDL_Renderer *r = SDL_CreateSoftwareRenderer(s);
        wrong |= overlay_create(r) != NULL;
        remove(path);
        rmdir(folder);
        _exit(wrong);
    }
    int status = -1;
    assert_true(waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
}

// A map whose left half says yes and whose right half says no, over the square in the middle.
static struct analysis *two_sides(void) {
    struct analysis *a = one_face(face_at(100, 100, 120, 120));
    struct face_map *map = &a->faces[0].map;
    *map = (struct face_map){.width = 4,
                             .height = 4,
                             .corners = {{100, 100}, {220, 100}, {220, 220}, {100, 220}},
                             .x = 0.125f,
                             .y = 0.125f,
                             .step_x = 0.25f,
                             .step_y = 0.25f};
    for (int k = 0; k < 16; k++) {
        map->cells[k] = k % 4 < 2 ? 8 : -8;
    }
    return a;
}

static bool is_violet(uint32_t p) {
    int r = (int)(p >> 16), g = (int)(p >> 8 & 255), b = (int)(p & 255);
    return b > r + 20 && r > g;
}

static bool is_greenish(uint32_t p) {
    int r = (int)(p >> 16), g = (int)(p >> 8 & 255), b = (int)(p & 255);
    return g > r + 20 && g > b;
}

static void test_map_lies_on_what_was_seen(void **state) {
    (void)state;
    struct canvas c = canvas_make(640, 480);
    struct analysis *a = two_sides();
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        struct overlay_view view = {{0, 0, 640, 480}, 320, 240, mirrored};
        SDL_FillRect(c.surface, NULL, GROUND);
        overlay_draw_maps(c.overlay, &view, a);
        SDL_RenderFlush(c.renderer);
        int yes = mirrored ? 640 - 250 : 250, no = mirrored ? 640 - 390 : 390;
        assert_true(is_greenish(pixel(&c, yes, 320)));
        assert_true(is_violet(pixel(&c, no, 320)));
        int left = mirrored ? 640 - 440 : 200;
        assert_untouched_outside(&c, (SDL_Rect){left - 1, 199, 242, 242});
    }
    a->faces[0].map.width = 0;
    SDL_FillRect(c.surface, NULL, GROUND);
    overlay_draw_maps(c.overlay, &(struct overlay_view){{0, 0, 640, 480}, 320, 240, false}, a);
    SDL_RenderFlush(c.renderer);
    assert_untouched_outside(&c, (SDL_Rect){0, 0, 0, 0});
    free(a);
    canvas_free(&c);
}

static void test_maps_are_explained(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct canvas c = canvas_make(sizes[i].x, sizes[i].y);
        struct overlay_view view = {{0, 0, sizes[i].x, sizes[i].y}, 640, 480, false};
        struct overlay_status status = {.n_smiles = 1};
        draw_status(&c, &view, &status);
        int without = count_dark(&c);
        status.maps = true;
        draw_status(&c, &view, &status);
        assert_true(count_dark(&c) > without);
        canvas_free(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_font_is_told),
        cmocka_unit_test(test_box_lies_on_the_face),
        cmocka_unit_test(test_map_lies_on_what_was_seen),
        cmocka_unit_test(test_maps_are_explained),
        cmocka_unit_test(test_mirrored_box_is_flipped),
        cmocka_unit_test(test_label_stays_in_the_picture),
        cmocka_unit_test(test_face_outside_or_impossible_draws_nothing),
        cmocka_unit_test(test_strange_scores_and_labels),
        cmocka_unit_test(test_crowd_is_drawn_the_same_each_time),
        cmocka_unit_test(test_unseen_face_is_fainter),
        cmocka_unit_test(test_status_is_never_cut_off),
        cmocka_unit_test(test_help_and_waiting_fit_everywhere),
        cmocka_unit_test(test_recording_mark_shows),
        cmocka_unit_test(test_text_stands_out),
        cmocka_unit_test(test_entering_face_fades_in),
        cmocka_unit_test(test_countdown_and_flash),
    };
    overlay_destroy(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
