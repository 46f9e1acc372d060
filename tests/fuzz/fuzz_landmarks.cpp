// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Landmark files: what the check accepts, dlib must read, and use in any box without fault.
extern "C" {
#include "tests/fuzz/fuzz.h"
}
#include "vision/face_points_engine.hpp"
#include "vision/landmark_check.h"

#include <cmath>
#include <cstdlib>

static const face_place PLACES[] = {
    {8, 8, 12, 0, false}, {8, 8, 2, 3, true}, {-65000, 65000, 65000, -1, false}};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static uint8_t pixels[16 * 16] = {1, 2, 3, 250};
    struct image grey = {pixels, 16, 16, 16, PIXEL_GREY8};
    const char *start = reinterpret_cast<const char *>(bytes);
    std::size_t used;
    if (landmark_check(bytes, len, N_FACE_POINTS, &used)) {
        return 0;
    }
    points_predictor *predictor =
        points_predictor_load(start, used); // throws: a fault of the check
    for (const face_place &place : PLACES) {
        struct point points[N_FACE_POINTS];
        points_predictor_place(predictor, &grey, place, points);
        for (const struct point &point : points) {
            if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
                abort();
            }
        }
    }
    points_predictor_free(predictor);
    return 0;
}
