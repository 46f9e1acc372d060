// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/window/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RED 0xe01010u
#define BLUE 0x1010e0u

static struct window *window_make(bool mirrored) {
    struct window *window =
        window_create(&(struct window_options){.width = 640, .height = 480, .mirrored = mirrored});
    assert_non_null(window);
    return window;
}

// Left half red, right half blue.
static struct frame frame_make(int w, int h) {
    struct frame frame = {0};
    assert_true(image_init(&frame.picture, w, h, PIXEL_BGRX32));
    for (int y = 0; y < h; y++) {
        uint32_t *row = (uint32_t *)(void *)(frame.picture.data + y * frame.picture.stride);
        for (int x = 0; x < w; x++) {
            row[x] = x < w / 2 ? RED : BLUE;
        }
    }
    return frame;
}

static uint32_t pixel(const struct image *image, int x, int y) {
    return ((const uint32_t *)(const void *)(image->data + y * image->stride))[x] & 0xffffff;
}

static void show(struct window *window, const struct frame *frame) {
    struct analysis *analysis = calloc(1, sizeof *analysis);
    assert_non_null(analysis);
    window_show(window, frame, analysis,
                &(struct overlay_status){.stats = {.source = "test", .model = "none"}});
    free(analysis);
}

static void press(SDL_Keycode key, Uint16 mod, Uint8 repeat) {
    SDL_Event event = {.key = {.type = SDL_KEYDOWN, .state = SDL_PRESSED, .repeat = repeat}};
    event.key.keysym.sym = key;
    event.key.keysym.mod = mod;
    assert_int_equal(SDL_PushEvent(&event), 1);
}

static struct window_requests poll_after(struct window *window, SDL_Keycode key) {
    struct window_requests requests;
    press(key, 0, 0);
    window_poll(window, &requests);
    return requests;
}

static void test_keys_become_requests(void **state) {
    (void)state;
    struct window *window = window_make(false);
    struct window_requests none;
    window_poll(window, &none);
    assert_false(none.quit || none.snapshot || none.toggle_record || none.toggle_pause ||
                 none.next_camera);
    assert_true(poll_after(window, SDLK_s).snapshot);
    assert_true(poll_after(window, SDLK_r).toggle_record);
    assert_true(poll_after(window, SDLK_t).toggle_timer);
    assert_true(poll_after(window, SDLK_SPACE).toggle_pause);
    assert_true(poll_after(window, SDLK_n).next_camera);
    assert_true(poll_after(window, SDLK_TAB).next_camera);
    assert_true(poll_after(window, SDLK_q).quit);
    assert_true(poll_after(window, SDLK_ESCAPE).quit);
    assert_false(poll_after(window, SDLK_z).quit);
    press(SDLK_r, 0, 1); // a key held down
    press(SDLK_TAB, KMOD_LALT, 0);
    window_poll(window, &none);
    assert_false(none.toggle_record || none.next_camera);
    window_destroy(window);
}

static void test_arrows_move(void **state) {
    (void)state;
    struct window *window = window_make(false);
    struct window_requests moves;
    press(SDLK_RIGHT, 0, 0);
    press(SDLK_RIGHT, 0, 1); // held down
    press(SDLK_RIGHT, 0, 1);
    press(SDLK_LEFT, 0, 0);
    press(SDLK_UP, 0, 0);
    press(SDLK_PERIOD, 0, 0);
    press(SDLK_e, 0, 0);
    press(SDLK_COMMA, 0, 0);
    window_poll(window, &moves);
    assert_int_equal(moves.right, 2);
    assert_int_equal(moves.down, -1);
    assert_int_equal(moves.frames, 1);
    press(SDLK_COMMA, KMOD_LSHIFT, 0); // the help, on a French keyboard
    window_poll(window, &moves);
    assert_int_equal(moves.frames, 0);
    window_destroy(window);
}

static void test_a_file_is_dropped(void **state) {
    (void)state;
    struct window *window = window_make(false);
    struct window_requests requests;
    SDL_Event drop = {.drop = {.type = SDL_DROPFILE, .file = SDL_strdup("/tmp/a film.mkv")}};
    SDL_PushEvent(&drop);
    window_poll(window, &requests);
    assert_string_equal(requests.dropped, "/tmp/a film.mkv");
    window_poll(window, &requests);
    assert_null(requests.dropped);
    window_destroy(window);
}

static void test_escape_closes_the_menu_first(void **state) {
    (void)state;
    struct window *window = window_make(false);
    struct frame frame = frame_make(640, 480);
    struct overlay_menu menu = {"Camera", {{"Front", ""}}, 1, 0};
    window_show(window, &frame, NULL, &(struct overlay_status){.menu = &menu});
    struct window_requests requests = poll_after(window, SDLK_ESCAPE);
    assert_true(requests.toggle_menu && !requests.quit);
    press(SDLK_ESCAPE, 0, 0); // twice between two pictures
    requests = poll_after(window, SDLK_ESCAPE);
    assert_true(requests.toggle_menu && requests.quit);
    window_show(window, &frame, NULL, &(struct overlay_status){.menu = NULL});
    press(SDLK_c, 0, 0);
    requests = poll_after(window, SDLK_ESCAPE);
    assert_false(requests.toggle_menu || requests.quit);
    assert_true(poll_after(window, SDLK_c).toggle_menu);
    assert_true(poll_after(window, SDLK_RETURN).enter);
    assert_true(poll_after(window, SDLK_ESCAPE).quit);
    image_finish(&frame.picture);
    window_destroy(window);
}

