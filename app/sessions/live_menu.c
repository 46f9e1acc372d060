// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_menu.h"

#include "app/system/i18n.h"

#include <stdio.h>

#define STEPS 20 // over the range of a control

static const char *const control_names[N_CAMERA_CONTROLS] = {
    [CAMERA_BRIGHTNESS] = N_("brightness"),
    [CAMERA_EXPOSURE] = N_("exposure"),
    [CAMERA_FOCUS] = N_("focus"),
};

static void add_row(struct live_menu *menu, const char *left, const char *right) {
    menu->shown.rows[menu->shown.n_rows++] = (struct overlay_menu_row){left, right};
}

static void write_value(const struct camera_setting *setting, char text[16]) {
    double range = (double)setting->maximum - setting->minimum;
    if (setting->automatic) {
        snprintf(text, 16, "%s", _("automatic"));
    } else {
        snprintf(text, 16, "%.0f %%", 100 * ((double)setting->value - setting->minimum) / range);
    }
}

static void add_controls(struct live_menu *menu) {
    for (int i = 0, n = 0; i < N_CAMERA_CONTROLS; i++) {
        struct camera_setting setting;
        if (camera_get(menu->camera, (enum camera_control)i, &setting)) {
            menu->controls[n] = (enum camera_control)i;
            write_value(&setting, menu->values[n]);
            add_row(menu, _(control_names[i]), menu->values[n]);
            n++;
        }
    }
}

void live_menu_toggle(struct live_menu *menu, const struct source_place *present,
                      struct live_message *message) {
    bool open = menu->shown.n_rows > 0;
    menu->shown = (struct overlay_menu){.title = _("Camera")};
    menu->n_cameras = open ? 0 : camera_list(menu->cameras, OVERLAY_MENU_ROWS - N_CAMERA_CONTROLS);
    menu->camera[0] = '\0';
    for (int i = 0; i < menu->n_cameras; i++) {
        const struct camera_entry *camera = &menu->cameras[i];
        bool here = present->driver == &source_camera && camera_is_at(camera, present->argument);
        add_row(menu, camera->name[0] ? camera->name : camera->path, here ? "\u2713" : "");
        if (here) {
            snprintf(menu->camera, sizeof menu->camera, "%s", camera->path);
            menu->shown.at = i;
        }
    }
    if (menu->camera[0]) {
        add_controls(menu);
    }
    if (!open && menu->shown.n_rows == 0) {
        live_message_set(message, _("there is no camera"));
    }
}

// Exposure is felt in ratios, the others in differences.
static int step_of(enum camera_control control, const struct camera_setting *setting) {
    int step = control == CAMERA_EXPOSURE ? setting->value / 4
                                          : (setting->maximum - setting->minimum) / STEPS;
    return step > setting->step ? step / setting->step * setting->step : setting->step;
}

static void change_control(struct live_menu *menu, int n, int right, bool enter) {
    enum camera_control control = menu->controls[n];
    struct camera_setting setting;
    if (!camera_get(menu->camera, control, &setting)) {
        return;
    }
    int value = setting.value + right * step_of(control, &setting);
    setting.value = value > setting.maximum   ? setting.maximum
                    : value < setting.minimum ? setting.minimum
                                              : value;
    setting.automatic = setting.has_automatic && (enter ? !setting.automatic : false);
    if (camera_set(menu->camera, control, &setting) &&
        camera_get(menu->camera, control, &setting)) {
        write_value(&setting, menu->values[n]);
    }
}

const struct camera_entry *live_menu_move(struct live_menu *menu, int down, int right, bool enter) {
    struct overlay_menu *shown = &menu->shown;
    int at = shown->at + down;
    shown->at = at < 0 ? 0 : at >= shown->n_rows ? shown->n_rows - 1 : at;
    bool on_camera = shown->at < menu->n_cameras;
    if (!on_camera && (right != 0 || enter)) {
        change_control(menu, shown->at - menu->n_cameras, right, enter);
    }
    if (!on_camera || !enter) {
        return NULL;
    }
    shown->n_rows = 0;
    const struct camera_entry *chosen = &menu->cameras[shown->at];
    return camera_is_at(chosen, menu->camera) ? NULL : chosen;
}
