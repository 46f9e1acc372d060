// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "tests/fake_camera/fake_pictures.h"
#include "tests/fake_camera/fake_settings.h"

#include <stdbool.h>
#include <stdint.h>

// The driver of a fake camera: one for each time that a program opens one. Like a real one it fills
// the queued buffers in step with the clock and drops frames when none is free, so a slow reader
// gets old frames.

#define MAX_BUFFERS 8
#define NS_PER_S 1000000000ll

enum buffer_state { IDLE, QUEUED, FILLED };

struct buffer {
    enum buffer_state state;
    long order; // in which it was queued, or filled
    size_t bytes;
    long long stamp_ns;
};

struct device {
    int fd;      // what the program holds; 0 = not open
    int control; // the camera's file, locked while buffers are held
    int memory;  // the buffers, one after the other
    char path[PATH_MAX];
    bool gone; // unplugged: for this opening for ever
    struct settings settings;

    uint32_t fourcc; // 0: not set yet
    unsigned width, height;
    size_t buffer_bytes;
    int n_buffers;
    struct buffer buffers[MAX_BUFFERS];
    long n_queued;

    bool streaming;
    long long due_ns; // when the next frame comes, jitter aside
    long n_due;       // frames that came, taken or dropped, since streaming began
    long given;       // frames handed out
    struct moment shown;
};

// Opens the camera whose file this is. 0, or an errno.
int device_open(struct device *device, const char *path);
void device_close(struct device *device);

// ioctl, as the system call: -1 and errno on failure.
int device_answer(struct device *device, unsigned long request, void *argument);

// write, likewise.
long device_write(struct device *device, const void *bytes, size_t n);

// Whether a frame, or the news that the camera is gone, waits to be fetched.
bool device_ready(struct device *device);
// How long until device_ready should be asked again.
long long device_patience_ns(const struct device *device);
