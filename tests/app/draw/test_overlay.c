// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/support/canvas.h"

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

static void draw_faces(struct canvas *c, const struct overlay_view *view,
                       const struct analysis *a) {
    canvas_clear(c, GROUND);
    overlay_draw_faces(c->overlay, view, a);
    SDL_RenderFlush(c->renderer);
}

static struct face_view face_at(float x, float y, float w, float h) {
    return (struct face_view){.id = 1,
                              .box = {x, y, w, h},
                              .shown_score = 0.9f,
                              .smiling = true,
                              .seen = true,
                              .age_s = 1};
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
    assert_true(is_accent(canvas_pixel(&c, 100, 200))); // x: 200 / 2; y: 60 + 280 / 2
    assert_true(is_accent(canvas_pixel(&c, 219, 200)));
    assert_true(is_accent(canvas_pixel(&c, 160, 140)));
    assert_true(is_accent(canvas_pixel(&c, 160, 259)));
    assert_int_equal(canvas_pixel(&c, 160, 200), GROUND);
    assert_int_equal(canvas_pixel(&c, 100, 140), GROUND); // round corners
    free(a);
    canvas_free(&c);
}

static void test_mirrored_box_is_flipped(void **state) {
    (void)state;
    struct canvas c = canvas_make(640, 360);
    struct overlay_view view = {{0, 0, 640, 360}, 640, 360, true};
    struct analysis *a = one_face(face_at(100, 80, 120, 120));
    draw_faces(&c, &view, a);
    assert_true(is_accent(canvas_pixel(&c, 640 - 100 - 1, 140)));
    assert_true(is_accent(canvas_pixel(&c, 640 - 220, 140)));
    assert_int_equal(canvas_pixel(&c, 100, 140), GROUND);
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
        canvas_assert_untouched_outside(&c, view.picture);
        assert_true(canvas_count_dark(&c) > 300);
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
        canvas_assert_untouched_outside(&c, (SDL_Rect){0, 0, 0, 0});
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
        a->faces[0].shown_score = scores[i];
        a->faces[0].label = i & 1 ? "erstaunt \xc3\xa4\xc3\xb6" : i & 2 ? "" : "\xff\xfe";
        draw_faces(&c, &view, a);
        assert_true(canvas_count_dark(&c) > 300);
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
        a->faces[i].shown_score = (float)i / MAX_FACES;
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
    canvas_assert_untouched_outside(&c, view.picture);
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
    uint32_t strong = canvas_pixel(&c, 200, 200) >> 16;
    a->faces[0].seen = false;
    a->faces[0].unseen_s = 0.3;
    draw_faces(&c, &view, a);
    uint32_t faint = canvas_pixel(&c, 200, 200) >> 16;
    assert_true(faint > strong + 30); // nearer to the white ground
    free(a);
    canvas_free(&c);
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
        red[i] = canvas_pixel(&c, 200, 200) >> 16;
    }
    assert_int_equal(red[0], 255); // the ground
    assert_true(red[1] < red[0] && red[2] < red[1]);
    free(a);
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
    struct attention_map *map = &a->faces[0].map;
    *map = (struct attention_map){.width = 4,
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
        assert_true(is_greenish(canvas_pixel(&c, yes, 320)));
        assert_true(is_violet(canvas_pixel(&c, no, 320)));
        int left = mirrored ? 640 - 440 : 200;
        canvas_assert_untouched_outside(&c, (SDL_Rect){left - 1, 199, 242, 242});
    }
    a->faces[0].map.width = 0;
    SDL_FillRect(c.surface, NULL, GROUND);
    overlay_draw_maps(c.overlay, &(struct overlay_view){{0, 0, 640, 480}, 320, 240, false}, a);
    SDL_RenderFlush(c.renderer);
    canvas_assert_untouched_outside(&c, (SDL_Rect){0, 0, 0, 0});
    free(a);
    canvas_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_font_is_told),
        cmocka_unit_test(test_box_lies_on_the_face),
        cmocka_unit_test(test_map_lies_on_what_was_seen),
        cmocka_unit_test(test_mirrored_box_is_flipped),
        cmocka_unit_test(test_label_stays_in_the_picture),
        cmocka_unit_test(test_face_outside_or_impossible_draws_nothing),
        cmocka_unit_test(test_strange_scores_and_labels),
        cmocka_unit_test(test_crowd_is_drawn_the_same_each_time),
        cmocka_unit_test(test_unseen_face_is_fainter),
        cmocka_unit_test(test_entering_face_fades_in),
    };
    overlay_destroy(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