static void test_maps_are_a_stroke(void **state) {
    (void)state;
    struct window *window = window_make(false);
    struct window_requests requests;
    window_poll(window, &requests);
    assert_false(requests.toggle_maps);
    assert_true(poll_after(window, SDLK_x).toggle_maps);
    assert_false(poll_after(window, SDLK_z).toggle_maps);
    assert_true(poll_after(window, SDLK_x).toggle_maps);
    window_destroy(window);
}

static void test_escape_leaves_full_screen_first(void **state) {
    (void)state;
    struct window *window = window_make(false);
    assert_false(poll_after(window, SDLK_F11).quit);
    assert_false(poll_after(window, SDLK_ESCAPE).quit);
    assert_false(poll_after(window, SDLK_f).quit);
    assert_false(poll_after(window, SDLK_F1).quit);
    assert_false(poll_after(window, SDLK_ESCAPE).quit); // closes the help
    assert_false(poll_after(window, SDLK_ESCAPE).quit);
    assert_true(poll_after(window, SDLK_ESCAPE).quit);
    window_destroy(window);
}

static void test_closing_and_double_click(void **state) {
    (void)state;
    struct window *window = window_make(false);
    struct window_requests requests;
    SDL_Event click = {
        .button = {.type = SDL_MOUSEBUTTONDOWN, .button = SDL_BUTTON_LEFT, .clicks = 2}};
    SDL_PushEvent(&click);
    window_poll(window, &requests);
    assert_false(requests.quit);
    assert_false(poll_after(window, SDLK_ESCAPE).quit);
    SDL_Event close = {.window = {.type = SDL_WINDOWEVENT, .event = SDL_WINDOWEVENT_CLOSE}};
    SDL_PushEvent(&close);
    window_poll(window, &requests);
    assert_true(requests.quit);
    window_destroy(window);
}

static void test_snapshot_is_what_is_shown(void **state) {
    (void)state;
    struct window *window = window_make(false);
    struct frame frame = frame_make(640, 480);
    struct image shot;
    show(window, &frame);
    assert_true(window_snapshot(window, &shot));
    assert_int_equal(shot.width, 640);
    assert_int_equal(shot.height, 480);
    assert_int_equal(pixel(&shot, 10, 240), RED);
    assert_int_equal(pixel(&shot, 630, 240), BLUE);
    image_finish(&shot);
    poll_after(window, SDLK_m);
    show(window, &frame);
    assert_true(window_snapshot(window, &shot));
    assert_int_equal(pixel(&shot, 10, 240), BLUE);
    assert_int_equal(pixel(&shot, 630, 240), RED);
    image_finish(&shot);
    image_finish(&frame.picture);
    window_destroy(window);
}

static void test_other_shapes_are_letterboxed(void **state) {
    (void)state;
    struct window *window = window_make(true);
    struct frame wide = frame_make(400, 100), tall = frame_make(100, 400);
    struct image shot;
    show(window, &wide);
    assert_true(window_snapshot(window, &shot));
    assert_int_equal(pixel(&shot, 320, 470), 0);
    assert_int_equal(pixel(&shot, 10, 240), BLUE); // mirrored
    image_finish(&shot);
    show(window, &tall);
    assert_true(window_snapshot(window, &shot));
    assert_int_equal(pixel(&shot, 10, 240), 0);
    assert_int_equal(pixel(&shot, 365, 240), RED);
    image_finish(&shot);
    image_finish(&wide.picture);
    image_finish(&tall.picture);
    window_destroy(window);
}

// What is on the glass, not what is seen upright.
static uint32_t screen_pixel(int x, int y) {
    SDL_Window *glass = NULL;
    for (Uint32 id = 1; id < 1000 && !glass; id++) {
        glass = SDL_GetWindowFromID(id);
    }
    assert_non_null(glass);
    uint32_t p = 0;
    assert_int_equal(SDL_RenderReadPixels(SDL_GetRenderer(glass), &(SDL_Rect){x, y, 1, 1},
                                          SDL_PIXELFORMAT_XRGB8888, &p, sizeof p),
                     0);
    return p & 0xffffff;
}

