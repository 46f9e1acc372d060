// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Reports to systemd that the program is ready and then that it is alive.

struct live_service {
    int64_t pinged_ns; // CLOCK_MONOTONIC of the last report; 0: none yet
    int64_t n_frames;  // frames handled by then
};

// n_frames: handled so far. calm: no frames are to be expected (paused, or waiting for a camera);
// otherwise it takes a new frame for the program to count as alive.
void live_service_ping(struct live_service *service, int64_t n_frames, bool calm);
