// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/window/window_private.h"

#include <ctype.h>

static void escape(struct window *window, struct window_requests *requests) {
    bool menu = window->shown.status.menu != NULL; // or not any more, by the keys before
    if (window->help) {
        window->help = false;
    } else if (menu != requests->toggle_menu) {
        requests->toggle_menu = !requests->toggle_menu;
    } else if (window->fullscreen) {
        window_set_fullscreen(window, false);
    } else {
        requests->quit = true;
    }
}

// Text input is off, lest an input method swallow the keys; so "?" is known by the keys that bear
// it on English, German, French, Nordic and Spanish keyboards.
static bool is_question_mark(SDL_Keysym key) {
    static const SDL_Keycode bearers[] = {SDLK_SLASH, 0xdf, SDLK_COMMA, SDLK_PLUS, SDLK_QUOTE};
    for (size_t i = 0; i < sizeof bearers / sizeof *bearers; i++) {
        if (key.sym == bearers[i] && key.mod & KMOD_SHIFT) {
            return true;
        }
    }
    return key.sym == SDLK_QUESTION;
}

static void key_for_window(struct window *window, SDL_Keysym key) {
    switch (key.sym) {
    case SDLK_f:
    case SDLK_F11:
        window_set_fullscreen(window, !window->fullscreen);
        break;
    case SDLK_m:
        window->mirrored = !window->mirrored;
        break;
    case SDLK_i:
        window->stats = !window->stats;
        break;
    case SDLK_d:
        window->look.numbers = !window->look.numbers;
        break;
    case SDLK_g:
        window->strip_shown = !window->strip_shown;
        break;
    case SDLK_l:
        window->look.text = (window->look.text + 1) % 3;
        break;
    case SDLK_v:
        window->look.high_contrast = !window->look.high_contrast;
        break;
    case SDLK_h:
    case SDLK_F1:
        window->help = !window->help;
        break;
    default:
        window->help ^= is_question_mark(key);
    }
}

// In public: only the word gets out.
static void key_locked(struct window *window, SDL_Keysym key, struct window_requests *requests) {
    const char *word = window->exit_word;
    if (key.sym != tolower((unsigned char)word[window->typed])) {
        window->typed = 0; // a wrong letter may still be the first
    }
    window->typed += key.sym == tolower((unsigned char)word[window->typed]);
    requests->quit |= word[window->typed] == '\0';
}

// Keys that do the same again while they are held down.
static bool key_moves(SDL_Keysym key, struct window_requests *requests) {
    switch (key.sym) {
    case SDLK_RIGHT:
    case SDLK_LEFT:
        requests->right += key.sym == SDLK_RIGHT ? 1 : -1;
        return true;
    case SDLK_DOWN:
    case SDLK_UP:
        requests->down += key.sym == SDLK_DOWN ? 1 : -1;
        return true;
    case SDLK_PERIOD:
    case SDLK_e:
        requests->frames++;
        return true;
    case SDLK_COMMA:
        requests->frames -= !(key.mod & KMOD_SHIFT); // else it is a question mark
        return !(key.mod & KMOD_SHIFT);
    }
    return false;
}

static void key_down(struct window *window, SDL_Keysym key, struct window_requests *requests) {
    if (key.mod & (KMOD_ALT | KMOD_GUI) && key.sym != SDLK_q) {
        return; // the desktop's
    }
    switch (key.sym) {
    case SDLK_q:
        requests->quit = true;
        break;
    case SDLK_ESCAPE:
        escape(window, requests);
        break;
    case SDLK_s:
        requests->snapshot = true;
        break;
    case SDLK_t:
        requests->toggle_timer = !requests->toggle_timer;
        break;
    case SDLK_r:
        requests->toggle_record = !requests->toggle_record;
        break;
    case SDLK_SPACE:
        requests->toggle_pause = !requests->toggle_pause;
        break;
    case SDLK_x:
        requests->toggle_maps = !requests->toggle_maps;
        break;
    case SDLK_c:
        requests->toggle_menu = !requests->toggle_menu;
        break;
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
        requests->enter = true;
        break;
    case SDLK_n:
    case SDLK_TAB:
        requests->next_camera = true;
        break;
    default:
        key_for_window(window, key);
    }
}

static void event_handle(struct window *window, const SDL_Event *event,
                         struct window_requests *requests) {
    if (window->exit_word) {
        if (event->type == SDL_KEYDOWN && !event->key.repeat) {
            key_locked(window, event->key.keysym, requests);
        }
        if (event->type < SDL_RENDER_TARGETS_RESET) {
            return;
        }
    }
    switch (event->type) {
    case SDL_QUIT:
        requests->quit = true;
        break;
    case SDL_WINDOWEVENT:
        requests->quit |= event->window.event == SDL_WINDOWEVENT_CLOSE;
        break;
    case SDL_KEYDOWN:
        if (!key_moves(event->key.keysym, requests) && !event->key.repeat) {
            key_down(window, event->key.keysym, requests);
        }
        break;
    case SDL_DROPFILE:
        SDL_free(window->dropped);
        requests->dropped = window->dropped = event->drop.file;
        break;
    case SDL_MOUSEBUTTONDOWN:
        if (event->button.button == SDL_BUTTON_LEFT && event->button.clicks == 2) {
            window_set_fullscreen(window, !window->fullscreen);
        }
        break;
    case SDL_RENDER_TARGETS_RESET:
    case SDL_RENDER_DEVICE_RESET:
        window_reset(window);
        break;
    }
}

void window_poll(struct window *window, struct window_requests *requests) {
    *requests = (struct window_requests){0};
    SDL_Event event;
    while (SDL_PollEvent(&event)) {
        event_handle(window, &event, requests);
    }
}
