// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/image/image.h"

#include <opencv2/core.hpp>

// A cv::Mat header over an image's own pixels. OpenCV writes through it as long as the result has
// its size and type. cv::Mat has no const: callers must not write through a view of a const image.
inline cv::Mat mat_of(const struct image *image) {
    static const int types[] = {CV_8UC1, CV_8UC3, CV_8UC4};
    return cv::Mat(image->height, image->width, types[image->format], image->data,
                   (std::size_t)image->stride);
}
