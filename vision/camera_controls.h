// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// What can be set of a camera while it runs, and stays so after it is closed.
enum camera_control { CAMERA_BRIGHTNESS, CAMERA_EXPOSURE, CAMERA_FOCUS, N_CAMERA_CONTROLS };

struct camera_setting {
    int value, minimum, maximum, step; // step >= 1, minimum < maximum; the unit is the driver's
    bool has_automatic, automatic;     // the camera sets it by itself
};

// False when the camera at path has no such control.
bool camera_get(const char *path, enum camera_control control, struct camera_setting *setting);

// Sets value, or lets the camera set it. False (logged) on failure.
bool camera_set(const char *path, enum camera_control control,
                const struct camera_setting *setting);
