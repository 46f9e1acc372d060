// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/window/window_private.h"

#include "core/base/log.h"
#include "app/draw/image_renderer.h"
#include "app/draw/palette.h"
#include "app/draw/shapes.h"
#include "app/system/clock.h"
#include "app/system/i18n.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_WIDTH 320
#define LEAST_HEIGHT 240
#define ICON_PX 64

// The picture's own size, smaller where the screen is smaller.
static SDL_Point window_size(const struct window_options *options, int display) {
    SDL_Rect room = {0, 0, 1280, 800};
    SDL_GetDisplayUsableBounds(display, &room);
    double w = options->width > 0 ? options->width : 1280,
           h = options->height > 0 ? options->height : 720;
    if (options->rotation % 180) {
        double width = w;
        w = h;
        h = width;
    }
    double scale = 1, most_w = 0.92 * room.w, most_h = 0.90 * room.h; // less what the frame takes
    scale = w * scale > most_w ? most_w / w : scale;
    scale = h * scale > most_h ? most_h / h : scale;
    SDL_Point size = {(int)(w * scale), (int)(h * scale)};
    size.x = size.x < LEAST_WIDTH ? LEAST_WIDTH : size.x;
    size.y = size.y < LEAST_HEIGHT ? LEAST_HEIGHT : size.y;
    return size;
}

static int choose_display(const struct window_options *options) {
    int n = SDL_GetNumVideoDisplays();
    if (options->display < n) {
        return options->display;
    }
    LOG(WARNING, "there is no display %d, only 0 to %d; using 0", options->display, n - 1);
    return 0;
}

// Where it begins. Unmanaged full-screen windows are born as large as they are to be.
static SDL_Rect window_place(struct window *window, const struct window_options *options) {
    int display = choose_display(options), centre = (int)SDL_WINDOWPOS_CENTERED_DISPLAY(display);
    SDL_Point size = window_size(options, display);
    SDL_Rect place = {centre, centre, size.x, size.y}, screen;
    if (options->fullscreen && window_unmanaged(display, &screen)) {
        window->home = place;
        return screen;
    }
    return place;
}

static bool window_open(struct window *window, const struct window_options *options) {
    SDL_Rect place = window_place(window, options);
    Uint32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
    flags |= options->fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0;
    const char *title = options->title ? options->title : "smilecam";
    window->window = SDL_CreateWindow(title, place.x, place.y, place.w, place.h, flags);
    if (!window->window) {
        return false;
    }
    window->fullscreen = options->fullscreen;
    SDL_SetWindowMinimumSize(window->window, LEAST_WIDTH, LEAST_HEIGHT);
    SDL_ShowCursor(options->fullscreen ? SDL_DISABLE : SDL_ENABLE);
    SDL_StopTextInput();
    window->renderer = SDL_CreateRenderer(window->window, -1,
                                          SDL_RENDERER_ACCELERATED | SDL_RENDERER_PRESENTVSYNC);
    if (!window->renderer) {
        window->renderer = SDL_CreateRenderer(window->window, -1, SDL_RENDERER_SOFTWARE);
    }
    return window->renderer != NULL;
}

static void take_options(struct window *window, const struct window_options *options) {
    window->display = options->display;
    window->mirrored = options->mirrored;
    window->exit_word = options->exit_word;
    window->rotation = options->rotation;
    window->typed = 0;
    SDL_EventState(SDL_DROPFILE, options->exit_word ? SDL_DISABLE : SDL_ENABLE);
    window->help = window->stats = window->strip_shown = false;
    window->look = options->look;
}

bool window_adapt(struct window *window, const struct window_options *options) {
    if (window->display != options->display || window->fullscreen != options->fullscreen) {
        return false;
    }
    take_options(window, options);
    overlay_forget_picture(window->overlay);
    SDL_SetWindowTitle(window->window, options->title ? options->title : "smilecam");
    return true;
}

// The mark of the program, for task bars; without it, theirs is shown.
static void set_icon(SDL_Window *window) {
    struct image picture = {0};
    struct image_renderer canvas = {0};
    struct shapes *shapes = NULL;
    if (image_init(&picture, ICON_PX, ICON_PX, PIXEL_BGRX32) &&
        image_renderer_init(&canvas, &picture, true) && (shapes = shapes_create(canvas.renderer))) {
        shapes_fill(shapes, (SDL_Rect){0, 0, ICON_PX, ICON_PX}, ICON_PX / 5, ground);
        shapes_mark(shapes, MARK_SMILE, ICON_PX / 8, ICON_PX / 8, ICON_PX * 3 / 4, accent);
        SDL_RenderFlush(canvas.renderer);
        SDL_SetWindowIcon(window, canvas.surface);
    }
    shapes_destroy(shapes);
    image_renderer_finish(&canvas);
    image_finish(&picture);
}

