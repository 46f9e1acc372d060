// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/face_points.hpp"

#include "vision/file_bytes.hpp"
#include "vision/guard.hpp"
#include "vision/landmark_check.h"

#include <algorithm>
#include <cassert>
#include <cmath>

static const std::size_t FILE_LIMIT = 16 << 20;
static const float START_PADDING = 0.25f; // a square as large as the one around the box

// ---- the cascade ----

const char *points_cascade::add(const char *bytes, std::size_t n) {
    while (n > 0) {
        std::size_t used;
        const char *problem = landmark_check(bytes, n, N_FACE_POINTS, &used);
        if (problem || predictors.size() == MAX_PREDICTORS) {
            return problem ? problem : "there are bytes behind its end";
        }
        predictors.emplace_back(engine.points_load(bytes, used), engine.points_free);
        bytes += used;
        n -= used;
    }
    return nullptr;
}

void points_cascade::place(const struct image *grey, face_place at,
                           struct point points[N_FACE_POINTS]) const {
    bool mirrored = at.mirrored;
    for (const owned &predictor : predictors) {
        engine.points_place(predictor.get(), grey, at, points);
        at = face_place_of_points(points, START_PADDING);
        at.mirrored = mirrored;
    }
}

face_place points_cascade::refine(const struct image *grey, face_place at) const {
    if (predictors.empty()) {
        return at;
    }
    struct point points[N_FACE_POINTS];
    place(grey, at, points);
    face_place next = face_place_of_points(points, START_PADDING);
    next.mirrored = at.mirrored;
    return next;
}

// ---- the model ----

struct face_points *face_points_create(const char *path) {
    std::string what = std::string("load the landmarks ") + path;
    return guarded(what.c_str(), (face_points *)nullptr, [&]() -> face_points * {
        file_bytes bytes;
        auto model = std::make_unique<face_points>();
        const char *problem = file_bytes_read(path, FILE_LIMIT, bytes);
        problem = problem ? problem : model->cascade.add(bytes.data(), bytes.size());
        if (problem) {
            LOG(ERROR, "%s cannot be used as landmarks: %s", path, problem);
            return nullptr;
        }
        return model.release();
    });
}

void face_points_destroy(struct face_points *model) {
    delete model;
}

bool face_points_place(const struct face_points *model, const struct image *grey, struct box box,
                       struct point points[N_FACE_POINTS]) {
    assert(grey->format == PIXEL_GREY8 && grey->width > 0 && grey->height > 0);
    return guarded("place five landmarks", false, [&] {
        if (!face_box_is_sane(box)) {
            return false;
        }
        model->cascade.place(grey, face_place_of_box(box), points);
        return true;
    });
}

// ---- what follows from the points ----

// Far outside any picture the chip's pyramid would overflow.
static bool is_sane(float x) {
    return std::fabs(x) <= 4.0f * IMAGE_MAX_SIDE;
}

static bool are_sane(const struct point points[N_FACE_POINTS]) {
    return std::all_of(points, points + N_FACE_POINTS,
                       [](const struct point &p) { return is_sane(p.x) && is_sane(p.y); });
}

bool face_chip(const struct image *grey, const struct point points[N_FACE_POINTS], float padding,
               struct image *chip) {
    assert(grey->format == PIXEL_GREY8 && chip->format == PIXEL_GREY8);
    assert(chip->width == chip->height && chip->width > 1 && padding >= 0);
    return guarded("cut out a face", false, [&] {
        if (!are_sane(points) ||
            !face_engine_load().cut(grey, face_place_of_points(points, padding), chip)) {
            LOG(ERROR, "the landmarks do not span a face");
            return false;
        }
        return true;
    });
}

bool face_chip_place(const struct point points[N_FACE_POINTS], float padding,
                     struct point corners[4]) {
    assert(padding >= 0);
    face_place place = face_place_of_points(points, padding);
    face_place_corners(place, corners);
    return are_sane(points) && place.side >= 1;
}

struct face_pose face_pose_of(const struct point points[N_FACE_POINTS]) {
    face_place place = face_place_of_points(points, 0);
    return {{place.x, place.y}, place.side, place.angle};
}

float face_points_turn(const struct point points[N_FACE_POINTS]) {
    struct point left = points[POINT_LEFT_EYE], right = points[POINT_RIGHT_EYE];
    struct point nose = points[POINT_NOSE];
    float x = right.x - left.x, y = right.y - left.y;
    float along =
        (nose.x - 0.5f * (left.x + right.x)) * x + (nose.y - 0.5f * (left.y + right.y)) * y;
    return along / std::fmax(x * x + y * y, 1e-6f);
}
