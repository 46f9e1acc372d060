// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/camera_stream.h"
#include "vision/guard.hpp"
#include "vision/mat.hpp"

#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include <cmath>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <memory>
#include <pthread.h>
#include <unistd.h>

struct camera {
    cv::VideoCapture capture;
    struct camera_stream *stream; // instead, of what OpenCV does not read
    struct image decoded[2];      // its last two frames
    int64_t stamp_ns;
    cv::Mat pixels, before; // BGR, the last two frames
    bool has_moved;         // since it was opened
    int64_t moved_ns;       // when the picture was last seen to be alive
};

static const int64_t NS_PER_S = 1000000000;
static const int64_t WAIT_NS = NS_PER_S; // as long as OpenCV waits for one frame
static const int WAKING = 4;             // waits; some cameras take 3 s to wake
static const int64_t FROZEN_NS = 4 * NS_PER_S;
static const int MJPG = cv::VideoWriter::fourcc('M', 'J', 'P', 'G');
static const int MJPG_FROM_WIDTH = 1280; // as YUYV, USB 2 carries about 10 such frames a second

static int64_t now_ns() {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

// ---- opening ----

// In this order: the driver's sizes depend on the pixel format, and its rates on the size.
static void ask_for(cv::VideoCapture &capture, const struct camera_format *wanted) {
    if (wanted->width >= MJPG_FROM_WIDTH) {
        capture.set(cv::CAP_PROP_FOURCC, MJPG);
    }
    if (wanted->width > 0 && wanted->height > 0) {
        capture.set(cv::CAP_PROP_FRAME_WIDTH, wanted->width);
        capture.set(cv::CAP_PROP_FRAME_HEIGHT, wanted->height);
    }
    if (wanted->rate_hz > 0) {
        capture.set(cv::CAP_PROP_FPS, std::round(wanted->rate_hz));
    }
}

// set() reports success for what the driver silently ignored, so only reading back tells.
static struct camera_format format_of(const cv::VideoCapture &capture) {
    struct camera_format got = {};
    got.width = (int)capture.get(cv::CAP_PROP_FRAME_WIDTH);
    got.height = (int)capture.get(cv::CAP_PROP_FRAME_HEIGHT);
    got.rate_hz = std::max(0.0, capture.get(cv::CAP_PROP_FPS));
    uint32_t fourcc = (uint32_t)(int64_t)capture.get(cv::CAP_PROP_FOURCC);
    for (int i = 0; i < 4; i++) {
        got.fourcc[i] = (char)(fourcc >> 8 * i);
    }
    return got;
}

static bool next_decoded(struct camera *camera, int64_t deadline_ns) {
    std::swap(camera->decoded[0], camera->decoded[1]);
    bool got =
        camera_stream_next(camera->stream, deadline_ns, &camera->decoded[0], &camera->stamp_ns);
    camera->pixels = got ? mat_of(&camera->decoded[0]) : cv::Mat();
    return got;
}

// Waits for a frame that can be decoded: now and then a camera sends a broken JPEG, which is no
// loss. OpenCV gives up on a wait that any signal interrupts, so signals are held back meanwhile.
static bool next_frame(struct camera *camera) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool got = guarded("read the camera", false, [&] {
        int64_t deadline_ns = now_ns() + WAIT_NS;
        std::swap(camera->pixels, camera->before);
        if (camera->stream) {
            return next_decoded(camera, deadline_ns);
        }
        while (now_ns() < deadline_ns && camera->capture.grab()) {
            if (camera->capture.retrieve(camera->pixels) && !camera->pixels.empty()) {
                return true;
            }
        }
        return false;
    });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return got;
}

static struct camera *refuse(const char *path, const char *problem) {
    LOG(ERROR, "cannot open the camera %s: %s", path, log_words(problem));
    return nullptr;
}

struct device_file {
    int fd;
    explicit device_file(const char *path) : fd(open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)) {}
    ~device_file() {
        if (fd >= 0) {
            close(fd);
        }
    }
};

static void finish(struct camera *camera) {
    camera_stream_close(camera->stream);
    image_finish(&camera->decoded[0]);
    image_finish(&camera->decoded[1]);
    delete camera;
}

static const char *begin_stream(struct camera *camera, const char *path,
                                const struct camera_node *node, const struct camera_format *wanted,
                                struct camera_format *got) {
    const char *problem = nullptr;
    camera->capture.release();
    camera->stream = camera_stream_open(path, node, wanted, got, &problem);
    return camera->stream ? nullptr : problem;
}

