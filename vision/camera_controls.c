// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/camera_controls.h"

#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

// Of each control, the number of its value and of what makes it automatic, and what that is to be
// then: cameras have one of two automatic exposures.
static const struct {
    uint32_t value, automatic;
    int off, on, or_on;
} ids[N_CAMERA_CONTROLS] = {
    [CAMERA_BRIGHTNESS] = {V4L2_CID_BRIGHTNESS, V4L2_CID_AUTOBRIGHTNESS, 0, 1, 1},
    [CAMERA_EXPOSURE] = {V4L2_CID_EXPOSURE_ABSOLUTE, V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_MANUAL,
                         V4L2_EXPOSURE_APERTURE_PRIORITY, V4L2_EXPOSURE_AUTO},
    [CAMERA_FOCUS] = {V4L2_CID_FOCUS_ABSOLUTE, V4L2_CID_FOCUS_AUTO, 0, 1, 1},
};

static bool query(int fd, uint32_t id, struct v4l2_queryctrl *about) {
    *about = (struct v4l2_queryctrl){.id = id};
    return ioctl(fd, VIDIOC_QUERYCTRL, about) == 0 && !(about->flags & V4L2_CTRL_FLAG_DISABLED);
}

static bool get(int fd, uint32_t id, int *value) {
    struct v4l2_control control = {.id = id};
    bool good = ioctl(fd, VIDIOC_G_CTRL, &control) == 0;
    *value = control.value;
    return good;
}

static bool set(int fd, uint32_t id, int value) {
    return ioctl(fd, VIDIOC_S_CTRL, &(struct v4l2_control){id, value}) == 0;
}

static int open_device(const char *path) {
    return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

bool camera_get(const char *path, enum camera_control control, struct camera_setting *setting) {
    struct v4l2_queryctrl value, automatic;
    int mode = 0, fd = open_device(path);
    *setting = (struct camera_setting){0};
    if (fd < 0) {
        return false;
    }
    bool good = query(fd, ids[control].value, &value) && value.minimum < value.maximum &&
                get(fd, ids[control].value, &setting->value);
    if (good) {
        setting->minimum = value.minimum;
        setting->maximum = value.maximum;
        setting->step = value.step > 0 ? value.step : 1;
        setting->has_automatic =
            query(fd, ids[control].automatic, &automatic) && get(fd, ids[control].automatic, &mode);
        setting->automatic = setting->has_automatic && mode != ids[control].off;
    }
    close(fd);
    return good;
}

bool camera_set(const char *path, enum camera_control control,
                const struct camera_setting *setting) {
    uint32_t automatic = ids[control].automatic;
    int fd = open_device(path);
    bool good = fd >= 0;
    if (good && setting->has_automatic) {
        good = setting->automatic
                   ? set(fd, automatic, ids[control].on) || set(fd, automatic, ids[control].or_on)
                   : set(fd, automatic, ids[control].off);
    }
    good = good && (setting->automatic || set(fd, ids[control].value, setting->value));
    if (!good) {
        LOG(WARNING, "%s: the camera does not take this setting: %s; try another value", path,
            strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return good;
}
