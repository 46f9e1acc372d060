// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/draw/overlay.h"
#include "app/sessions/live_message.h"
#include "app/sources/camera_list.h"
#include "app/sources/source.h"
#include "vision/camera_controls.h"

// Key c: the cameras by name, and the brightness, exposure and focus of the present one.

// All zero: closed.
struct live_menu {
    struct overlay_menu shown; // without rows: it is closed
    struct camera_entry cameras[OVERLAY_MENU_ROWS - N_CAMERA_CONTROLS]; // the first rows
    int n_cameras;
    char camera[256]; // path of the one whose controls come then
    enum camera_control controls[N_CAMERA_CONTROLS];
    char values[N_CAMERA_CONTROLS][16];
};

// Opens it, or closes it; what it lists is as it is at this moment. present: which camera is shown.
void live_menu_toggle(struct live_menu *menu, const struct source_place *present,
                      struct live_message *message);

// Goes down so many rows, changes the control there by so many steps, and, with enter, chooses the
// camera there (which is returned, NULL: none was) or lets it set that control by itself.
const struct camera_entry *live_menu_move(struct live_menu *menu, int down, int right, bool enter);