struct window *window_create(const struct window_options *options) {
    struct window *window = calloc(1, sizeof *window);
    if (!window) {
        log_no_memory("the window");
        return NULL;
    }
    take_options(window, options);
    window->video = window_start_video();
    if (!window->video) {
        goto fail;
    }
    if (!window_open(window, options)) {
        LOG(ERROR, "the window cannot be opened: %s", SDL_GetError());
        goto fail;
    }
    set_icon(window->window);
    window->overlay = overlay_create(window->renderer);
    if (window->overlay) {
        return window;
    }
fail:
    window_destroy(window);
    return NULL;
}

void window_destroy(struct window *window) {
    if (!window) {
        return;
    }
    SDL_free(window->dropped);
    overlay_destroy(window->overlay);
    if (window->texture) {
        SDL_DestroyTexture(window->texture);
    }
    window_rotate_drop(window);
    if (window->renderer) {
        SDL_DestroyRenderer(window->renderer);
    }
    if (window->window) {
        SDL_DestroyWindow(window->window);
    }
    if (window->video) {
        SDL_ShowCursor(SDL_ENABLE);
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
    }
    free(window);
}

void window_hold(struct window *window) {
    window->held = window->shown.picture;
}

void window_reset(struct window *window) {
    struct overlay *fresh = overlay_create(window->renderer);
    if (fresh) {
        overlay_destroy(window->overlay);
        window->overlay = fresh;
    }
    if (window->texture) {
        SDL_DestroyTexture(window->texture);
    }
    window->texture = NULL;
    window_rotate_drop(window);
    window->shown.picture = window->held = false;
}

// A texture of the picture's size.
static bool texture_fit(struct window *window, int width, int height) {
    if (window->texture && window->width == width && window->height == height) {
        return true;
    }
    if (window->texture) {
        SDL_DestroyTexture(window->texture);
    }
    window->texture = SDL_CreateTexture(window->renderer, SDL_PIXELFORMAT_XRGB8888,
                                        SDL_TEXTUREACCESS_STREAMING, width, height);
    window->width = width;
    window->height = height;
    if (window->texture) {
        SDL_SetTextureScaleMode(window->texture, SDL_ScaleModeLinear);
        SDL_SetTextureBlendMode(window->texture, SDL_BLENDMODE_NONE);
    } else if (!window->too_large) {
        LOG(ERROR, "a picture of %dx%d cannot be shown: %s; ask for a smaller one", width, height,
            SDL_GetError());
        window->too_large = true;
    }
    return window->texture != NULL;
}

static void row_copy(uint32_t *to, const uint32_t *from, int n, bool mirrored) {
    if (!mirrored) {
        memcpy(to, from, sizeof *to * (size_t)n);
        return;
    }
    for (int x = 0; x < n; x++) {
        to[x] = from[n - 1 - x];
    }
}

// Mirrored here and not by the renderer, whose software form is slow at it.
static bool texture_upload(struct window *window, const struct image *picture) {
    void *pixels;
    int pitch;
    if (!texture_fit(window, picture->width, picture->height) ||
        SDL_LockTexture(window->texture, NULL, &pixels, &pitch) != 0) {
        return false;
    }
    for (int y = 0; y < picture->height; y++) {
        row_copy((uint32_t *)(void *)((uint8_t *)pixels + (ptrdiff_t)y * pitch),
                 (const uint32_t *)(const void *)(picture->data + y * picture->stride),
                 picture->width, window->mirrored);
    }
    SDL_UnlockTexture(window->texture);
    return true;
}

static const char *keep(char *to, size_t n, const char *from) {
    if (!from) {
        return NULL;
    }
    snprintf(to, n, "%s", from);
    return to;
}

static void pace_smooth(double *value, double now) {
    *value += (now - *value) * 0.1;
}

// Once a picture, even if it is drawn several times.
static void pace_count(struct pace *pace, const struct frame *frame,
                       const struct overlay_status *status) {
    int64_t now = clock_now_ns();
    if (now - pace->since_ns >= NS_PER_S) {
        pace->shown_hz = pace->n_shown * 1e9 / (double)(now - pace->since_ns);
        pace->since_ns = now;
        pace->n_shown = 0;
    }
    if (frame && frame->number != pace->number) {
        pace->number = frame->number;
        pace->n_shown++;
        pace_smooth(&pace->grey_ms, status->stats.grey_ms);
        pace_smooth(&pace->find_ms, status->stats.find_ms);
        pace_smooth(&pace->classify_ms, status->stats.classify_ms);
    }
}

