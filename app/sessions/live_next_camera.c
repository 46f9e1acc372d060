// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_next_camera.h"

#include "core/base/log.h"
#include "app/system/i18n.h"
#include "app/sources/camera_list.h"
#include "app/system/worker_thread.h"

#include <stdio.h>

static struct source *open_camera(struct live_next_camera *next,
                                  const struct camera_entry *camera) {
    const char *problem = camera_probe(camera->path);
    if (problem) {
        LOG(WARNING, "camera %d (%s) is passed over: %s", camera->number, camera->name,
            log_words(problem));
        return NULL;
    }
    return source_find(camera->path, &next->place) ? source_open_place(&next->place, &next->wanted)
                                                   : NULL;
}

// Those after the present one, in the order of "smilecam devices", until one opens.
static void *open_next(void *arg) {
    struct live_next_camera *next = arg;
    struct camera_entry cameras[MAX_CAMERAS];
    int n = camera_list(cameras, MAX_CAMERAS), at = -1;
    for (int i = 0; i < n; i++) {
        at = camera_is_at(&cameras[i], next->place.argument) ? i : at;
    }
    int n_others = at < 0 ? n : n - 1;
    next->found = n_others > 0;
    next->source = NULL;
    for (int i = 1; i <= n_others && !next->source; i++) {
        const struct camera_entry *camera = &cameras[(at + i) % n];
        if (!next->chosen[0] || camera_is_at(camera, next->chosen)) {
            next->source = open_camera(next, camera);
        }
    }
    next->done = true;
    return NULL;
}

void live_next_camera_begin(struct live_next_camera *next, const struct source_place *present,
                            const char *chosen, const struct source_options *wanted,
                            struct live_message *message) {
    if (next->running) {
        return;
    }
    next->place = *present;
    next->wanted = *wanted;
    next->done = false;
    snprintf(next->chosen, sizeof next->chosen, "%s", chosen ? chosen : "");
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
