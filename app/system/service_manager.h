// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Reports the program's state to systemd by the protocol of sd_notify(3): a datagram to the socket
// that NOTIFY_SOCKET names. libsystemd could do it, but its watchdog calls work only in the process
// that systemd itself started, and in a kiosk that is cage.

// state: lines such as "READY=1". Does nothing without a socket; a failure is logged once.
void service_manager_send(const char *state);

// How long systemd waits for a "WATCHDOG=1" before it kills the program; 0: it does not wait.
int64_t service_manager_watchdog_ns(void);
