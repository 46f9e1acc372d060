// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The functions of dlib that are used, as a table, so that its templates can be compiled once per
// instruction set, each time as a module that is loaded at run time. Linked into one program, the
// template instances of two builds would merge, and a processor could reach instructions that it
// does not have.
//
// Functions may throw exceptions derived from std::exception.

#include "vision/face_points_engine.hpp"

#include <cstddef>

struct landmark_model;
struct face_detector;

struct face_engine {
    const char *name; // the instruction set that it was compiled for

    // bytes: the known landmark file, or one that the user trusts. Placing is thread-safe. The box
    // may reach beyond the image.
    struct landmark_model *(*landmarks_load)(const char *bytes, std::size_t n);
    void (*landmarks_free)(struct landmark_model *model);
    void (*landmarks_place)(const struct landmark_model *model, const struct image *grey,
                            struct box box, struct point landmarks[N_LANDMARKS]);

    // One detector per thread. detect: faces of 80 pixels and up in a GREY8 image, or only of up
    // to 80 * 1.2^levels pixels when levels is not 0; the most confident first; returns their
    // number.
    struct face_detector *(*detector_create)(void);
    void (*detector_free)(struct face_detector *detector);
    int (*detect)(struct face_detector *detector, const struct image *grey, int levels,
                  float threshold, struct face *faces, int capacity);

    // As face_chip; false when the landmarks span no face.
    bool (*chip)(const struct image *grey, const struct point landmarks[N_LANDMARKS], float padding,
                 struct image *chip);

    // As face_chip_place, for landmarks that span a face.
    void (*chip_place)(const struct point landmarks[N_LANDMARKS], float padding,
                       struct point corners[4]);

    // Fills the chip with the square of that place; false when that is smaller than a pixel.
    bool (*cut)(const struct image *grey, const face_place &place, struct image *chip);

    // As points_predictor_load and so on.
    decltype(points_predictor_load) *points_load;
    decltype(points_predictor_free) *points_free;
    decltype(points_predictor_place) *points_place;
    decltype(points_predictor_train) *points_train;
};

// The one symbol that a module exports.
#define FACE_ENGINE_SYMBOL "smilecam_face_engine"
typedef const struct face_engine *face_engine_function(void);

// The best engine for this processor within cpu_limit, loaded at the first call; never unloaded.
// Throws std::runtime_error when it is missing.
const struct face_engine &face_engine_load();
