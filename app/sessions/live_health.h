// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Says how the program is, for monitors: every ten seconds, and when the state changes, as one line
// of JSON that replaces the file, and in "systemctl status".

enum health_state {
    HEALTH_STARTING,
    HEALTH_RUNNING,
    HEALTH_WAITING, // for the camera
    HEALTH_CLOSED,  // outside the opening hours
    HEALTH_ENDED
};

struct health_report {
    enum health_state state;
    const char *camera; // description
    double rate_hz;     // frames analysed
    long smiles;
};

struct live_health {
    const char *path; // NULL: no file
    int64_t begun_ns; // CLOCK_MONOTONIC: of the program
    int64_t told_ns;  // 0: not yet
    enum health_state state;
};

// Tells if it is time to. False (logged) when the file cannot be written.
bool live_health_tell(struct live_health *health, const struct health_report *report);