static void shown_pace(struct overlay_status *status, const struct pace *pace) {
    status->window.shown_hz = pace->shown_hz;
    status->stats.grey_ms = pace->grey_ms;
    status->stats.find_ms = pace->find_ms;
    status->stats.classify_ms = pace->classify_ms;
    status->window.draw_ms = pace->draw_ms;
}

static void shown_set(struct window *window, const struct analysis *analysis,
                      const struct overlay_status *status) {
    struct shown *shown = &window->shown;
    shown->analysis.n_faces = 0;
    if (analysis) {
        shown->analysis = *analysis;
    }
    shown->status = *status;
    shown->status.stats.source = keep(shown->source, sizeof shown->source, status->stats.source);
    shown->status.stats.model = keep(shown->model, sizeof shown->model, status->stats.model);
    shown->status.message = keep(shown->message, sizeof shown->message, status->message);
    shown->status.window.help = window->help;
    shown->status.window.stats = window->stats;
    shown->status.window.strip = window->strip_shown ? &window->strip : NULL;
    shown_pace(&shown->status, &window->pace);
}

// The largest rectangle of the picture's shape in the middle of the window.
static struct overlay_view view_make(const struct window *window) {
    int w = 0, h = 0;
    SDL_GetRendererOutputSize(window->renderer, &w, &h);
    struct overlay_view view = {{0, 0, w, h}, window->width, window->height, window->mirrored};
    if ((int64_t)w * window->height > (int64_t)h * window->width) {
        view.picture.w = (int)((int64_t)h * window->width / window->height);
    } else {
        view.picture.h = (int)((int64_t)w * window->height / window->width);
    }
    view.picture.x = (w - view.picture.w) / 2;
    view.picture.y = (h - view.picture.h) / 2;
    return view;
}

static void picture_draw(struct window *window) {
    struct overlay_view view = view_make(window);
    palette_set(window->renderer,
                window->shown.status.kiosk.on ? ground : (SDL_Color){0, 0, 0, 255});
    SDL_RenderClear(window->renderer);
    SDL_RenderCopy(window->renderer, window->texture, NULL, &view.picture);
    if (window->shown.status.maps) {
        overlay_draw_maps(window->overlay, &view, &window->shown.analysis);
    }
    overlay_draw_faces(window->overlay, &view, &window->shown.analysis);
    if (window->shown.status.kiosk.on) {
        overlay_draw_kiosk(window->overlay, &window->shown.status);
    } else {
        overlay_draw_status(window->overlay, &view, &window->shown.status);
    }
}

static void shown_draw(struct window *window) {
    overlay_set_look(window->overlay, window->look);
    if (window->shown.status.kiosk.idle) {
        overlay_draw_idle(window->overlay, &window->shown.status.kiosk);
        return;
    }
    if (window->shown.picture) {
        picture_draw(window);
        return;
    }
    const char *words = window->shown.status.message;
    overlay_draw_waiting(window->overlay, words ? words : _("waiting for the first picture"),
                         window->shown.status.kiosk.t);
    if (window->help) {
        struct overlay_view nothing = {{0, 0, 0, 0}, 0, 0, false};
        overlay_draw_status(window->overlay, &nothing, &window->shown.status);
    }
}

void window_show(struct window *window, const struct frame *frame, const struct analysis *analysis,
                 const struct overlay_status *status) {
    int64_t start_ns = clock_now_ns();
    window->held = window->held && !frame;
    window->shown.picture =
        window->held || (frame && frame->picture.data && texture_upload(window, &frame->picture));
    pace_count(&window->pace, frame, status);
    shown_set(window, analysis, status);
    if (frame) {
        double t = (double)frame->media_ns * 1e-9;
        smile_strip_add(&window->strip, t, &window->shown.analysis);
        face_fade_apply(&window->fade, t, &window->shown.analysis);
    }
    window_rotate_begin(window);
    shown_draw(window);
    window_rotate_end(window);
    SDL_RenderFlush(window->renderer);
    pace_smooth(&window->pace.draw_ms, (double)(clock_now_ns() - start_ns) * 1e-6);
    SDL_RenderPresent(window->renderer);
}

// Once presented, a back buffer's content is anybody's guess, so it is drawn again.
bool window_snapshot(struct window *window, struct image *image) {
    int w = 0, h = 0;
    *image = (struct image){0};
    window_rotate_begin(window);
    bool good = SDL_GetRendererOutputSize(window->renderer, &w, &h) == 0 &&
                image_init(image, w, h, PIXEL_BGRX32);
    if (good) {
        shown_draw(window);
        good = SDL_RenderReadPixels(window->renderer, NULL, SDL_PIXELFORMAT_XRGB8888, image->data,
                                    (int)image->stride) == 0;
    }
    if (!good) {
        LOG(ERROR, "the window's picture cannot be read back: %s", SDL_GetError());
        image_finish(image);
    }
    window_rotate_end(window);
    return good;
}
