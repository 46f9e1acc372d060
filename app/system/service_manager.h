// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Tells systemd how the program goes, by the protocol of sd_notify(3): a datagram to the socket
// that NOTIFY_SOCKET names. libsystemd would do it as well, but its watchdog calls answer only the
// very process that systemd started, and in a kiosk that is cage.

// state: "READY=1", lines of it. Nothing happens when nobody listens; what is wrong is logged once.
void service_manager_send(const char *state);

// How long systemd waits for a "WATCHDOG=1" until it takes the program for dead; 0: it does not.
int64_t service_manager_watchdog_ns(void);
