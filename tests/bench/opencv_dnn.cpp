// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Times a network in OpenCV's dnn module: opencv_dnn FILE.onnx batch threads seconds

#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

static double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

int main(int argc, char **argv) try {
    if (argc != 5) {
        return EXIT_FAILURE;
    }
    cv::setNumThreads(std::atoi(argv[3]));
    cv::dnn::Net net = cv::dnn::readNetFromONNX(argv[1]);
    int size[] = {std::atoi(argv[2]), 1, 64, 64};
    cv::Mat x(4, size, CV_32F);
    cv::randn(x, 0, 1);
    std::vector<double> times;
    double until = now() + std::atof(argv[4]);
    while (times.size() < 5 || now() < until) {
        double began = now();
        net.setInput(x);
        net.forward();
        times.push_back(now() - began);
    }
    times.erase(times.begin(), times.begin() + (long)times.size() / 10);
    std::sort(times.begin(), times.end());
    std::printf("{\"version\": \"%s\", \"min_ms\": %.5f, \"median_ms\": %.5f}\n", CV_VERSION,
                1e3 * times[0], 1e3 * times[times.size() / 2]);
    return EXIT_SUCCESS;
} catch (const std::exception &e) {
    std::fprintf(stderr, "opencv_dnn: %s\n", e.what());
    return EXIT_FAILURE;
}
