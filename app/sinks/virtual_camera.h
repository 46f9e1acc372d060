// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sinks/sink.h"

// Feeds pictures, with boxes and labels, into a V4L2 output device (v4l2loopback), which other
// programs take for a camera: YUV 4:2:0, BT.601, limited range. Frames of another size are scaled
// to fit. A device that fixes its own size (logged) gets that one.

// NULL (logged with the remedy: not there, no permission, busy, no output, refuses the format) on
// failure. sink_write then returns false (logged) once the device takes nothing any more.
struct sink *virtual_camera_create(const char *path, int width, int height, double rate_hz);
