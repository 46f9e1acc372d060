// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/fake_camera/fake_controls.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>

static int fail(int error) {
    errno = error;
    return -1;
}

static const struct v4l2_queryctrl controls[] = {
    {.id = V4L2_CID_BRIGHTNESS, .minimum = -64, .maximum = 64, .step = 1, .default_value = 0},
    {.id = V4L2_CID_EXPOSURE_AUTO, .minimum = 0, .maximum = 3, .step = 1, .default_value = 3},
    {.id = V4L2_CID_EXPOSURE_ABSOLUTE,
     .minimum = 3,
     .maximum = 2047,
     .step = 1,
     .default_value = 250},
};
#define N_CONTROLS ((int)(sizeof controls / sizeof *controls))

static int find_control(uint32_t id) {
    for (int i = 0; i < N_CONTROLS; i++) {
        if (controls[i].id == id) {
            return i;
        }
    }
    return -1;
}

int controls_describe(struct v4l2_queryctrl *q) {
    int i = find_control(q->id);
    if (i < 0) {
        return fail(EINVAL);
    }
    *q = controls[i];
    return 0;
}

int controls_access(const char *camera, struct v4l2_control *c, bool set) {
    char path[PATH_MAX + 16];
    int values[N_CONTROLS], i = find_control(c->id);
    for (int k = 0; k < N_CONTROLS; k++) {
        values[k] = controls[k].default_value;
    }
    if (i < 0 || (set && (c->value < controls[i].minimum || c->value > controls[i].maximum))) {
        return fail(i < 0 ? EINVAL : ERANGE);
    }
    snprintf(path, sizeof path, "%s.controls", camera);
    FILE *file = fopen(path, "r");
    for (int k = 0; file && k < N_CONTROLS && fscanf(file, "%d", &values[k]) == 1; k++) {
    }
    if (file) {
        fclose(file);
    }
    if (!set) {
        c->value = values[i];
        return 0;
    }
    values[i] = c->value;
    file = fopen(path, "w");
    for (int k = 0; file && k < N_CONTROLS; k++) {
        fprintf(file, "%d\n", values[k]);
    }
    return file && fclose(file) == 0 ? 0 : fail(EIO);
}
