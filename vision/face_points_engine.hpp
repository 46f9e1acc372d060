// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// Five landmarks: the part of the engine that has dlib's shape predictor and its trainer.

#include "vision/face_place.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct points_sample {
    const struct image *grey;
    face_place place;
    face_wear wear;
    struct point points[N_FACE_POINTS]; // left and right as in the picture, mirrored or not
};

// Of a cascade of regression trees (Kazemi and Sullivan 2014), in dlib's words.
struct points_shape {
    unsigned long levels, trees, depth; // trees of a level, splits from root to leaf
    unsigned long pixels, splits;       // features of a level, and those tried for each split
    double shrinkage;                   // dlib's nu
    double region, distance; // how far features lie around the points, and, of a pair, apart; sides
};

struct points_predictor;

// bytes: what landmark_check accepts.
points_predictor *points_predictor_load(const char *bytes, std::size_t n);
void points_predictor_free(points_predictor *predictor);

// Thread-safe. The place may reach out of the picture. Left and right are the picture's.
void points_predictor_place(const points_predictor *predictor, const struct image *grey,
                            const face_place &place, struct point points[N_FACE_POINTS]);

// Returns the bytes of the predictor. Equal samples give equal bytes.
std::string points_predictor_train(const std::vector<points_sample> &samples,
                                   const points_shape &shape);