static void test_a_screen_on_its_side(void **state) {
    (void)state;
    static const struct {
        int degrees;
        SDL_Point red, blue; // on the glass
    } turns[] = {{0, {10, 240}, {630, 240}},
                 {90, {240, 10}, {240, 630}},
                 {180, {630, 240}, {10, 240}},
                 {270, {240, 630}, {240, 10}}};
    struct frame frame = frame_make(640, 480);
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        struct image shot;
        struct window *window = window_create(
            &(struct window_options){.width = 640, .height = 480, .rotation = turns[i].degrees});
        assert_non_null(window);
        show(window, &frame);
        assert_int_equal(screen_pixel(turns[i].red.x, turns[i].red.y), RED);
        assert_int_equal(screen_pixel(turns[i].blue.x, turns[i].blue.y), BLUE);
        assert_true(window_snapshot(window, &shot)); // upright
        assert_int_equal(shot.width, 640);
        assert_int_equal(pixel(&shot, 10, 240), RED);
        image_finish(&shot);
        window_destroy(window);
    }
    image_finish(&frame.picture);
}

static bool is_of_a_smile(uint32_t p) {
    uint32_t r = p >> 16, g = p >> 8 & 255, b = p & 255;
    return g > 180 && r < 130 && b > 130 && b < 210;
}

static void test_a_kiosk_writes_over_boxes(void **state) {
    (void)state;
    struct window *window = window_make(false);
    struct frame frame = frame_make(640, 480);
    struct analysis *analysis = calloc(1, sizeof *analysis);
    struct image shown;
    assert_non_null(analysis);
    analysis->n_faces = 1;
    analysis->faces[0] = (struct face_view){
        .box = {280, 300, 80, 150}, .shown_score = 1, .smiling = true, .age_s = 9};
    window_show(window, &frame, analysis,
                &(struct overlay_status){.kiosk = {.on = true, .smiles_today = 1}});
    assert_true(window_snapshot(window, &shown));
    int n_beside = 0;
    for (int x = 270; x < 370; x++) {
        for (int y = 435; y < 452; y++) { // the lowest line, where the box ends
            assert_false(is_of_a_smile(pixel(&shown, x, y)));
        }
        n_beside += is_of_a_smile(pixel(&shown, x, 400));
    }
    assert_true(n_beside > 0);
    image_finish(&shown);
    image_finish(&frame.picture);
    free(analysis);
    window_destroy(window);
}

static void test_waits_without_a_picture(void **state) {
    (void)state;
    struct window *window = window_make(true);
    struct image shot;
    window_show(window, NULL, NULL, &(struct overlay_status){.message = "the camera is gone"});
    assert_true(window_snapshot(window, &shot));
    assert_true(pixel(&shot, 5, 5) != 0);
    image_finish(&shot);
    poll_after(window, SDLK_h);
    window_show(window, NULL, NULL, &(struct overlay_status){.n_smiles = 0});
    window_destroy(window);
}

static void test_large_picture_gets_a_window_that_fits(void **state) {
    (void)state;
    struct window *window = window_create(&(struct window_options){.width = 7680, .height = 4320});
    assert_non_null(window);
    struct image shot;
    window_show(window, NULL, NULL, &(struct overlay_status){.n_smiles = 0});
    assert_true(window_snapshot(window, &shot));
    SDL_Rect screen;
    assert_int_equal(SDL_GetDisplayBounds(0, &screen), 0);
    assert_true(shot.width <= screen.w && shot.height <= screen.h);
    image_finish(&shot);
    window_destroy(window);
}

static void test_nothing_is_left_behind(void **state) {
    (void)state;
    assert_true(window_possible()); // SDL_VIDEODRIVER=dummy, as asked for
    assert_int_equal(SDL_WasInit(SDL_INIT_VIDEO), 0);
    window_destroy(window_make(false));
    assert_int_equal(SDL_WasInit(SDL_INIT_VIDEO), 0);
    window_destroy(NULL);
}

static void test_without_a_display_there_is_none(void **state) {
    (void)state;
    setenv("SDL_VIDEODRIVER", "x11", 1);
    unsetenv("DISPLAY");
    assert_false(window_possible());
    assert_null(window_create(&(struct window_options){.width = 64, .height = 64}));
    setenv("SDL_VIDEODRIVER", "dummy", 1);
}

int main(void) {
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    setenv("SDL_RENDER_DRIVER", "software", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_become_requests),
        cmocka_unit_test(test_arrows_move),
        cmocka_unit_test(test_a_file_is_dropped),
        cmocka_unit_test(test_escape_closes_the_menu_first),
        cmocka_unit_test(test_maps_are_a_stroke),
        cmocka_unit_test(test_escape_leaves_full_screen_first),
        cmocka_unit_test(test_closing_and_double_click),
        cmocka_unit_test(test_snapshot_is_what_is_shown),
        cmocka_unit_test(test_other_shapes_are_letterboxed),
        cmocka_unit_test(test_a_screen_on_its_side),
        cmocka_unit_test(test_a_kiosk_writes_over_boxes),
        cmocka_unit_test(test_waits_without_a_picture),
        cmocka_unit_test(test_large_picture_gets_a_window_that_fits),
        cmocka_unit_test(test_nothing_is_left_behind),
        cmocka_unit_test(test_without_a_display_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
