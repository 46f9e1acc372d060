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
struct hog_scanner;

struct face_engine {
    const char *name; // the instruction set that it was compiled for

    // bytes: the known landmark file, or one that the user trusts. Placing is thread-safe. The
    // square, as the scanner gives it, may reach beyond the image.
    struct landmark_model *(*landmarks_load)(const char *bytes, std::size_t n);
    void (*landmarks_free)(struct landmark_model *model);
    void (*landmarks_place)(const struct landmark_model *model, const struct image *grey,
                            struct box square, struct point landmarks[N_LANDMARKS]);

    // One scanner per thread. scan: the squares of faces of 80 pixels and up in a GREY8 image, the
    // most confident first; returns their number.
    struct hog_scanner *(*scanner_create)(void);
    void (*scanner_free)(struct hog_scanner *scanner);
    int (*scan)(struct hog_scanner *scanner, const struct image *grey, float threshold,
                struct face_box *squares, int capacity);

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
