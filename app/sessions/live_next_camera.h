// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sessions/live_message.h"
#include "app/sources/source.h"

#include <pthread.h>
#include <stdatomic.h>

// Another camera (key n, or of the menu), opened by a thread of its own, since some take seconds.

struct live_next_camera {
    pthread_t thread;
    bool running;
    atomic_bool done;          // the thread is; what follows is the thread's until then
    struct source_place place; // before: of the present camera
    struct source_options wanted;
    char chosen[256]; // path; "": whichever comes next
    bool found;
    struct source *source; // NULL: it does not open
};

// Looks for the camera after the present one, or opens that at the path chosen.
void live_next_camera_begin(struct live_next_camera *next, const struct source_place *present,
                            const char *chosen, const struct source_options *wanted,
                            struct live_message *message);

// The camera once it is open, for the caller, with next->place its place; NULL until then, or
// (message) when there is none.
struct source *live_next_camera_take(struct live_next_camera *next, struct live_message *message);

// Waits for what has begun, and closes it.
void live_next_camera_end(struct live_next_camera *next);
