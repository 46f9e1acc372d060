// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "vision/face_engine.hpp"

#include <memory>
#include <string>
#include <vector>

// Predictors one after the other: each starts where a chip would be cut by the points of the one
// before it. A file is their bytes in that order.
class points_cascade {
  public:
    static constexpr int MAX_PREDICTORS = 4;

    // nullptr, or in a few words why not.
    const char *add(const char *bytes, std::size_t n);

    // The place of the face that the next predictor would start at.
    face_place refine(const struct image *grey, face_place place) const;
    void place(const struct image *grey, face_place at, struct point points[N_FACE_POINTS]) const;

  private:
    typedef std::unique_ptr<points_predictor, decltype(points_predictor_free) *> owned;
    const struct face_engine &engine = face_engine_load();
    std::vector<owned> predictors;
};

struct face_points {
    points_cascade cascade;
};
