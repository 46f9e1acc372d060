// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_service.h"

#include "app/system/clock.h"
#include "app/system/service_manager.h"

#define PINGS 3 // at least, before systemd loses its patience

void live_service_ping(struct live_service *service, int64_t n_frames, bool calm) {
    int64_t now = clock_now_ns(), every = service_manager_watchdog_ns() / PINGS;
    bool due = service->pinged_ns == 0 || (every > 0 && now - service->pinged_ns >= every);
    if (due && (calm || n_frames > service->n_frames)) {
        service_manager_send(service->pinged_ns > 0 ? "WATCHDOG=1" : "READY=1\nWATCHDOG=1");
        *service = (struct live_service){now, n_frames};
    }
}
