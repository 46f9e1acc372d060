// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/face_engine.hpp"
#include "vision/face_place.hpp"
#include "vision/guard.hpp"
#include "vision/mat.hpp"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>

struct hog_detector {
    const struct face_engine &engine;
    hog_scanner *scanner;
    cv::Mat scaled; // kept, so that a steady stream of frames allocates once
    explicit hog_detector(const struct face_engine &from)
        : engine(from), scanner(from.scanner_create()) {}
    hog_detector(const hog_detector &) = delete;
    ~hog_detector() { engine.scanner_free(scanner); }
};

struct hog_detector *hog_detector_create(void) {
    return guarded("load dlib's face detector", (hog_detector *)nullptr,
                   [] { return new hog_detector(face_engine_load()); });
}

void hog_detector_destroy(struct hog_detector *detector) {
    delete detector;
}

// The detector's memory grows with the area, about 7 bytes a pixel, and its time, about 70 ns a
// pixel.
static const double MAX_SEARCHED_PIXELS = 32e6;
// dlib's window is 80 pixels; it may hang a little over the border, but not by more than half.
static const int MIN_SEARCHED_SIDE = 40;

static const float DETECTOR_PX = 80; // the smallest face that dlib's detector finds

float hog_detector_scale(float min_face_px) {
    return std::min(std::max(DETECTOR_PX / min_face_px, 0.02f), 2.0f);
}

// The picture at the scale, in the detector's own memory unless it is the picture itself.
static struct image scaled_view(hog_detector *detector, const struct image *grey, float scale) {
    double most = std::sqrt(MAX_SEARCHED_PIXELS / ((double)grey->width * grey->height));
    double factor = std::min((double)scale, most);
    int width = std::max(1, (int)std::lround(grey->width * factor));
    int height = std::max(1, (int)std::lround(grey->height * factor));
    if (width == grey->width && height == grey->height) {
        return *grey;
    }
    cv::resize(mat_of(grey), detector->scaled, cv::Size(width, height), 0, 0,
               factor < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    return {detector->scaled.data, width, height, (ptrdiff_t)detector->scaled.step, PIXEL_GREY8};
}

static int find(hog_detector *detector, const struct image *grey, float scale, float threshold,
                struct face_box *found, int capacity) {
    struct image searched = scaled_view(detector, grey, scale);
    if (std::min(searched.width, searched.height) < MIN_SEARCHED_SIDE) {
        return 0;
    }
    int n = detector->engine.scan(detector->scanner, &searched, threshold, found, capacity);
    float x_scale = (float)grey->width / (float)searched.width;
    float y_scale = (float)grey->height / (float)searched.height;
    for (int i = 0; i < n; i++) {
        struct box box = found[i].box;
        found[i].box = face_box_of_square(
            {box.x * x_scale, box.y * y_scale, box.w * x_scale, box.h * y_scale});
    }
    return n;
}

int hog_detector_find(struct hog_detector *detector, const struct image *grey, float scale,
                      float threshold, struct face_box *found, int capacity) {
    assert(grey->format == PIXEL_GREY8 && grey->width > 0 && grey->height > 0);
    assert(scale > 0 && capacity >= 0);
    return guarded("look for faces", -1,
                   [&] { return find(detector, grey, scale, threshold, found, capacity); });
}
