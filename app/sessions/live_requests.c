// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_session_private.h"

#include "app/system/i18n.h"

#include <stdio.h>

static void toggle_pause(struct session *s) {
    s->paused = !s->paused;
    pipeline_pause(s->pipeline, s->paused);
}

static void keep_screen(struct session *s) {
    struct image screen = {0};
    if (window_snapshot(s->window, &screen)) {
        live_photos_keep(&s->photos, &screen, &s->message);
    }
    image_finish(&screen);
}

static void toggle_recording(struct session *s) {
    if (s->ended) {
        live_message_set(&s->message, _("there is nothing more to record"));
        return;
    }
    struct record_options options = live_record_options(s);
    live_recording_toggle(&s->recording, &options, s->shown.frame, &s->message);
}

static void begin_next_camera(struct session *s) {
    if (s->newest) {
        live_next_camera_begin(&s->next_camera, &s->place, NULL, &s->options.wanted, &s->message);
    } else {
        live_message_set(&s->message, _("there is no other camera"));
    }
}

static void take_next_camera(struct session *s) {
    struct source *source = live_next_camera_take(&s->next_camera, &s->message);
    if (source) {
        s->info = source->info;
        s->place = s->next_camera.place;
        pipeline_switch(s->pipeline, source, &s->place);
    }
}

// What is written knows one way only: forward, frame by frame, through one source.
static bool is_free(struct session *s) {
    bool writes = s->recording.sink || outputs_any(&s->outputs);
    if (writes) {
        live_message_set(&s->message, _("not while results are written"));
    }
    return !writes;
}

static bool may_move(struct session *s) {
    bool can = s->paced && s->info.seekable;
    if (!can) {
        live_message_set(&s->message, _("only files can be wound"));
    }
    return can && is_free(s);
}

static void open_instead(struct session *s, const char *source) {
    char *next = s->opened[s->options.source == s->opened[0]];
    if (is_free(s)) {
        snprintf(next, sizeof *s->opened, "%s", source);
        s->next = s->options;
        s->next.source = next;
        live_go_over(s);
    }
}

static void handle_moves(struct session *s, const struct window_requests *requests) {
    struct live_moves moves = {requests->right, -requests->down, requests->frames};
    if ((!moves.jumps && !moves.faster && !moves.frames) || !may_move(s)) {
        return;
    }
    if (moves.frames && !s->paused) {
        toggle_pause(s);
    }
    live_player_move(&s->player, s->pipeline, &s->info, moves, &s->media_ns, &s->message);
    s->ended = s->ended && moves.jumps == 0 && moves.frames >= 0;
}

static void choose_camera(struct session *s, const struct camera_entry *camera) {
    if (s->newest) {
        live_next_camera_begin(&s->next_camera, &s->place, camera->path, &s->options.wanted,
                               &s->message);
    } else {
        open_instead(s, camera->path);
    }
}

static void handle_menu(struct session *s, const struct window_requests *requests) {
    const struct camera_entry *chosen =
        live_menu_move(&s->menu, requests->down, requests->right, requests->enter);
    if (chosen) {
        choose_camera(s, chosen);
    }
}

void live_take_requests(struct session *s) {
    struct window_requests requests;
    window_poll(s->window, &requests);
    if (requests.quit) {
        live_finish(s, s->code);
    }
    if (requests.snapshot) {
        keep_screen(s);
    }
    if (requests.toggle_timer) {
        live_photos_toggle_timer(&s->photos);
    }
    if (requests.toggle_record) {
        toggle_recording(s);
    }
    if (requests.toggle_pause) {
        toggle_pause(s);
    }
    if (requests.toggle_menu) {
        live_menu_toggle(&s->menu, &s->place, &s->message);
    }
    if (s->menu.shown.n_rows > 0) {
        handle_menu(s, &requests);
    } else {
        handle_moves(s, &requests);
    }
    if (requests.dropped) {
        open_instead(s, requests.dropped);
    }
    if (requests.toggle_maps) {
        s->maps = !s->maps;
    }
    if (requests.next_camera) {
        begin_next_camera(s);
    }
    take_next_camera(s);
}
