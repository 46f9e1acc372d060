// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <linux/videodev2.h>
#include <stdbool.h>

// The controls of a fake camera. They outlast the program: a file beside the camera's holds their
// values. As ioctl: 0, or -1 and errno.

int controls_describe(struct v4l2_queryctrl *query);

// Sets or gets one. camera: its file.
int controls_access(const char *camera, struct v4l2_control *control, bool set);
