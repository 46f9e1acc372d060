// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_session_private.h"

#include "app/system/service_manager.h"

#define PINGS 3 // at least, before systemd loses its patience

void live_service_tell(struct session *s) {
    int64_t now = clock_now_ns(), every = service_manager_watchdog_ns() / PINGS;
    if (s->pinged_ns > 0 && (every == 0 || now - s->pinged_ns < every)) {
        return;
    }
    bool alive = s->n_frames > s->n_pinged || s->paused || pipeline_get_figures(s->pipeline).lost;
    if (alive && !s->over) {
        service_manager_send(s->pinged_ns > 0 ? "WATCHDOG=1" : "READY=1\nWATCHDOG=1");
        s->pinged_ns = now;
        s->n_pinged = s->n_frames;
    }
}
