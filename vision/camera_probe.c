// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/camera_node.h"

#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *busy_problem(const char *path) {
    static _Thread_local char words[240];
    char who[80] = "another program";
    camera_holder(path, who, sizeof who);
    snprintf(words, sizeof words, log_words(LOG_WORDS("%s is using it; close that program")), who);
    return words;
}

static const char *open_problem(const char *path, int error) {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO:
        return LOG_WORDS("there is none; plug it in, or choose one that `smilecam devices` lists");
    case EACCES:
    case EPERM:
        return LOG_WORDS(
            "no permission; run sudo usermod -aG video $USER (the group video), log in again");
    case EBUSY:
        return busy_problem(path);
    default:
        return strerror(error);
    }
}

// Taking and returning one buffer is the only question that every driver answers with "busy".
// PipeWire's cameras answer EINVAL before they are told a format.
static const char *stream_problem(const char *path, int fd, uint32_t type) {
    struct v4l2_requestbuffers request = {.count = 1, .type = type, .memory = V4L2_MEMORY_MMAP};
    if (ioctl(fd, VIDIOC_REQBUFS, &request) != 0) {
        return errno == EINVAL ? NULL : open_problem(path, errno);
    }
    request.count = 0;
    ioctl(fd, VIDIOC_REQBUFS, &request);
    return NULL;
}

static const char *device_problem(const char *path, int fd) {
    struct camera_node node;
    if (!camera_node_ask(fd, &node)) {
        return errno == ENODEV
                   ? open_problem(path, errno)
                   : LOG_WORDS("it is not a camera; choose one that `smilecam devices` lists");
    }
    if (node.type == 0) {
        return LOG_WORDS("it gives no pictures; choose one that `smilecam devices` lists");
    }
    if (!node.streams) {
        return LOG_WORDS("its driver cannot stream; use another camera");
    }
    if (!node.coding && !node.by_opencv) {
        return node.kind == CAMERA_SENSOR
                   ? "it gives the raw values of a sensor, which libcamera turns into pictures; "
                     "run "
                     "pw-v4l2 smilecam, or libcamerify smilecam"
                   : "its pictures are of no kind that is read here; use another camera";
    }
    return stream_problem(path, fd, node.type);
}

const char *camera_probe(const char *path) {
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return errno == EISDIR ? "it is a folder, not a camera" : open_problem(path, errno);
    }
    const char *problem = device_problem(path, fd);
    close(fd);
    return problem;
}
