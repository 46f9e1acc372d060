// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_session_private.h"

#include "app/system/i18n.h"
#include "app/sources/camera_list.h"
#include "app/system/worker_thread.h"

#include <string.h>

// The camera after the present one, in the order of "smilecam devices". False when there is no
// other.
static bool find_next(const struct source_place *present, struct source_place *place) {
    struct camera_entry cameras[MAX_CAMERAS];
    int n = camera_list(cameras, MAX_CAMERAS), at = -1;
    for (int i = 0; i < n; i++) {
        if (strcmp(present->argument, cameras[i].path) == 0 ||
            strcmp(present->argument, cameras[i].stable) == 0) {
            at = i;
        }
    }
    return n > (at >= 0) && source_find(cameras[(at + 1) % n].path, place);
}

static void *open_next(void *arg) {
    struct next_camera *next = arg;
    struct source_place present = next->place;
    next->found = find_next(&present, &next->place);
    next->source = next->found ? source_open_place(&next->place, &next->wanted) : NULL;
    next->done = true;
    return NULL;
}

void live_next_camera_begin(struct session *s) {
    struct next_camera *next = &s->next_camera;
    if (next->running) {
        return;
    }
    if (!s->newest) {
        live_message(s, _("there is no other camera"));
        return;
    }
    next->place = s->place;
    next->wanted = s->options.wanted;
    next->done = false;
    next->running = worker_thread_start(&next->thread, open_next, next);
    if (!next->running) {
        live_message(s, _("the next camera does not open"));
    }
}

void live_next_camera_take(struct session *s) {
    struct next_camera *next = &s->next_camera;
    if (!next->running || !next->done) {
        return;
    }
    pthread_join(next->thread, NULL);
    next->running = false;
    if (!next->source) {
        live_message(s, "%s",
                     next->found ? _("the next camera does not open")
                                 : _("there is no other camera"));
        return;
    }
    s->info = next->source->info;
    s->place = next->place;
    live_message(s, "%s", s->info.remark[0] ? s->info.remark : s->info.description);
    pipeline_switch(s->pipeline, next->source, &next->place);
}

void live_next_camera_end(struct session *s) {
    if (s->next_camera.running) {
        pthread_join(s->next_camera.thread, NULL);
        source_close(s->next_camera.source);
        s->next_camera.running = false;
    }
}
