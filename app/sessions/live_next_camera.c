// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_next_camera.h"

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
    struct live_next_camera *next = arg;
    struct source_place present = next->place;
    next->found = find_next(&present, &next->place);
    next->source = next->found ? source_open_place(&next->place, &next->wanted) : NULL;
    next->done = true;
    return NULL;
}

void live_next_camera_begin(struct live_next_camera *next, const struct source_place *present,
                            const struct source_options *wanted, struct live_message *message) {
    if (next->running) {
        return;
    }
    next->place = *present;
    next->wanted = *wanted;
    next->done = false;
    next->running = worker_thread_start(&next->thread, open_next, next);
    if (!next->running) {
        live_message_set(message, _("the next camera does not open"));
    }
}

struct source *live_next_camera_take(struct live_next_camera *next, struct live_message *message) {
    if (!next->running || !next->done) {
        return NULL;
    }
    pthread_join(next->thread, NULL);
    next->running = false;
    if (next->source) {
        const struct source_info *info = &next->source->info;
        live_message_set(message, "%s", info->warning[0] ? info->warning : info->description);
    } else {
        live_message_set(message, "%s",
                         next->found ? _("the next camera does not open")
                                     : _("there is no other camera"));
    }
    return next->source;
}

void live_next_camera_end(struct live_next_camera *next) {
    if (next->running) {
        pthread_join(next->thread, NULL);
        source_close(next->source);
        next->running = false;
    }
}