// Returns why not.
static const char *begin(struct camera *camera, const char *path, struct camera_node *node,
                         const struct camera_format *wanted, struct camera_format *got) {
    device_file device(path);
    bool told = device.fd >= 0 && camera_node_ask(device.fd, node);
    if (told && !node->by_opencv) {
        return begin_stream(camera, path, node, wanted, got);
    }
    if (!camera->capture.open(path, cv::CAP_V4L2)) {
        return "its pixel formats are unknown to OpenCV; use another camera";
    }
    ask_for(camera->capture, wanted);
    const struct camera_coding *padded = told ? camera_node_padded(device.fd) : nullptr;
    if (padded) {
        node->coding = padded;
        return begin_stream(camera, path, node, wanted, got);
    }
    return nullptr;
}

// Of a camera that OpenCV opened, and which is silent.
static const char *why_silent(struct camera *camera, const char *path,
                              const struct camera_node *node, const struct camera_format *wanted) {
    struct camera_format got;
    const char *problem = nullptr;
    if (!camera->stream && node->coding) {
        problem = begin_stream(camera, path, node, wanted, &got);
    }
    return problem ? problem : "it sends no frames; unplug it and plug it in again";
}

static bool wakes(struct camera *camera) {
    bool awake = false;
    for (int i = 0; i < WAKING && !awake; i++) {
        awake = next_frame(camera);
    }
    return awake;
}

struct camera *camera_open(const char *path, const struct camera_format *wanted,
                           struct camera_format *got) {
    return guarded(
        "open a camera", (struct camera *)nullptr, [&]() -> struct camera * {
            const char *problem = camera_probe(path);
            if (problem) {
                return refuse(path, problem);
            }
            std::unique_ptr<struct camera, void (*)(struct camera *)> camera(new struct camera(),
                                                                             finish);
            struct camera_node node = {};
            problem = begin(camera.get(), path, &node, wanted, got);
            if (!problem && !wakes(camera.get())) {
                problem = why_silent(camera.get(), path, &node, wanted);
            }
            if (problem) {
                return refuse(path, problem);
            }
            if (!camera->stream) {
                *got = format_of(camera->capture);
            }
            return camera.release();
        });
}

void camera_close(struct camera *camera) {
    guarded("close a camera", false, [&] {
        if (camera) {
            finish(camera);
        }
        return true;
    });
}

// ---- reading ----

// The driver's stamp; the present where a driver stamps nothing or by another clock.
static int64_t capture_time_ns(const struct camera *camera) {
    int64_t now = now_ns();
    int64_t stamp = camera->stream ? camera->stamp_ns
                                   : (int64_t)(camera->capture.get(cv::CAP_PROP_POS_MSEC) * 1e6);
    return stamp > now - 60 * NS_PER_S && stamp <= now ? stamp : now;
}

// One colour all over: a covered lens or a closed shutter.
static bool is_plain(const cv::Mat &m) {
    std::size_t pixel = m.elemSize(), row = (std::size_t)m.cols * pixel;
    bool plain = memcmp(m.data, m.data + pixel, row - pixel) == 0;
    for (int y = 1; y < m.rows && plain; y++) {
        plain = memcmp(m.data, m.ptr(y), row) == 0;
    }
    return plain;
}

static bool is_same(const cv::Mat &a, const cv::Mat &b) {
    bool same = a.size() == b.size() && a.type() == b.type();
    for (int y = 0; y < a.rows && same; y++) {
        same = memcmp(a.ptr(y), b.ptr(y), (std::size_t)a.cols * a.elemSize()) == 0;
    }
    return same;
}

// Noise makes two frames of a live sensor differ. A picture that never moved is a source that shows
// a still one (a virtual camera), which opening again would not change.
static bool is_frozen(struct camera *camera) {
    bool same = is_same(camera->pixels, camera->before);
    if (!same || is_plain(camera->pixels)) {
        camera->has_moved = camera->has_moved || (!same && !camera->before.empty());
        camera->moved_ns = now_ns();
    }
    return camera->has_moved && now_ns() - camera->moved_ns > FROZEN_NS;
}

enum camera_status camera_read(struct camera *camera, struct image *frame, int64_t *captured_ns) {
    if (!next_frame(camera)) {
        return CAMERA_LOST;
    }
    return guarded("take a camera's frame", CAMERA_LOST, [&] {
        const cv::Mat &pixels = camera->pixels;
        if (is_frozen(camera)) {
            LOG(WARNING, "the camera sends the same picture again and again: it hangs");
            return CAMERA_LOST;
        }
        struct image view = {pixels.data, pixels.cols, pixels.rows, (ptrdiff_t)pixels.step,
                             PIXEL_BGR24};
        if (pixels.type() != CV_8UC3 ||
            !image_resize_storage(frame, view.width, view.height, PIXEL_BGRX32)) {
            return CAMERA_LOST;
        }
        *captured_ns = capture_time_ns(camera);
        return picture_convert(&view, frame) ? CAMERA_FRAME : CAMERA_LOST;
    });
}
