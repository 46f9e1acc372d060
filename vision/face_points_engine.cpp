// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Compiled once per instruction set, as face_engine.cpp is.
#include "vision/face_points_engine.hpp"

#include "vision/face_view.hpp"
#include "vision/memory_buffer.hpp"

#include <dlib/image_processing/shape_predictor.h>
#include <dlib/image_processing/shape_predictor_trainer.h>

#include <memory>
#include <sstream>

struct points_predictor {
    dlib::shape_predictor predictor;
};

static const struct face_wear UNWORN = {1, 0, 0, 0};
static const long MIDDLE = FACE_ROOM * FACE_UNITS / 2; // of a view's rows and columns

static dlib::rectangle square() {
    return dlib::rectangle(MIDDLE - FACE_UNITS / 2, MIDDLE - FACE_UNITS / 2,
                           MIDDLE + FACE_UNITS / 2 - 1, MIDDLE + FACE_UNITS / 2 - 1);
}

static const int MIRRORED[N_FACE_POINTS] = {POINT_RIGHT_EYE, POINT_LEFT_EYE, POINT_NOSE,
                                            POINT_RIGHT_MOUTH, POINT_LEFT_MOUTH};

// Which of the picture's points the one is that a view shows.
static int shown(const face_place &place, int point) {
    return place.mirrored ? MIRRORED[point] : point;
}

points_predictor *points_predictor_load(const char *bytes, std::size_t n) {
    auto loaded = std::make_unique<points_predictor>();
    memory_buffer buffer(bytes, n);
    std::istream stream(&buffer);
    dlib::deserialize(loaded->predictor, stream);
    return loaded.release();
}

void points_predictor_free(points_predictor *predictor) {
    delete predictor;
}

void points_predictor_place(const points_predictor *predictor, const struct image *grey,
                            const face_place &place, struct point points[N_FACE_POINTS]) {
    face_view view(grey, place, UNWORN);
    dlib::full_object_detection shape = predictor->predictor(view, square());
    for (int i = 0; i < N_FACE_POINTS; i++) {
        const dlib::point &part = shape.part((unsigned long)i);
        points[shown(place, i)] =
            view.to_picture((float)(part.x() - MIDDLE) + 0.5f, (float)(part.y() - MIDDLE) + 0.5f);
    }
}

// ---- training ----

static std::vector<dlib::full_object_detection> object_of(const points_sample &sample,
                                                          const face_view &view) {
    std::vector<dlib::point> parts;
    for (int i = 0; i < N_FACE_POINTS; i++) {
        struct point at = view.from_picture(sample.points[shown(sample.place, i)]);
        parts.emplace_back(std::lround(at.x - 0.5f) + MIDDLE, std::lround(at.y - 0.5f) + MIDDLE);
    }
    return {dlib::full_object_detection(square(), parts)};
}

static dlib::shape_predictor_trainer trainer_of(const points_shape &shape) {
    dlib::shape_predictor_trainer trainer;
    trainer.set_cascade_depth(shape.levels);
    trainer.set_num_trees_per_cascade_level(shape.trees);
    trainer.set_tree_depth(shape.depth);
    trainer.set_nu(shape.shrinkage);
    trainer.set_feature_pool_size(shape.pixels);
    trainer.set_feature_pool_region_padding(shape.region);
    trainer.set_lambda(shape.distance);
    trainer.set_num_test_splits(shape.splits);
    trainer.set_oversampling_amount(1); // each sample has a place of its own
    trainer.set_num_threads(2);         // sums, and so the bytes, depend on how many there are
    return trainer;
}

std::string points_predictor_train(const std::vector<points_sample> &samples,
                                   const points_shape &shape) {
    std::vector<face_view> views;
    std::vector<std::vector<dlib::full_object_detection>> objects;
    for (const points_sample &sample : samples) {
        views.emplace_back(sample.grey, sample.place, sample.wear);
        objects.push_back(object_of(sample, views.back()));
    }
    std::ostringstream bytes;
    serialize(trainer_of(shape).train(views, objects), bytes);
    return bytes.str();
}
