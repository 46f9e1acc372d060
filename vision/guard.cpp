// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/guard.hpp"

#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>

static bool settle_opencv() noexcept {
    // Seconds to wait for a camera's frame instead of 10. OpenCV reads it once and has no other way
    // in.
    setenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1", 0);
    try {
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        cv::setNumThreads(1); // the pipeline has its own; a frame is too little work to share out
        return true;
    } catch (...) {
        guard_log("set OpenCV up");
        return false;
    }
}

void guard_enter() noexcept {
    static const bool settled = settle_opencv();
    (void)settled;
}

// Foreign texts have line breaks; a log line has none.
static void log_reason(const char *what, const char *reason) noexcept {
    char line[512];
    snprintf(line, sizeof line, "%s", reason);
    std::replace(line, line + sizeof line, '\n', ' ');
    LOG(ERROR, "cannot %s: %s", what, line);
}

void guard_log(const char *what) noexcept {
    try {
        throw;
    } catch (const std::bad_alloc &) {
        LOG(ERROR, "cannot %s: no memory; close other programs", what);
    } catch (const cv::Exception &e) {
        log_reason(what, e.code == cv::Error::StsNoMem ? "no memory" : e.err.c_str());
    } catch (const std::exception &e) {
        log_reason(what, e.what());
    } catch (...) {
        log_reason(what, "an unknown exception");
    }
}
