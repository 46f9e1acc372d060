// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/vision.h"

#include <opencv2/core/utility.hpp>

#include <dlib/revision.h>

#include <cstdio>

void vision_libraries(char *text, size_t size) {
    std::snprintf(text, size, "OpenCV %d.%d.%d, dlib %d.%d.%d", cv::getVersionMajor(),
                  cv::getVersionMinor(), cv::getVersionRevision(), DLIB_MAJOR_VERSION,
                  DLIB_MINOR_VERSION, DLIB_PATCH_VERSION);
}
